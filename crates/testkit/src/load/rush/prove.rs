//! Compares what people were answered with what is on disk: nobody's unit is lost, nobody has two,
//! and no lot has given out more than it had.

use std::path::Path;

use kontor::config::Config;
use kontor_ledger::sale::Claim;
use kontor_store::StoreError;
use kontor_store::sale::batch;
use kontor_store::sale::lot as lots;
use serde_json::{Value, json};

use super::RushError;
use super::files::{Crowd, Kind};

/// How many claims are read at a time.
const PAGE: i64 = 20_000;

/// What was found; all but the first two must be 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proof {
    /// Units that could be had.
    pub quota: u64,
    /// Claims on disk that take units.
    pub on_disk: u64,
    /// Units taken beyond the quota, summed over lots.
    pub oversold: u64,
    /// Claims that were answered and are not on disk as answered.
    pub lost: u64,
    /// Claims of somebody who has one already, or under a key that was used.
    pub double: u64,
}

impl Proof {
    /// Whether all is as it must be.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.oversold == 0 && self.lost == 0 && self.double == 0
    }

    /// One line of JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { quota, on_disk, oversold, lost, double } = self;
        json!({"quota": quota, "on_disk": on_disk, "oversold": oversold, "lost": lost, "double": double})
    }
}

struct LotOnDisk {
    quota: u64,
    claims: Vec<(u32, Claim)>,
}

/// Reads the database of `config` and judges the answers of a crowd.
///
/// # Errors
/// When something cannot be read.
pub async fn prove(config: &Config, folder: &Path, name: &str) -> Result<Proof, RushError> {
    let crowd = Crowd::open(folder, name)?;
    let db = kontor::server::open_existing(config);
    let db = db.map_err(|error| RushError::at("open the database", error))?;
    let sale = crowd.sale;
    let read = db.read("rush.prove", move |tx| {
        let mut found = Vec::new();
        for lot in lots::of_sale(tx, sale)? {
            let mut claims = Vec::new();
            let mut last = 0;
            loop {
                let page = batch::claims_after(tx, lot.lot, last, PAGE)?;
                let Some((end, _)) = page.last() else { break };
                last = *end;
                claims.extend(page);
            }
            found.push(LotOnDisk { quota: u64::from(lot.head.quota), claims });
        }
        Ok::<_, StoreError>(found)
    });
    let found = read.await.map_err(|error| RushError::at("read the claims", error))?;
    db.close().await;
    judge(&found, &crowd)
}

fn judge(found: &[LotOnDisk], crowd: &Crowd) -> Result<Proof, RushError> {
    let mut proof = Proof::default();
    let mut persons = Vec::new();
    let mut requests = Vec::new();
    for lot in found {
        let taking = || lot.claims.iter().filter(|(_, claim)| claim.state.takes());
        let units: u64 = taking().map(|(_, claim)| u64::from(claim.units)).sum();
        proof.quota += lot.quota;
        proof.on_disk += taking().count() as u64;
        proof.oversold += units.saturating_sub(lot.quota);
        persons.extend(taking().map(|(_, claim)| claim.person));
        requests.extend(lot.claims.iter().map(|(_, claim)| claim.request));
    }
    proof.double = twice(persons) + twice(requests);
    let mut entries = crowd.read_from(Kind::Entries, 0)?;
    let mut answers = crowd.read_from(Kind::Answers, 0)?;
    for _ in 0..crowd.people {
        let entry = entries.take()?;
        let number = answers.take()?.try_into().map_or(0, u32::from_le_bytes);
        if number == 0 {
            continue;
        }
        // The lots number their claims each from 1; one of them has this person under this number.
        let kept = found.iter().any(|lot| {
            let claim = lot.claims.binary_search_by_key(&number, |(number, _)| *number);
            claim
                .is_ok_and(|at| lot.claims[at].1.person == *entry && lot.claims[at].1.state.takes())
        });
        proof.lost += u64::from(!kept);
    }
    Ok(proof)
}

/// How many come again.
fn twice(mut keys: Vec<[u8; 16]>) -> u64 {
    keys.sort_unstable();
    keys.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use kontor_base::id::SaleId;
    use kontor_ledger::sale::ClaimState;

    use super::*;

    fn claim(person: u8, request: u8) -> Claim {
        Claim {
            request: [request; 16],
            person: [person; 16],
            claimed_at: 0,
            expires_at: 1,
            body: 0,
            earlier: 0,
            ship_to: *b"US",
            units: 1,
            state: ClaimState::Held,
            extended: false,
        }
    }

    #[test]
    fn every_kind_of_wrong_is_found() {
        let folder = std::env::temp_dir().join(format!("kontor-prove-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let crowd = Crowd::new(&folder, "three", SaleId::from_bytes([7; 16]), 3, 1);
        crowd.save().expect("a note");
        let mut entries = crowd.create(Kind::Entries).expect("a file");
        for person in [1_u8, 2, 3] {
            entries.write_all(&[person; 16]).expect("room");
        }
        entries.flush().expect("room");
        crowd.write_answers(0, &[1, 2, 0]).expect("room");
        let lot = |quota, claims: &[(u32, Claim)]| LotOnDisk { quota, claims: claims.to_vec() };
        let good = [(1, claim(1, 1)), (2, claim(2, 2))];
        let proof = judge(&[lot(2, &good)], &crowd).expect("the files are there");
        assert!(proof.holds(), "{proof:?}");
        assert_eq!(proof.on_disk, 2);
        let split = [lot(1, &[(2, claim(2, 2))]), lot(1, &[(1, claim(1, 1))])];
        assert!(judge(&split, &crowd).expect("the files are there").holds());

        let over = judge(&[lot(1, &good)], &crowd).expect("the files are there");
        assert_eq!((over.oversold, over.lost, over.double), (1, 0, 0));
        let lost = judge(&[lot(2, &good[..1])], &crowd).expect("the files are there");
        assert_eq!((lost.oversold, lost.lost, lost.double), (0, 1, 0));
        let other = [(1, claim(1, 1)), (2, claim(3, 2))];
        assert_eq!(judge(&[lot(2, &other)], &crowd).expect("the files are there").lost, 1);
        let again = [(1, claim(1, 1)), (2, claim(2, 2)), (3, claim(1, 3))];
        assert_eq!(judge(&[lot(3, &again)], &crowd).expect("the files are there").double, 1);
        let mut ended = good;
        ended[1].1.state = ClaimState::Expired;
        assert_eq!(judge(&[lot(2, &ended)], &crowd).expect("the files are there").lost, 1);
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
