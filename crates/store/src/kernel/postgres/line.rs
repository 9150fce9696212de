//! The way to the server: questions go out without waiting for the answers of earlier ones.
//!
//! The server answers in the order in which it is asked. A question is kept here until somebody
//! waits; then all that are kept leave in one message, and one round trip brings all their answers.
//! The client works like that inside: a question is handed to the connection when its future is
//! first polled, and its answer comes with a later poll. (Its blocking form, the crate `postgres`,
//! polls each future to its end before there can be another: that is why it is not used here.)

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Error, Notification, Row, Socket, Statement};

use super::value::Encoded;

/// How long the server may take to hear that this side goes.
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// What a question was answered with.
pub(super) enum Answer {
    Rows(Vec<Row>),
    /// How many rows were changed.
    Changed(u64),
    Prepared(Statement),
    Done,
}

/// What is known of a question when its answer comes.
#[derive(Debug)]
pub(super) struct Note {
    /// What was asked, for messages.
    pub(super) what: Cow<'static, str>,
    /// The number under which its rows are kept; without one they are handed out at once.
    pub(super) ticket: Option<u64>,
}

type Awaited = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;
type Messages =
    Box<dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> + Send>;

enum Open {
    Waiting(Awaited),
    /// It never left: a parameter of the wrong type, or a connection that has ended.
    Known(Result<Answer, Error>),
}

/// One connection.
pub(super) struct Line {
    runtime: Runtime,
    client: Arc<Client>,
    /// None once it has ended.
    connection: Option<Messages>,
    open: VecDeque<(Note, Open)>,
    notices: VecDeque<Notification>,
    waits: u64,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("open", &self.open.len()).finish_non_exhaustive()
    }
}

impl Line {
    /// Opens a connection, which is driven by `runtime` and only while somebody waits.
    pub(super) fn connect<T>(runtime: Runtime, config: &Config, tls: T) -> Result<Self, Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, mut connection) = runtime.block_on(config.connect(tls))?;
        Ok(Self {
            runtime,
            client: Arc::new(client),
            connection: Some(Box::new(move |cx| connection.poll_message(cx))),
            open: VecDeque::new(),
            notices: VecDeque::new(),
            waits: 0,
        })
    }

    /// Whether the connection has ended, as far as this side knows.
    pub(super) fn is_closed(&self) -> bool {
        self.connection.is_none() || self.client.is_closed()
    }

    /// How often somebody has waited for the server.
    pub(super) const fn waits(&self) -> u64 {
        self.waits
    }

    /// How many questions there are whose answers nobody has seen yet.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// Asks for the number of rows that a statement changes.
    pub(super) fn execute(&mut self, note: Note, statement: Statement, values: Vec<Encoded>) {
        self.ask(note, |client| async move {
            client.execute_raw(&statement, values).await.map(Answer::Changed)
        });
    }

    /// Asks for the rows of a statement's answer.
    pub(super) fn query(&mut self, note: Note, statement: Statement, values: Vec<Encoded>) {
        self.ask(note, |client| async move {
            let values: Vec<_> = values.iter().map(|value| value as _).collect();
            client.query(&statement, &values).await.map(Answer::Rows)
        });
    }

    /// Has a statement prepared.
    pub(super) fn prepare(&mut self, note: Note, sql: Cow<'static, str>) {
        self.ask(note, |client| async move { client.prepare(&sql).await.map(Answer::Prepared) });
    }

    /// Says words without parameters.
    pub(super) fn say(&mut self, note: Note, words: Cow<'static, str>) {
        self.ask(note, |client| async move {
            client.batch_execute(&words).await.map(|()| Answer::Done)
        });
    }

    fn ask<F>(&mut self, note: Note, question: impl FnOnce(Arc<Client>) -> F)
    where
        F: Future<Output = Result<Answer, Error>> + Send + 'static,
    {
        let mut question: Awaited = Box::pin(question(Arc::clone(&self.client)));
        let first = question.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let open = match first {
            Poll::Pending => Open::Waiting(question),
            Poll::Ready(known) => Open::Known(known),
        };
        self.open.push_back((note, open));
    }

    /// Waits for every answer that is still to come; `each` has them in the order of the questions.
    pub(super) fn wait(&mut self, mut each: impl FnMut(Note, Result<Answer, Error>)) {
        if self.open.is_empty() {
            return;
        }
        self.waits += 1;
        let Self { runtime, connection, open, notices, .. } = self;
        runtime.block_on(poll_fn(|cx| {
            drive(connection, notices, cx);
            while let Some((_, first)) = open.front_mut() {
                if let Open::Waiting(question) = first {
                    match question.as_mut().poll(cx) {
                        Poll::Pending => return Poll::Pending,
                        Poll::Ready(known) => *first = Open::Known(known),
                    }
                }
                if let Some((note, Open::Known(known))) = open.pop_front() {
                    each(note, known);
                }
            }
            Poll::Ready(())
        }));
    }

    /// Has what was asked leave without waiting for its answer.
    pub(super) fn flush(&mut self) {
        let Self { runtime, connection, notices, .. } = self;
        runtime.block_on(poll_fn(|cx| {
            drive(connection, notices, cx);
            Poll::Ready(())
        }));
    }

    /// Waits for a notice, for as long as this at most.
    pub(super) fn notice(&mut self, wait_max: Duration) -> Option<Notification> {
        let Self { runtime, connection, notices, .. } = self;
        runtime.block_on(async {
            let heard = poll_fn(|cx| {
                drive(connection, notices, cx);
                match notices.pop_front() {
                    Some(notice) => Poll::Ready(Some(notice)),
                    None if connection.is_none() => Poll::Ready(None),
                    None => Poll::Pending,
                }
            });
            tokio::time::timeout(wait_max, heard).await.ok().flatten()
        })
    }

    /// Ends the connection in order. Not on a thread that drives another runtime.
    pub(super) fn close(self) {
        let Self { runtime, client, mut connection, open, mut notices, .. } = self;
        // Once nobody can ask any more, the connection says so to the server and ends.
        drop((open, client));
        runtime.block_on(async {
            let gone = poll_fn(|cx| {
                drive(&mut connection, &mut notices, cx);
                if connection.is_none() { Poll::Ready(()) } else { Poll::Pending }
            });
            // A server that does not answer finds out by itself.
            let _ = tokio::time::timeout(FAREWELL_MAX, gone).await;
        });
    }
}

/// Lets the connection write and read as far as it can.
fn drive(
    connection: &mut Option<Messages>,
    notices: &mut VecDeque<Notification>,
    cx: &mut Context<'_>,
) {
    while let Some(messages) = connection {
        match messages(cx) {
            Poll::Pending => return,
            Poll::Ready(Some(Ok(AsyncMessage::Notification(notice)))) => notices.push_back(notice),
            Poll::Ready(Some(Ok(_))) => {}
            // With the connection go the ends on which answers would come: who waits is told.
            Poll::Ready(Some(Err(_)) | None) => *connection = None,
        }
    }
}
