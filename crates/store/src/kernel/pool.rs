//! A small pool of connections that read the last committed state while the writer writes.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// What can wait in a pool.
pub(crate) trait Pooled {
    /// Ends whatever a closure that panicked has left open.
    fn reset(&mut self);
}

/// Idle reading connections. A reader takes one, and it comes back when the guard is dropped.
#[derive(Debug)]
pub(crate) struct Pool<C>(Arc<(Mutex<Vec<C>>, Condvar)>);

impl<C> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Pooled> Pool<C> {
    pub(crate) fn new(connections: Vec<C>) -> Self {
        Self(Arc::new((Mutex::new(connections), Condvar::new())))
    }

    /// Waits for an idle connection. Called on blocking threads only.
    pub(crate) fn take(&self) -> Borrowed<C> {
        let (idle, returned) = &*self.0;
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return Borrowed { connection: Some(connection), pool: self.clone() };
            }
            idle = returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: C) {
        let (idle, returned) = &*self.0;
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        returned.notify_one();
    }
}

/// A borrowed connection.
pub(crate) struct Borrowed<C: Pooled> {
    connection: Option<C>,
    pool: Pool<C>,
}

impl<C: Pooled> Deref for Borrowed<C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("the connection is there until the guard is dropped")
    }
}

impl<C: Pooled> DerefMut for Borrowed<C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("the connection is there until the guard is dropped")
    }
}

impl<C: Pooled> Drop for Borrowed<C> {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.reset();
            self.pool.give_back(connection);
        }
    }
}
