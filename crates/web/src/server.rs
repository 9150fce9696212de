//! The router with every route, and serving it until it is told to stop.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::serve::IncomingStream;
use kontor_base::limits;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::kit::app::App;
use crate::kit::express::{Express, Front, Lane};
use crate::kit::routes::{Route, Routes};
use crate::{api, operations, reach, reseller, rom, staff, store_front};

/// Every route with its access rule: the same for every server, whatever its shop has.
#[must_use]
pub fn routes() -> Vec<Route> {
    all().list()
}

/// The router.
pub fn router(app: &App) -> Router {
    let (_, router) = whole(app);
    router
}

/// The same with the express lane before the router.
pub fn whole(app: &App) -> (Express, Router) {
    let (express, router) = all().finish(app.clone());
    (express, router.layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX)))
}

fn all() -> Routes {
    let routes = reach::routes(store_front::routes(staff::routes(Routes::default())));
    let routes = reseller::routes(routes);
    operations::routes(rom::routes(api::routes(routes)))
}

/// Serves until `stop` is done; then takes no new connections, answers what it has accepted, and
/// comes back, at the latest after `within`.
///
/// # Errors
///
/// When the listener fails.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    within: Duration,
) -> std::io::Result<()> {
    let (express, router) = whole(app);
    let (stopping, mut stopped) = watch::channel(false);
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    let lane = Lane::new(listener, express.clone(), stopped.clone(), open);
    let service = tower::service_fn(move |stream: IncomingStream<'_, Lane>| {
        let peer: SocketAddr = *stream.remote_addr();
        ready(Ok::<_, Infallible>(Front::new(express.clone(), router.clone(), peer)))
    });
    let told = async move {
        stop.await;
        let _ = stopping.send(true);
    };
    let serving = axum::serve(lane, service).with_graceful_shutdown(told);
    let serving = async {
        serving.await?;
        // Nothing is sent on it: it ends when the last connection of the lane has.
        let _ = all_closed.recv().await;
        Ok(())
    };
    let patience = async {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(within).await;
    };
    tokio::select! {
        served = serving => served,
        () = patience => {
            tracing::warn!(within_s = within.as_secs(), "some connections were still open at the end");
            Ok(())
        }
    }
}
