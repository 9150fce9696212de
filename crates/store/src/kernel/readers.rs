//! A small pool of connections that read the last committed state while the writer writes.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::Connection;

/// Idle reading connections. A reader takes one, and it comes back when the guard is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Readers(Arc<(Mutex<Vec<Connection>>, Condvar)>);

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self(Arc::new((Mutex::new(connections), Condvar::new())))
    }

    /// Waits for an idle connection. Called on blocking threads only.
    pub(crate) fn take(&self) -> Reader {
        let (idle, returned) = &*self.0;
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return Reader { connection: Some(connection), pool: self.clone() };
            }
            idle = returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: Connection) {
        let (idle, returned) = &*self.0;
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        returned.notify_one();
    }
}

/// A borrowed connection.
pub(crate) struct Reader {
    connection: Option<Connection>,
    pool: Readers,
}

impl Reader {
    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("the connection is there until the guard is dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // A closure that panicked may have left its transaction open.
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            self.pool.give_back(connection);
        }
    }
}
