//! Stock: receiving goods, moving quotas, and freeing what was held for too long.

mod expire;
mod hold;
mod receive;
mod serials;
mod ship;

pub use expire::expire_holds;
pub(crate) use hold::{claim, end_if_due, give_back, hold_key, hold_lines, hold_quota};
pub use receive::{Receipt, receive_in};
pub use serials::{SERIAL_ROWS_MAX, SerialImport, import_serials};
pub(crate) use ship::{Parcel, ship_in};
pub use ship::{Serials, ShipRefusal};
