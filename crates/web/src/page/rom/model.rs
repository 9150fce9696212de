//! A model: its builds, how they are installed, by which names its devices are known.

use askama::Template;
use kontor_domain::channel::Channel;

use super::{BuildLine, Say};
use crate::page::Shell;

/// `GET /rom/{language}/device/{device}`
#[derive(Clone, Debug, Template)]
#[template(path = "rom/model.html")]
pub struct ModelPage {
    /// The layout's part.
    pub shell: Shell,
    /// Its codename.
    pub codename: String,
    /// What people call it.
    pub name: String,
    /// Who makes it.
    pub brand: String,
    /// Its drawing.
    pub picture: String,
    /// Whether it is the maker's own.
    pub own: bool,
    /// Other codenames whose devices run the same builds.
    pub also: Vec<String>,
    /// Its hardware revisions: code and note.
    pub revisions: Vec<(String, String)>,
    /// The newest build of each channel that has one.
    pub newest: Vec<(Channel, BuildLine)>,
    /// Every build, newest first.
    pub builds: Vec<BuildLine>,
}

impl ModelPage {
    /// The file to install by hand: that of the calmest channel.
    #[must_use]
    pub fn first(&self) -> Option<&BuildLine> {
        self.newest.first().map(|(_, build)| build)
    }
}
