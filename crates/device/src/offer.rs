//! The signed answer of the service: fetched, believed, remembered.
//!
//! What a device remembers of offers is the newest version it has believed, and which keys had
//! signed it. An older one is refused, so that nobody can bring back what a halt has taken away;
//! when the maker names other keys for offers, the count begins anew, which is how a device recovers
//! after stolen keys have signed absurdly high versions.

use kontor_base::{Instant, Random};
use kontor_ota::signing::limits::OFFER_BYTES_MAX;
use kontor_ota::signing::offer::{Hearer, OFFERS_ROLE};
use kontor_ota::signing::{KeyId, Offer, Rejected, Trusted};
use serde::{Deserialize, Serialize};

use crate::fetch::{Fetch, read_all};
use crate::memory::{Identity, Memory};
use crate::refused::Refused;

/// What is remembered between two offers.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Seen {
    version: u64,
    keys: Vec<KeyId>,
}

/// An offer that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it says.
    pub offer: Offer,
    /// What the device sends along with its reports.
    pub receipt: Option<String>,
    /// When it was asked for.
    pub at: Instant,
}

/// When to ask again, in seconds: as the service says, and up to a quarter longer by chance. Devices
/// that were told the same number at the same moment (by one signed offer, after a server was away)
/// do not come back at the same moment.
#[must_use]
pub fn ask_again_s(poll_s: u64, random: &Random) -> u64 {
    let [low, high, ..] = random.bytes16();
    let chance = u128::from(u16::from_le_bytes([low, high]));
    let more = u128::from(poll_s / 4) * chance / u128::from(u16::MAX);
    poll_s.saturating_add(u64::try_from(more).unwrap_or(0))
}

/// Asks for the offer to this device.
///
/// # Errors
///
/// [`Refused::Untrusted`] as [`Offer::read`]; [`Refused::Withheld`] when the server has none, for
/// then nobody has said that the device may install anything.
pub fn ask(
    memory: &Memory,
    fetch: &impl Fetch,
    trusted: &Trusted,
    identity: &Identity,
    now: Instant,
) -> Result<Heard, Refused> {
    let (model, build) = (&identity.model, &identity.incremental);
    let (channel, cohort) = (identity.channel.as_deref().unwrap_or_default(), identity.cohort);
    let country = identity.country.as_ref().map(|country| format!("?country={country}"));
    let path = format!("offers/{model}/{channel}/{cohort}/{build}{}", country.unwrap_or_default());
    let withheld = |status| Refused::Withheld { name: "the offer".into(), status };
    let credential = memory.credential()?;
    let answer = fetch.ask(&path, credential.as_deref()).ok_or_else(|| withheld(0))?;
    if answer.status != 200 {
        return Err(withheld(answer.status));
    }
    let too_long = || Rejected::Length { name: "offer".into(), expected: OFFER_BYTES_MAX };
    let bytes = read_all(answer.body, OFFER_BYTES_MAX).ok_or_else(too_long)?;
    let (_, role) = trusted.delegation(OFFERS_ROLE)?;
    let kept = memory.kept("offer-seen.json")?;
    // What cannot be read counts as nothing seen: only an older offer could get in by that, and only
    // for as long as it lives.
    let seen: Seen = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let floor = if seen.keys == role.keyids { seen.version } else { 0 };
    let hearer = Hearer {
        model,
        channel,
        source: build,
        cohort,
        country: identity.country.as_deref(),
        own: identity.own,
    };
    let offer = Offer::read(&bytes, trusted, &hearer, floor, now)?;
    if offer.version != seen.version || seen.keys != role.keyids {
        let seen = Seen { version: offer.version, keys: role.keyids.clone() };
        memory.keep_json("offer-seen.json", &seen)?;
    }
    // Only a server whose offer is believed may change what the device shows to it.
    if let Some(credential) = answer.credential {
        memory.keep_credential(&credential)?;
    }
    Ok(Heard { offer, receipt: answer.receipt, at: now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_that_were_told_the_same_number_spread_over_a_quarter_of_it() {
        let random = Random::seeded(3);
        let mut drawn: Vec<u64> = (0..1_000).map(|_| ask_again_s(14_400, &random)).collect();
        drawn.sort_unstable();
        assert!(drawn.iter().all(|seconds| (14_400..=18_000).contains(seconds)));
        assert!(
            drawn[100] < 15_000 && drawn[900] > 17_400,
            "evenly: {} {}",
            drawn[100],
            drawn[900]
        );
        assert_eq!(ask_again_s(0, &random), 0);
        assert!(ask_again_s(u64::MAX, &random) == u64::MAX);
    }
}
