//! `cargo xtask geography FOLDER`: the world map's shapes, from public-domain geography.
//!
//! Reads the packages `world-atlas` (Natural Earth, public domain), `cldr-core` and
//! `cldr-localenames-full` from a folder of packages and writes `data/reach/world.csv`, which is
//! committed: nobody needs the packages to build. Start with `command.rs`; the pure parts are
//! `topology.rs`, `cut.rs`, `projection.rs` and `simplify.rs`.

mod command;
mod cut;
mod names;
mod projection;
mod shape;
mod simplify;
mod topology;

pub(crate) use command::run;
