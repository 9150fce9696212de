//! The binary's parts: configuration, wiring and commands. A library, so that tests can start the
//! very same server.

pub mod command;
pub mod config;
pub mod database;
mod forecasts;
pub mod legal;
pub mod population;
pub mod secret;
pub mod server;
pub mod telemetry;
