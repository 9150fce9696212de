//! The check of a public report from nothing but itself (and, if the reader wants, from what was
//! published before the sale). Every check has a name; every failure says where.

use std::collections::HashSet;

use kontor_base::Money;
use kontor_base::id::{EntryId, SaleId};

use super::beacon::beacon_comes_too_early;
use super::definition::Way;
use super::fair::{Commitment, Rank, Shuffle, digest_of_sorted};
use super::limit::LimitMet;
use super::report::{ChannelReport, DepositTotals, Entry, Line, Outcome, Report, Totals};

/// What is checked, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The secret is the one that was committed to.
    Commitment,
    /// The commitment and the digests are those that the reader noted before the sale.
    Published,
    /// The beacon's round came after the list of entries was closed.
    Beacon,
    /// The entries from before going live are those whose digest was published.
    Digest,
    /// No entry stands twice, no channel stands twice.
    Unique,
    /// The line is the one that secret and beacon give; later comers stand behind, by time.
    Order,
    /// Only the front of the line was let in, and everybody in it; whoever stands behind and had a unit
    /// had it from the waiting list. The front is not shorter than units were there for, and in a rush does
    /// not reach beyond the last who came later and took one.
    Reach,
    /// Whoever bought has units, nobody else has.
    Outcome,
    /// Nobody has more units than one person may take.
    Limit,
    /// What moved between ways of a market adds up.
    Rollover,
    /// No channel sold more than it had.
    Quota,
    /// The numbers are those of the entries.
    Totals,
    /// Each place has its deposit: with the order of whoever bought, and back with everybody else.
    Deposits,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 13] = [
        Self::Commitment,
        Self::Published,
        Self::Beacon,
        Self::Digest,
        Self::Unique,
        Self::Order,
        Self::Reach,
        Self::Outcome,
        Self::Limit,
        Self::Rollover,
        Self::Quota,
        Self::Totals,
        Self::Deposits,
    ];

    /// The name of the check.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Published => "published",
            Self::Beacon => "beacon",
            Self::Digest => "digest",
            Self::Unique => "unique",
            Self::Order => "order",
            Self::Reach => "reach",
            Self::Outcome => "outcome",
            Self::Limit => "limit",
            Self::Rollover => "rollover",
            Self::Quota => "quota",
            Self::Totals => "totals",
            Self::Deposits => "deposits",
        }
    }

    /// What it means when it holds, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Commitment => "the secret is the one whose hash was published beforehand",
            Self::Published => "commitment, beacon, quotas and digests are those noted before",
            Self::Beacon => "the beacon's round came after the list of entries was closed",
            Self::Digest => "no entry was added or removed after it went live",
            Self::Unique => "no entry and no channel stands twice",
            Self::Order => "the line is the one that the secret gives",
            Self::Reach => "nobody was let in before somebody with a better place",
            Self::Outcome => "whoever bought has units, and nobody else",
            Self::Limit => "no entry has more than one person may take",
            Self::Rollover => "units that moved between ways add up",
            Self::Quota => "no channel sold more than it had",
            Self::Totals => "the numbers are those of the entries",
            Self::Deposits => "every deposit went towards an order of its place, or back",
        }
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// In which channel, such as `in/rush`; empty for the whole sale.
    pub channel: String,
    /// What is wrong there.
    pub detail: String,
}

/// What a reader noted before the report came out; what was not noted is not compared. A report that
/// was made anew as a whole agrees with itself: only what was noted gives it away.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// The sale.
    pub sale: Option<SaleId>,
    /// The commitment.
    pub commitment: Option<Commitment>,
    /// The value of the public beacon, from its own publisher.
    pub beacon: Option<[u8; 32]>,
    /// Units that one person may have.
    pub per_person: Option<u32>,
    /// Units at the beginning, by channel (`in/rush`).
    pub quotas: Vec<(String, u32)>,
    /// Digests of entries, by channel (`in/rush`).
    pub digests: Vec<(String, Commitment)>,
    /// What a place cost, by channel (`in/batch`); none: nothing.
    pub deposits: Vec<(String, Option<Money>)>,
}

