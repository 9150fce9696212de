//! What other nodes have changed, heard over LISTEN and NOTIFY.
//!
//! A notice is sent in the transaction that changes something, so that it comes when the change
//! can be read and not before. Its payload is the set of topics. A listener that was cut off may
//! have missed some: it says that everything has changed once it hears again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::session::{Role, Session};
use super::url::PostgresUrl;
use crate::kernel::db::Versions;
use crate::kernel::error::StoreError;

/// How often the thread looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long it waits before it tries to connect again.
const RECONNECT_EVERY: Duration = Duration::from_millis(500);

/// The server's number of the session that writes here: its notices are known already.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnPid(Arc<AtomicI32>);

impl OwnPid {
    pub(super) fn set(&self, pid: i32) {
        self.0.store(pid, Ordering::Release);
    }

    fn is(&self, pid: i32) -> bool {
        self.0.load(Ordering::Acquire) == pid
    }
}

/// The listening thread. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    stop: Arc<AtomicBool>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// The channel of the shop in this schema: there may be others in the same database.
pub(crate) fn channel(url: &PostgresUrl) -> Result<String, StoreError> {
    let mut session = Session::connect(url, Role::Listen)?;
    let sql = "SELECT 'kontor_' || substr(md5(current_schema()), 1, 16)";
    session.value::<Option<String>>(sql, &[])?.ok_or_else(|| StoreError::Fault {
        what: "look at the schema".into(),
        problem: "the search path names no schema that is there: make it first".into(),
    })
}

/// Starts to listen; from the return on nothing is missed.
pub(crate) fn start(
    url: &PostgresUrl,
    channel: String,
    own: OwnPid,
    changes: Arc<watch::Sender<Versions>>,
) -> Result<Listener, StoreError> {
    let first = connect(url, &channel)?;
    let stop = Arc::new(AtomicBool::new(false));
    let (url, stopped) = (url.clone(), Arc::clone(&stop));
    std::thread::Builder::new()
        .name("kontor-listener".to_owned())
        .spawn(move || {
            let mut session = Some(first);
            while !stopped.load(Ordering::Acquire) {
                match session.take() {
                    Some(session) => hear(session, &own, &changes, &stopped),
                    None => match connect(&url, &channel) {
                        Ok(again) => {
                            changes.send_modify(|versions| versions.raise(u32::MAX));
                            session = Some(again);
                        }
                        Err(_) => std::thread::sleep(RECONNECT_EVERY),
                    },
                }
            }
        })
        .map_err(|error| StoreError::Fault {
            what: "start of the listener's thread".into(),
            problem: error.to_string().into(),
        })?;
    Ok(Listener { stop })
}

fn connect(url: &PostgresUrl, channel: &str) -> Result<Session, StoreError> {
    let mut session = Session::connect(url, Role::Listen)?;
    session.control(format!("LISTEN {channel}"))?;
    Ok(session)
}

/// Passes notices on until the connection ends or the thread is to stop.
fn hear(mut session: Session, own: &OwnPid, changes: &watch::Sender<Versions>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) && !session.is_closed() {
        if let Some(notice) = session.line().notice(LOOK_EVERY)
            && !own.is(notice.process_id())
        {
            // A payload that is no set of topics is of a later release: look at all.
            let touched = notice.payload().parse().unwrap_or(u32::MAX);
            changes.send_modify(|versions| versions.raise(touched));
        }
    }
}
