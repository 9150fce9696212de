//! Every model with the newest build of each channel.

use askama::Template;
use kontor_domain::channel::Channel;

use super::{BuildLine, Say};
use crate::page::Shell;

/// A model on the first page.
#[derive(Clone, Debug)]
pub struct ModelCard {
    /// Its codename, which ends its address.
    pub codename: String,
    /// What people call it.
    pub name: String,
    /// Who makes it.
    pub brand: String,
    /// Its drawing.
    pub picture: String,
    /// Whether it is the maker's own.
    pub own: bool,
    /// The newest build of each channel that has one, the calmest first.
    pub channels: Vec<(Channel, BuildLine)>,
}

/// `GET /rom/{language}`
#[derive(Clone, Debug, Template)]
#[template(path = "rom/index.html")]
pub struct RomPage {
    /// The layout's part.
    pub shell: Shell,
    /// The models: the maker's own first.
    pub models: Vec<ModelCard>,
    /// How many builds are published, withdrawn ones apart.
    pub builds: usize,
    /// How many rollouts are under way.
    pub rollouts: usize,
}
