//! The router with every route, and serving it until it is told to stop.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt;
use kontor_base::limits;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::kit::app::App;
use crate::kit::routes::{Route, Routes};
use crate::{api, operations, reach, reseller, rom, staff, store_front};

/// Every route with its access rule, and the router.
pub fn router(app: &App) -> (Vec<Route>, Router) {
    let routes = Routes::new(app.clone());
    let routes = reach::routes(store_front::routes(staff::routes(routes)));
    let routes = reseller::routes(routes);
    let routes = operations::routes(rom::routes(api::routes(routes)));
    let (list, router) = routes.finish();
    (list, router.layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX)))
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
    let (_, router) = router(app);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Small answers go out at once instead of waiting for more to send.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::trace!(%error, "a connection keeps its delay");
        }
    });
    let (stopping, mut stopped) = watch::channel(false);
    let told = async move {
        stop.await;
        let _ = stopping.send(true);
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(told);
    let patience = async {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(within).await;
    };
    tokio::select! {
        served = async { serving.await } => served,
        () = patience => {
            tracing::warn!(within_s = within.as_secs(), "some connections were still open at the end");
            Ok(())
        }
    }
}
