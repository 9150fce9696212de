//! What every page and handler uses: routes with their access rule, problems, cookies, limits,
//! texts, formats, assets.

pub mod app;
pub mod assets;
pub mod bearer;
pub mod chart;
pub mod cookie;
pub mod desk;
pub mod escape;
pub mod express;
pub mod form_key;
pub mod format;
pub mod guard;
pub mod limit;
pub mod moments;
pub mod pages;
pub mod picture;
pub mod problem;
pub mod request_ids;
pub mod routes;
pub mod streamed;
pub mod text;
pub mod typeface;
