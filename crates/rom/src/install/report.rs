//! A report comes in: from a form of its own, or from what a device asks and tells anyway.

use std::net::IpAddr;
use std::time::Duration;

use kontor_base::Instant;
use kontor_count::Answer;
use kontor_domain::catalogue::read_serial;
use kontor_domain::install::{
    Credential, Day, FormRefusal, LineageForm, LineageRefusal, OwnForm, Report, country_said, place,
};

use super::service::{Home, Install};
use crate::core::Brought;

/// How long a device that asks for an update waits for its being counted. Updates matter more.
const PATIENCE: Duration = Duration::from_secs(2);

/// A report as it came.
#[derive(Clone, Copy)]
pub enum Incoming<'a> {
    /// In Kontor's own form.
    Own(OwnForm<'a>),
    /// In the statistics form of LineageOS.
    Lineage(LineageForm<'a>),
}

/// A report that was taken.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What became of it; on disk.
    pub answer: Answer,
    /// What the device is to bring from tomorrow on, if it has brought nothing that is its own.
    pub credential: Option<Credential>,
}

/// Why a report was not counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCounted {
    /// The form.
    #[error(transparent)]
    Form(#[from] FormRefusal),
    /// The form of LineageOS.
    #[error(transparent)]
    Lineage(#[from] LineageRefusal),
    /// Far too many new devices have come from one network today.
    #[error("too many new devices have come from this network today")]
    Flood,
    /// Another process or node counts.
    #[error("reports are counted elsewhere: {0}")]
    Elsewhere(std::sync::Arc<str>),
    /// Too many reports wait, or the log cannot be written.
    #[error("no reports are taken at the moment")]
    Unavailable,
}

impl NotCounted {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(refusal) => refusal.code(),
            Self::Lineage(refusal) => refusal.code(),
            Self::Flood => "install.flood",
            Self::Elsewhere(_) => "install.elsewhere",
            Self::Unavailable => "install.unavailable",
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Form(_) | Self::Lineage(_) => "malformed",
            Self::Flood => "flood",
            Self::Elsewhere(_) => "elsewhere",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Takes a report that came from `address`, which is used to tell networks apart and not kept. The
/// answer comes when what it says is on disk.
///
/// # Errors
///
/// See [`NotCounted`].
pub async fn accept(
    install: &Install,
    incoming: Incoming<'_>,
    address: Option<IpAddr>,
) -> Result<Accepted, NotCounted> {
    let today = Day::of(install.now());
    let taken = match incoming {
        Incoming::Own(form) => form
            .report(|id| install.keys.device(id), install.keys.credentials.key(), today)
            .map(|report| {
                let key = install.keys.credentials.key();
                let own = Credential::is_of(form.credential, key, report.device);
                let credential = (!own).then(|| install.credential(report.device));
                (report, credential)
            })
            .map_err(NotCounted::from),
        Incoming::Lineage(form) => form
            .report(|id| install.keys.device(id))
            .map(|report| (report, None))
            .map_err(NotCounted::from),
    };
    let outcome = match taken {
        Ok((report, credential)) => count(install, report, today, address)
            .await
            // One of far too many new devices of one network is not known from tomorrow on either.
            .map(|answer| Accepted {
                answer,
                credential: credential.filter(|_| answer != Answer::SetAside),
            }),
        Err(refusal) => Err(refusal),
    };
    metered(outcome.as_ref().map(|accepted| accepted.answer));
    if let (Incoming::Own(form), Ok(_)) = (incoming, &outcome) {
        note_stay(install, &form, today);
    }
    outcome
}

/// Notes where a sold device is. It is known by its serial number, told apart from its id or as its id.
fn note_stay(install: &Install, form: &OwnForm<'_>, today: Day) {
    let told = if form.serial.is_empty() { form.device } else { form.serial };
    let (Some(serial), Ok(Some(country))) = (read_serial(told), country_said(form.country)) else {
        return;
    };
    let day = form.day.parse().map_or(today, Day::of_date);
    // A day that is not believed by the count is not believed here.
    let (day, _) = place(Some(day), today);
    install.stays.note(install.keys.device(serial.as_bytes()), country, day.date());
}

/// Counts a device that asks for an update or tells what became of one. It must not fail for being
/// counted: what cannot be counted is metered and forgotten. Gives the credential that the device
/// is to be sent, if it brought none of its own.
pub async fn seen(
    install: &Install,
    form: OwnForm<'_>,
    brought: &Brought,
    address: Option<IpAddr>,
) -> Option<Credential> {
    let now = install.now();
    if let Some(given) = seen_already(install, &form, brought, now) {
        return given;
    }
    let taken = tokio::time::timeout(PATIENCE, accept(install, Incoming::Own(form), address));
    match taken.await {
        Ok(Ok(accepted)) => accepted.credential,
        // The node that counts is another one; devices are known on all of them.
        Ok(Err(NotCounted::Elsewhere(_))) => install.keys.credentials.given(brought, now),
        Ok(Err(refusal)) => {
            tracing::debug!(code = refusal.code(), "a device that asked was not counted");
            None
        }
        Err(_) => {
            metrics::counter!("kontor_install_reports_total", "outcome" => "late").increment(1);
            None
        }
    }
}

/// The same for a device that has been counted today as what it says it is, without waiting: the
/// credential that it is to keep, if it has none. `None` where it has to be counted first.
#[must_use]
pub fn seen_already(
    install: &Install,
    form: &OwnForm<'_>,
    brought: &Brought,
    now: Instant,
) -> Option<Option<Credential>> {
    // Most checks of a day are of devices that have asked before: a look is enough, nobody waits.
    let counter = install.counter()?;
    let report = form.report_of(brought.device, brought.standing).ok()?;
    if !counter.is_repeat(&report, Day::of(now)) {
        return None;
    }
    install.repeats.increment(1);
    Some(install.keys.credentials.given(brought, now))
}

async fn count(
    install: &Install,
    report: Report,
    today: Day,
    address: Option<IpAddr>,
) -> Result<Answer, NotCounted> {
    let counter = match install.home() {
        Home::Here(counter) if install.is_open() => counter,
        Home::Here(_) => return Err(NotCounted::Unavailable),
        Home::Elsewhere(why) => return Err(NotCounted::Elsewhere(why.clone())),
    };
    let network = install.keys.network(address, today);
    match counter.submit(report, today, network).await {
        Ok(Answer::Refused) => Err(NotCounted::Flood),
        Ok(answer) => Ok(answer),
        Err(_) => Err(NotCounted::Unavailable),
    }
}

fn metered(outcome: Result<Answer, &NotCounted>) {
    let word = match outcome {
        Ok(Answer::Counted) => "counted",
        Ok(Answer::Repeat) => "repeat",
        Ok(Answer::SetAside) => "set_aside",
        Ok(Answer::Refused) => "flood",
        Err(refusal) => refusal.word(),
    };
    metrics::counter!("kontor_install_reports_total", "outcome" => word).increment(1);
}
