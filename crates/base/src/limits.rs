//! Limits on everything that comes from outside, in one place.

/// The largest body of a public request, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest CSV file that an import reads, in bytes.
pub const IMPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The largest number of rows in one import.
pub const IMPORT_ROWS_MAX: usize = 500_000;
/// The largest package of a build, in bytes.
pub const PACKAGE_BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;
/// The largest piece of a package that is uploaded at once, in bytes.
pub const UPLOAD_PIECE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most different variants in one cart.
pub const CART_LINES_MAX: usize = 20;
/// The most units of one variant in one cart.
pub const CART_QUANTITY_MAX: u32 = 10;
/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// How long the answer to an idempotency key is kept, in seconds.
pub const IDEMPOTENCY_KEPT_S: i64 = 24 * 60 * 60;
/// How long stock is held for a checkout, in seconds.
pub const HOLD_S: i64 = 15 * 60;
/// How long a hold is extended, once, when a payment begins shortly before it ends, in seconds.
pub const HOLD_EXTENSION_S: i64 = 5 * 60;
/// How long stock is held for a bank transfer to arrive, in seconds.
pub const TRANSFER_HOLD_S: i64 = 7 * 24 * 60 * 60;
/// How long what was typed at a checkout that led to no order is kept after its hold has ended, in
/// seconds: long enough to come back within the week, and no longer than that needs.
pub const ABANDONED_KEPT_S: i64 = 7 * 24 * 60 * 60;
/// The largest quantity that the ledger moves at once.
pub const UNITS_MAX: i64 = 1_000_000_000;
/// The most closures that one group commit takes.
pub const COMMIT_BATCH_MAX: usize = 512;
/// The most writes that wait for the writer before new ones are turned away.
pub const WRITE_QUEUE_MAX: usize = 16_384;
