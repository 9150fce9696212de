//! A server that counts installations.

use std::sync::Arc;

use kontor_base::SecretKey;
use kontor_rom::install::{Install, Settings};
use kontor_web::kit::app::{App, Parts};
use kontor_web::server;

use super::Api;

impl Api {
    /// The same server with a count of installations that withholds cells under `cell_min`.
    pub(crate) async fn counting(mut self, cell_min: u64) -> (Self, Arc<Install>) {
        let folder = self.scratch.path("installs");
        let settings = Settings { cell_min, new_per_network: 0, ..Settings::new(&folder) };
        let secret = SecretKey::from_bytes([7; 32]);
        let install = Install::open(Arc::clone(&self.rom), &secret, settings).await;
        let install = Arc::new(install.expect("it opens"));
        let parts = Parts { rom: Some(Arc::clone(&self.rom)), install: Some(Arc::clone(&install)) };
        self.app = App::with_parts(Arc::clone(&self.shop), parts, self.settings.clone(), None);
        (self.express, self.router) = server::whole(&self.app);
        (self, install)
    }
}