/// Everything that does not hold, in the order of the checks; empty for a true report.
///
/// What this cannot see from published data: whether two entries are of the same person, and
/// whether units outside the report exist. The first is the shop's own check at entry and payment;
/// the second is what `kontor audit` proves over the books.
#[must_use]
pub fn verify<L: Line>(report: &Report<L>, noted: &Noted) -> Vec<Finding> {
    let mut findings = Findings::default();
    of_the_sale(report, noted, &mut findings);
    let beacon = report.beacon.as_ref().map(|beacon| &beacon.value);
    let shuffle = report.secret.shuffle(report.sale, beacon);
    for channel in &report.channels {
        of_channel(report, channel, &shuffle, &mut findings);
    }
    findings.0.sort_by_key(|finding| finding.check);
    findings.0
}

/// At most this many findings of one check in one channel: the first says enough.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: Check, channel: &str, detail: impl Into<String>) {
        self.0.push(Finding { check, channel: channel.to_owned(), detail: detail.into() });
    }
}

fn name<L>(channel: &ChannelReport<L>) -> String {
    format!("{}/{}", channel.market, channel.way.word())
}

fn of_the_sale<L>(report: &Report<L>, noted: &Noted, findings: &mut Findings) {
    let commitment = report.secret.commitment();
    if commitment != report.commitment {
        findings.add(Check::Commitment, "", format!("the secret's hash is {commitment}"));
    }
    against_noted(report, noted, findings);
    if let Some(beacon) =
        report.beacon.as_ref().filter(|b| beacon_comes_too_early(&b.name, report.live_at))
    {
        let detail = format!("{} was known before the list was closed", beacon.name);
        findings.add(Check::Beacon, "", detail);
    }
    let mut channels = HashSet::new();
    for channel in &report.channels {
        if !channels.insert((channel.market, channel.way)) {
            findings.add(Check::Unique, &name(channel), "the channel stands twice");
        }
    }
    for channel in &report.channels {
        let of_market = |part: fn(&ChannelReport<L>) -> u32| -> u64 {
            let same = report.channels.iter().filter(|other| other.market == channel.market);
            same.map(|other| u64::from(part(other))).sum()
        };
        let (moved_in, moved_out) = (of_market(|c| c.rolled_in), of_market(|c| c.rolled_out));
        if moved_in != moved_out {
            let detail = format!("{moved_out} units left ways of the market, {moved_in} arrived");
            findings.add(Check::Rollover, &name(channel), detail);
        }
    }
}

/// Compares with what was noted before.
fn against_noted<L>(report: &Report<L>, noted: &Noted, findings: &mut Findings) {
    if noted.sale.is_some_and(|sale| sale != report.sale) {
        findings.add(Check::Published, "", "it is the report of another sale");
    }
    if noted.commitment.is_some_and(|noted| noted != report.commitment) {
        findings.add(Check::Published, "", "the commitment is another one");
    }
    if noted.beacon.is_some_and(|noted| report.beacon.as_ref().map(|b| b.value) != Some(noted)) {
        findings.add(Check::Published, "", "the beacon's value is another one");
    }
    if noted.per_person.is_some_and(|noted| noted != report.per_person) {
        let detail = format!("one person may have {} units now", report.per_person);
        findings.add(Check::Published, "", detail);
    }
    let channel = |place: &str| report.channels.iter().find(|channel| name(channel) == place);
    for (place, digest) in &noted.digests {
        match channel(place) {
            Some(channel) if channel.entries_digest == *digest => {}
            Some(_) => findings.add(Check::Published, place, "the digest is another one"),
            None => findings.add(Check::Published, place, "the channel is missing"),
        }
    }
    for (place, amount) in &noted.deposits {
        let told = channel(place).and_then(|channel| channel.deposits);
        if told.map(|deposits| deposits.amount) != *amount {
            findings.add(Check::Published, place, "a place cost another deposit");
        }
    }
    for (place, quota) in &noted.quotas {
        match channel(place) {
            Some(channel) if channel.quota == *quota => {}
            Some(channel) => {
                let detail = format!("the quota is {} and was {quota}", channel.quota);
                findings.add(Check::Published, place, detail);
            }
            None => findings.add(Check::Published, place, "the channel is missing"),
        }
    }
}

