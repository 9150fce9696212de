//! The counter that other pages embed: one number, what it means, where it is from.

use askama::Template;

use super::LiveView;
use crate::page::Shell;

/// `GET /reach/{language}/counter`
#[derive(Clone, Debug, Template)]
#[template(path = "reach_counter.html")]
pub struct CounterPage {
    /// The layout's part.
    pub shell: Shell,
    /// What is counted here.
    pub live: Option<LiveView>,
}
