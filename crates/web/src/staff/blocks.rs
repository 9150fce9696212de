//! A list of any length as a CSV file: read block by block, each sent while the next is read. A file that was
//! cut off at some row would look whole.

use std::future::Future;

use axum::http::Uri;
use axum::response::Response;
use kontor_store::StoreError;

use super::csv::Csv;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::streamed::{Pieces, streamed};

/// A list that is read in blocks.
pub(super) trait Blocks: Send + 'static {
    /// Adds the next block of rows; whether there is more after it.
    fn next(&mut self, csv: &mut Csv) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Every row there is. The first block is read before anything is answered: what fails at once is an answer
/// that says so. What fails later breaks the file off.
pub(super) async fn whole_file(
    app: &App,
    uri: &Uri,
    mut blocks: impl Blocks,
    columns: &str,
    name: &'static str,
) -> Response {
    let mut csv = Csv::new(columns);
    let more = match blocks.next(&mut csv).await {
        Ok(more) => more,
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let body = streamed(|pieces| write(blocks, csv, more, pieces));
    Csv::respond_with(body, name)
}

async fn write(mut blocks: impl Blocks, mut csv: Csv, mut more: bool, pieces: Pieces) {
    loop {
        let text = csv.take();
        if !text.is_empty() && pieces.send(text).await.is_err() {
            return;
        }
        if !more {
            return;
        }
        more = match blocks.next(&mut csv).await {
            Ok(more) => more,
            Err(fault) => return pieces.fail(fault).await,
        };
    }
}