fn of_channel<L: Line>(
    report: &Report<L>,
    channel: &ChannelReport<L>,
    shuffle: &Shuffle,
    out: &mut Findings,
) {
    let place = name(channel);
    let line = &channel.entries;
    who_was_there(channel, &place, out);
    if let Some(detail) = wrong_order(channel, shuffle) {
        out.add(Check::Order, &place, detail);
    }
    if let Some(detail) = wrong_reach(channel, report.per_person) {
        out.add(Check::Reach, &place, detail);
    }
    if let Some(Entry(id, _, outcome, units, _)) =
        line.entries().find(|entry| (entry.2 == Outcome::Claimed) != (entry.3 > 0))
    {
        let detail = format!("{id} is {} with {units} units", outcome.word());
        out.add(Check::Outcome, &place, detail);
    }
    if let Some(entry) = line.entries().find(|entry| entry.3 > report.per_person) {
        out.add(Check::Limit, &place, format!("{} has {} units", entry.0, entry.3));
    }
    let sold: u64 = line.entries().map(|entry| u64::from(entry.3)).sum();
    let had = u64::from(channel.quota) + u64::from(channel.rolled_in);
    match had.checked_sub(u64::from(channel.rolled_out)) {
        Some(had) if sold <= had => {}
        Some(had) => out.add(Check::Quota, &place, format!("{sold} units sold of {had}")),
        None => out.add(Check::Rollover, &place, "more units left than there were"),
    }
    let totals = Totals::of(line);
    if totals != channel.totals {
        out.add(Check::Totals, &place, "the numbers are not those of the entries");
    }
    let is_twin = |(at, met): (usize, &LimitMet)| {
        let twin = |other: &LimitMet| (other.at, other.limit) == (met.at, met.limit);
        met.times == 0 || channel.limits[..at].iter().any(twin)
    };
    if channel.limits.iter().enumerate().any(is_twin) {
        out.add(Check::Totals, &place, "a limit is told twice, or was never met");
    }
    if let Some(detail) = wrong_deposits(channel.way, channel.deposits.as_ref(), &totals) {
        out.add(Check::Deposits, &place, detail);
    }
}

/// What is wrong with the deposits, if anything: their numbers come from the books, and have to be
/// those that follow from what became of the entries.
fn wrong_deposits(way: Way, deposits: Option<&DepositTotals>, totals: &Totals) -> Option<String> {
    let DepositTotals { taken, credited, refunded, kept, .. } = *deposits?;
    if way != Way::Batch {
        return Some("only a place in a batch can cost a deposit".to_owned());
    }
    if taken != totals.entries {
        return Some(format!("{taken} deposits were paid for {} places", totals.entries));
    }
    if credited != totals.claimed {
        let bought = totals.claimed;
        return Some(format!("{credited} deposits went towards orders, and {bought} bought"));
    }
    if kept > 0 {
        return Some(format!("{kept} deposits were kept"));
    }
    let left = taken - credited;
    (refunded != left).then(|| format!("{refunded} deposits went back of {left}"))
}

/// The only list that the check makes: the ids of one way, 17 bytes each.
fn who_was_there<L: Line>(channel: &ChannelReport<L>, place: &str, out: &mut Findings) {
    let mut sorted: Vec<(EntryId, bool)> =
        channel.entries.entries().map(|entry| (entry.0, entry.1.is_none())).collect();
    sorted.sort_unstable();
    if let Some(twin) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        out.add(Check::Unique, place, format!("{} stands twice", twin[0].0));
    }
    let here = sorted.iter().filter(|(_, present)| *present).map(|(id, _)| *id);
    if digest_of_sorted(here) != channel.entries_digest {
        out.add(Check::Digest, place, "the digest of the entries is another one");
    }
}

