//! What is done to the ROM's builds: one moves up a channel, a rollout or a campaign is planned, one is
//! withdrawn. Withdrawing stops, so it is one person's and works at once; the rest leads to devices and
//! takes two.
//!
//! Channels, waves and models are the ROM's words, which this half passes on and does not know:
//! [`super::Rollouts`] says what is wrong with them before anything waits for a second person.

use std::collections::BTreeMap;
use std::fmt;

use kontor_base::{Instant, Rate};
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::act::{Bearing, Change};
use super::super::person::{Person, Refusal};
use super::rollout::Said;
use super::{objected, refused};
use crate::core::{Outcome, Shop};

/// A build of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RomBuild {
    /// The codename of the model.
    pub model: String,
    /// The build's incremental.
    pub incremental: String,
}

impl fmt::Display for RomBuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.model, self.incremental)
    }
}

/// A build with the number of devices that it is expected to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RomTarget {
    /// The build.
    pub build: RomBuild,
    /// How many devices.
    pub devices: u64,
}

/// The plan of a rollout, or of a campaign of several models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RomPlan {
    /// The channel.
    pub channel: String,
    /// The builds, each of another model.
    pub targets: Vec<RomTarget>,
    /// The waves in order: `own`, `10`, `5@IN+ID`.
    pub waves: Vec<String>,
    /// How long each wave lasts, in hours; none: until enough devices have reported success.
    pub hours: Option<u32>,
    /// The share of failures that is too much, in millionths.
    pub failures_max: u32,
    /// How many devices must have come to an end before that means something.
    pub reports_min: u32,
    /// What happens then.
    pub trip: RomTrip,
    /// The most devices in an hour, all models together.
    pub devices_per_hour: Option<u64>,
    /// The most traffic, in megabits a second.
    pub megabits_per_second: Option<u64>,
}

/// What happens by itself when too many devices fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RomTrip {
    /// Nobody new gets the build.
    Pause,
    /// Nobody at all gets it.
    Halt,
}

/// Something that is done to builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RomAct {
    /// A build enters a channel.
    Promote {
        /// The build.
        build: RomBuild,
        /// The channel.
        channel: String,
        /// Devices must install it before any later one.
        floor: bool,
    },
    /// A rollout is planned.
    Plan(RomPlan),
    /// A build is withdrawn.
    Withdraw {
        /// The build.
        build: RomBuild,
        /// Why, for people.
        reason: String,
    },
    /// Signatures that were made elsewhere are taken in.
    Sign(RomSignatures),
}

/// Signatures for one of the documents that devices trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RomSignatures {
    /// The role whose document it is.
    pub role: String,
    /// The document's version.
    pub version: u64,
    /// The hash of what is signed.
    pub says: String,
    /// The signatures, by the ids of their keys.
    pub signatures: BTreeMap<String, String>,
    /// What the document changes, for whoever decides.
    pub changes: Vec<String>,
}

impl RomSignatures {
    /// What is approved, for whoever decides about it.
    fn said(&self) -> serde_json::Value {
        let keys: Vec<&str> = self.signatures.keys().map(String::as_str).collect();
        let mut said = json!({
            "document": format!("{} {}", self.role, self.version),
            "signed_by": keys.join(", "),
        });
        // A field each, in their order: pages and files go through fields.
        let width = self.changes.len().to_string().len();
        for (place, change) in (1..).zip(&self.changes) {
            let place: usize = place;
            said[format!("change {place:0width$}")] = change.as_str().into();
        }
        said
    }
}

impl RomAct {
    /// What it takes: stopping may not wait for anybody.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Withdraw { .. } => Permission::RolloutHalt,
            Self::Promote { .. } | Self::Plan(_) => Permission::RolloutRun,
            Self::Sign(_) => Permission::SigningRotate,
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Promote { build, .. } | Self::Withdraw { build, .. } => build.to_string(),
            Self::Sign(signed) => format!("{} {}", signed.role, signed.version),
            Self::Plan(plan) => match &plan.targets[..] {
                [] => String::new(),
                [first] => first.build.to_string(),
                [first, others @ ..] => format!("{} +{}", first.build, others.len()),
            },
        }
    }

    pub(in crate::staff) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        person: &Person,
        at: Instant,
    ) -> Outcome<Bearing, Refusal> {
        let plain = Bearing::plain(self.permission(), None, self.subject());
        let bearing = plain.for_person(person)?;
        answered(shop, |rom| rom.check_in(tx, self, at))?;
        Ok(bearing)
    }

    pub(in crate::staff) fn change(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
    ) -> Outcome<Change, Refusal> {
        let was = match shop.rollouts.get() {
            Some(rom) => rom.now_in(tx, self)?,
            None => String::new(),
        };
        Ok(Change { was, is_now: self.said() })
    }

    /// What is asked, for whoever decides.
    fn said(&self) -> String {
        let is_now = match self {
            Self::Promote { build, channel, floor } => json!({
                "build": build.to_string(),
                "channel": channel,
                "floor": floor,
            }),
            Self::Withdraw { build, reason } => json!({
                "build": build.to_string(),
                "withdrawn": reason,
            }),
            Self::Plan(plan) => plan.said(),
            Self::Sign(signed) => signed.said(),
        };
        is_now.to_string()
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        answered(shop, |rom| rom.act_in(tx, self, at))
    }
}

