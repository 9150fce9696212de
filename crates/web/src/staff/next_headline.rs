//! The headline over the sheet of the next country: what comes next, when and why, and what only
//! would.

use kontor_domain::planning::{CandidateResult, Sheet};

use super::next_country::{named, signal_words, tied};
use super::next_inputs::gate_words;
use crate::kit::text::Text;

/// The headline; empty where there is no candidate.
pub(super) fn headline(t: &Text, sheet: &Sheet) -> String {
    if sheet.candidates.is_empty() {
        return String::new();
    }
    let mut told = match sheet.comes_next() {
        Some(next) => vec![first(t, next), because(t, next)],
        None => vec![t.get("next-nowhere").into_owned()],
    };
    told.extend(sheet.held_back().map(|shut| {
        let name = named(t, shut.candidate.name());
        let (count, gate) = (shut.clearing().count(), gate_words(t, shut.candidate.gate));
        let values = [("country", &*name), ("count", &*count.to_string()), ("gate", &*gate)];
        t.three("next-held-back", values).into_owned()
    }));
    told.join(" ")
}

/// Which one, when it can open, and with which it is tied.
fn first(t: &Text, next: &CandidateResult) -> String {
    let (name, gate) = (named(t, next.candidate.name()), gate_words(t, next.candidate.gate));
    if next.tied_with.is_empty() {
        return t.two("next-first", "country", name, "gate", gate).into_owned();
    }
    let values = [("country", &*name), ("gate", &*gate), ("others", &*tied(t, next))];
    t.three("next-first-tied", values).into_owned()
}

fn because(t: &Text, next: &CandidateResult) -> String {
    let names: Vec<String> = next.clearing().map(|s| signal_words(t, s.signal.kind)).collect();
    if names.is_empty() {
        return t.get("next-because-none").into_owned();
    }
    t.one("next-because", "signals", names.join(", ")).into_owned()
}