/// What is wrong with the line, if anything.
fn wrong_order<L: Line>(channel: &ChannelReport<L>, shuffle: &Shuffle) -> Option<String> {
    let arrivals = || channel.entries.entries().map(|entry| entry.1);
    // `None` (there before) sorts before every time.
    if !arrivals().is_sorted() {
        return Some("somebody who came later stands before somebody who came earlier".to_owned());
    }
    if channel.way == Way::Draw && arrivals().any(|at| at.is_some()) {
        return Some("somebody entered the draw after it was made".to_owned());
    }
    if channel.way == Way::Batch {
        // A place in it is when its entry was made, which the id says.
        let mut neighbours = channel.entries.entries().zip(channel.entries.entries().skip(1));
        let wrong = neighbours.find(|(a, b)| a.1.is_none() == b.1.is_none() && a.0 > b.0);
        return wrong.map(|(a, b)| format!("{} stands before {}, which came earlier", a.0, b.0));
    }
    if !channel.way.is_shuffled() {
        return None;
    }
    // Those who were there are the first of the list now. They are in order if nobody stands behind
    // somebody of a higher rank.
    let mut before: Option<(Rank, EntryId)> = None;
    let here = channel.entries.entries().take_while(|entry| entry.1.is_none());
    for (Entry(id, ..), place) in here.zip(0..) {
        let own = (shuffle.rank(channel.way, id), id);
        if let Some((_, earlier)) = before.filter(|before| *before > own) {
            return Some(format!("{id} has place {place}, and belongs before {earlier}"));
        }
        before = Some(own);
    }
    None
}

/// What is wrong with who was let in, if anything. Codes have no line: each is good by itself.
fn wrong_reach<L: Line>(channel: &ChannelReport<L>, per_person: u32) -> Option<String> {
    let count = channel.entries.entries().count() as u64;
    if channel.reached > count {
        return Some(format!("{} were reached of {count}", channel.reached));
    }
    if channel.way == Way::Code {
        return None;
    }
    let is_wrong = |entry: &Entry, place: u64| match entry {
        // Offered a unit, wherever they stand.
        Entry(_, _, outcome, _, true) => {
            matches!(outcome, Outcome::NotReached | Outcome::Missed)
        }
        _ => (place < channel.reached) == (entry.2 == Outcome::NotReached),
    };
    let mut entries = channel.entries.entries().zip(0..);
    let wrong = entries.find(|(entry, place)| is_wrong(entry, *place));
    let reached = channel.reached;
    let wrong = wrong.map(|(entry, place)| {
        format!("{} at place {place} is {}, and {reached} were reached", entry.0, entry.2.word())
    });
    wrong.or_else(|| impossible_reach(channel, per_person))
}

/// What of the number of those who were let in cannot be by the rules of its way, whatever is told of each
/// of them.
fn impossible_reach<L: Line>(channel: &ChannelReport<L>, per_person: u32) -> Option<String> {
    let reached = channel.reached;
    let present = channel.entries.entries().take_while(|entry| entry.1.is_none()).count() as u64;
    // As many as there are units for at the beginning; a rush lets everybody in at once or by turns.
    let at_once = u64::from((channel.quota / per_person.max(1)).max(1));
    let least = match channel.way {
        Way::Rush if present > at_once => 0,
        _ => present.min(at_once),
    };
    // Nobody at all: it was settled before it went live.
    if reached > 0 && reached < least {
        return Some(format!("{reached} were reached, and there were units for {least}"));
    }
    if channel.way != Way::Rush || reached <= present {
        return None;
    }
    // Whoever came later takes what is left, and the last of them who did is the last who was reached.
    let last = channel.entries.entries().nth(usize::try_from(reached - 1).unwrap_or(usize::MAX))?;
    let took_nothing = last.2 == Outcome::Missed;
    took_nothing.then(|| format!("{} came later and took nothing, and was reached", last.0))
}

#[cfg(test)]
mod tests;
