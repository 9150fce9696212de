//! The most a client reads of anything, so that no answer can fill a device.

/// Bytes of a root document.
pub const ROOT_BYTES_MAX: u64 = 512 * 1024;
/// Bytes of the timestamp, the only document whose size nobody has vouched for.
pub const TIMESTAMP_BYTES_MAX: u64 = 16 * 1024;
/// Bytes of a snapshot.
pub const SNAPSHOT_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Bytes of a targets document.
pub const TARGETS_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// Bytes of a signed offer.
pub const OFFER_BYTES_MAX: u64 = 16 * 1024;
/// How many new roots a client follows in one update.
pub const ROOT_ROTATIONS_MAX: u64 = 256;
/// How many delegated documents a client looks into for one target.
pub const DELEGATIONS_MAX: usize = 32;
/// Signatures on one document.
pub const SIGNATURES_MAX: usize = 64;
/// Keys of one document.
pub const KEYS_MAX: usize = 1024;
/// Bytes of a target's name.
pub const TARGET_NAME_BYTES_MAX: usize = 200;
/// Bytes of an image or package: 64 GiB.
pub const TARGET_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
/// Versions rise by one, so a larger one is an attempt to make every later one look old.
pub const VERSION_MAX: u64 = 1 << 53;