impl RomPlan {
    /// The plan for whoever decides about it.
    fn said(&self) -> serde_json::Value {
        let builds = self.targets.iter().map(|t| format!("{} × {}", t.build, t.devices));
        let builds: Vec<String> = builds.collect();
        let trip = match self.trip {
            RomTrip::Pause => "pause",
            RomTrip::Halt => "halt",
        };
        let share = Rate::from_ppm(self.failures_max).percent();
        let reports = self.reports_min;
        json!({
            "builds": builds.join(", "),
            "channel": self.channel,
            "waves": self.waves.join(", "),
            "hours": self.hours,
            "gate": trip,
            "failures_max_percent": share,
            "reports_min": reports,
            "devices_per_hour": self.devices_per_hour,
            "megabits_per_second": self.megabits_per_second,
        })
    }
}

/// What the ROM says to an act, as a refusal of the staff area.
fn answered(
    shop: &Shop,
    ask: impl FnOnce(&dyn super::Rollouts) -> Result<Said, kontor_store::StoreError>,
) -> Outcome<(), Refusal> {
    let rom = shop.rollouts.get().ok_or_else(|| refused("rom.none", "there is no ROM here"))?;
    ask(rom.as_ref())?.map_err(objected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_domain::staff::Eyes;

    #[test]
    fn whoever_approves_a_signed_document_is_told_every_change_of_it() {
        let signed = RomSignatures {
            role: "targets".to_owned(),
            version: 3,
            says: "ab".to_owned(),
            signatures: BTreeMap::new(),
            changes: (0..1_200).map(|build| format!("+ build {build}")).collect(),
        };
        let said = signed.said();
        let fields = said.as_object().expect("fields");
        let told: Vec<_> = fields.values().filter_map(|value| value.as_str()).collect();
        for build in 0..1_200 {
            assert!(told.contains(&format!("+ build {build}").as_str()), "{build}");
        }
        assert_eq!(said["change 0001"], "+ build 0", "a field each, in their order");
    }

    #[test]
    fn withdrawing_is_one_persons_and_what_leads_to_devices_takes_two() {
        let build =
            |model: &str| RomBuild { model: model.to_owned(), incremental: "a1".to_owned() };
        let target = |model| RomTarget { build: build(model), devices: 7 };
        let plan = RomPlan {
            channel: "beta".to_owned(),
            targets: vec![target("one"), target("two")],
            waves: ["own", "2.5@IN", "100"].map(str::to_owned).to_vec(),
            hours: Some(24),
            failures_max: 50_000,
            reports_min: 20,
            trip: RomTrip::Halt,
            devices_per_hour: None,
            megabits_per_second: None,
        };
        let promote =
            RomAct::Promote { build: build("one"), channel: "beta".to_owned(), floor: false };
        let withdraw = RomAct::Withdraw { build: build("one"), reason: "it burns".to_owned() };
        let sign = RomAct::Sign(RomSignatures {
            role: "root".to_owned(),
            version: 2,
            says: "ab".to_owned(),
            signatures: BTreeMap::from([("cd".to_owned(), "ef".to_owned())]),
            changes: vec!["+ a key".to_owned()],
        });
        assert!(sign.said().contains("root 2"), "{}", sign.said());
        for (act, eyes) in [
            (promote, Eyes::Four),
            (RomAct::Plan(plan.clone()), Eyes::Four),
            (sign, Eyes::Four),
            (withdraw, Eyes::Two),
        ] {
            assert_eq!(act.permission().eyes(), eyes, "{act:?}");
            let kept = serde_json::to_string(&act).expect("it is JSON");
            assert_eq!(serde_json::from_str::<RomAct>(&kept).expect("it is read"), act);
        }
        let said = RomAct::Plan(plan).said();
        for words in [
            "two a1 × 7",
            "own, 2.5@IN, 100",
            r#""failures_max_percent":"5","gate":"halt""#,
            r#""reports_min":20"#,
        ] {
            assert!(said.contains(words), "{said}");
        }
    }
}
