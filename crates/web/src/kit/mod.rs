//! What every page and handler uses: routes with their access rule, problems, cookies, limits,
//! texts, formats, assets.

pub mod app;
pub mod assets;
pub mod cookie;
pub mod desk;
pub mod format;
pub mod guard;
pub mod limit;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod text;
