//! Numbered schema changes, embedded, only ever added.

use super::error::StoreError;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; without gaps, starting at 1.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $name, ".sql")),
        }
    };
}

/// Every migration, in order. Never edit a published one: add the next.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_facts"),
    migration!(2, "0002_ledger"),
    migration!(3, "0003_selling"),
    migration!(4, "0004_machinery"),
    migration!(5, "0005_exchange"),
    migration!(6, "0006_opening"),
    migration!(7, "0007_order_waiting"),
    migration!(8, "0008_rom"),
    migration!(9, "0009_sale"),
    migration!(10, "0010_install"),
    migration!(11, "0011_sale_checkout"),
    migration!(12, "0012_staff"),
    migration!(13, "0013_sale_report"),
    migration!(14, "0014_signing"),
    migration!(15, "0015_reach"),
    migration!(16, "0016_catalogue_photo"),
    migration!(17, "0017_mail"),
    migration!(18, "0018_key"),
    migration!(19, "0019_hook"),
    migration!(20, "0020_expansion"),
    migration!(21, "0021_passkey"),
    migration!(22, "0022_order_desk"),
    migration!(23, "0023_staff_lists"),
    migration!(24, "0024_cart_refused"),
    migration!(25, "0025_reseller_bill"),
    migration!(26, "0026_install_stay"),
    migration!(27, "0027_campaign"),
    migration!(28, "0028_sale_lots_share"),
    migration!(29, "0029_sale_deposit"),
    migration!(30, "0030_waiting_confirmed"),
    migration!(31, "0031_reseller_credit"),
    migration!(32, "0032_sale_entries_closed"),
    migration!(33, "0033_staff_log_reason"),
    migration!(34, "0034_reseller_sold_since"),
    migration!(35, "0035_sale_lot_sums"),
    migration!(36, "0036_beta"),
    migration!(37, "0037_sale_limits"),
    migration!(38, "0038_staff_counts"),
    migration!(39, "0039_staff_people"),
    migration!(40, "0040_staff_log_market"),
    migration!(41, "0041_hook_delivery_state"),
    migration!(42, "0042_reseller_held"),
    migration!(43, "0043_payment_reference"),
    migration!(44, "0044_sale_person"),
    migration!(45, "0045_staff_log_seal"),
    migration!(46, "0046_job_market"),
    migration!(47, "0047_found_by_words"),
];

/// The newest schema that this release knows.
pub(crate) const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].number;

/// Refuses a schema that this release cannot work with.
pub(crate) const fn check(found: i64) -> Result<(), StoreError> {
    match found {
        found if found > KNOWN => Err(StoreError::NewerSchema { found, known: KNOWN }),
        found if found < KNOWN => Err(StoreError::OlderSchema { found, needed: KNOWN }),
        _ => Ok(()),
    }
}

/// Refuses a schema of a later release; an older one can be brought up to date.
pub(crate) const fn check_not_newer(found: i64) -> Result<(), StoreError> {
    match found {
        found if found > KNOWN => Err(StoreError::NewerSchema { found, known: KNOWN }),
        _ => Ok(()),
    }
}

/// What is to be done to a database with the schema `found`, in order.
pub(crate) fn missing(found: i64) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |migration| migration.number > found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_gaps_and_match_their_files() {
        for (i, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(migration.number), Ok(i + 1));
            assert!(migration.name.starts_with(&format!("{:04}_", i + 1)), "{}", migration.name);
        }
    }

    #[test]
    fn older_and_newer_schemas_are_refused_each_in_its_way() {
        assert!(check(KNOWN).is_ok() && check_not_newer(KNOWN).is_ok());
        assert!(matches!(check(KNOWN - 1), Err(StoreError::OlderSchema { .. })));
        assert!(check_not_newer(0).is_ok());
        for refused in [check(KNOWN + 1), check_not_newer(KNOWN + 1)] {
            assert!(matches!(refused, Err(StoreError::NewerSchema { .. })));
        }
        assert_eq!(missing(KNOWN - 1).map(|step| step.number).collect::<Vec<_>>(), [KNOWN]);
    }
}
