//! A verdict as the API tells it.

use kontor_base::{Date, Language};
use kontor_domain::clearance::Verdict;
use serde::Serialize;
use utoipa::ToSchema;

use super::reason::{FactBody, ObligationBody, ReasonBody};

/// Whether an act may be carried out with a variant in a market, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub(crate) struct VerdictBody {
    /// The act: `announce`, `register_interest`, `preorder`, `sell`, `deliver`, `resell`.
    #[schema(value_type = String, example = "sell")]
    act: &'static str,
    /// `allowed`, `conditional` (if the obligations are met) or `refused`.
    #[schema(value_type = String, example = "refused")]
    outcome: &'static str,
    /// Why it is refused, in the order in which to tell it.
    reasons: Vec<ReasonBody>,
    /// What has to be done where it is conditional.
    obligations: Vec<ObligationBody>,
    /// What is worth pointing out although it refuses nothing.
    advice: Vec<ReasonBody>,
    /// The day for which it is given (UTC).
    #[schema(value_type = String, format = Date)]
    at: Date,
    /// The first day on which it can be another one, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    changes_on: Option<Date>,
    /// The version of the facts behind it.
    facts_version: i64,
    /// The facts that it stands on.
    relied_on: Vec<FactBody>,
}

impl VerdictBody {
    /// The verdict, with notices in `language`.
    pub(crate) fn new(verdict: &Verdict, language: Language) -> Self {
        Self {
            act: verdict.act.word(),
            outcome: verdict.outcome.word(),
            reasons: verdict.reasons.iter().map(ReasonBody::from).collect(),
            obligations: verdict
                .obligations
                .iter()
                .map(|obligation| ObligationBody::new(obligation, language))
                .collect(),
            advice: verdict.advice.iter().map(ReasonBody::from).collect(),
            at: verdict.at,
            changes_on: verdict.changes_on,
            facts_version: verdict.facts_version,
            relied_on: verdict.relied_on.iter().map(FactBody::from).collect(),
        }
    }
}
