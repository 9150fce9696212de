//! From bytes to rows: encoding, header, shape of each record. Bad records are named and the
//! reading goes on; only a header that is not right ends it.

use std::collections::HashMap;
use std::hash::Hash;

use csv::{ByteRecord, ReaderBuilder, StringRecord, WriterBuilder};
use kontor_base::Wrong;
use kontor_base::limits::IMPORT_ROWS_MAX;

use super::cell::Bad;
use super::report::Problems;
use super::row::Row;

/// Something read from the row that begins on a line.
#[derive(Clone, Debug)]
pub(super) struct Numbered<T> {
    pub(super) line: u64,
    pub(super) item: T,
}

/// The columns of a row, in order.
pub(super) fn columns_of<R: Row>() -> Vec<String> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.serialize(R::default()).expect("a row of texts can be written to memory");
    let bytes = writer.into_inner().expect("memory takes what is written");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().expect("what was written is read back");
    header.iter().map(str::to_owned).collect()
}

/// Reads every row with `parse`; what is bad goes to `problems`.
pub(super) fn read<R: Row, T>(
    bytes: &[u8],
    parse: impl Fn(&R) -> Result<T, Bad>,
    problems: &mut Problems,
) -> Vec<Numbered<T>> {
    let Some(text) = decode(bytes, problems) else { return Vec::new() };
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let Some(header) = header::<R>(&mut reader, problems) else { return Vec::new() };
    let mut items = Vec::new();
    let mut record = ByteRecord::new();
    let mut rows = 0;
    // Reading from memory fails only where the csv crate finds the text not to be UTF-8, which
    // was ruled out before.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let line = record.position().map_or(0, csv::Position::line);
        rows += 1;
        if rows > IMPORT_ROWS_MAX {
            problems.add(line, None, Wrong::TooManyRows { max: IMPORT_ROWS_MAX.to_string() });
            break;
        }
        match one_row(&record, &header) {
            Err(reason) => problems.add(line, None, reason),
            Ok(row) => match parse(&row) {
                Err(Bad { column, reason }) => problems.add(line, Some(column), reason),
                Ok(item) => items.push(Numbered { line, item }),
            },
        }
    }
    items
}

/// Names every row whose key an earlier row of the file has.
pub(super) fn check_unique<T, K: Eq + Hash>(
    rows: &[Numbered<T>],
    columns: &'static str,
    key: impl Fn(&T) -> K,
    problems: &mut Problems,
) {
    let mut seen = HashMap::new();
    for row in rows {
        if let Some(first) = seen.insert(key(&row.item), row.line) {
            problems.add(row.line, Some(columns), Wrong::TwiceOnLine { line: first.to_string() });
        }
    }
}

/// Writes rows as an import reads them; the header is there even without rows.
pub(super) fn write<R: Row>(rows: &[R]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(columns_of::<R>())?;
    for row in rows {
        writer.serialize(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn decode<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<&'a str> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        problems.add(1, None, Wrong::Utf16);
        return None;
    }
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let before = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count();
            problems.add(before as u64 + 1, None, Wrong::NotUtf8);
            None
        }
    }
}

/// Reads the header; what is wrong with it ends the reading.
fn header<R: Row>(
    reader: &mut csv::Reader<&[u8]>,
    problems: &mut Problems,
) -> Option<StringRecord> {
    let header: StringRecord = reader.headers().ok()?.iter().map(str::trim).collect();
    let known = columns_of::<R>();
    if header.iter().all(str::is_empty) {
        problems.add(1, None, Wrong::FileEmpty { columns: known.join(",") });
        return None;
    }
    if header.len() == 1 && header[0].contains([';', '\t']) {
        problems.add(1, None, Wrong::NotCommas);
        return None;
    }
    let mut good = true;
    let mut complain = |column: &str, reason: Wrong| {
        problems.add(1, Some(column), reason);
        good = false;
    };
    for (i, column) in header.iter().enumerate() {
        if !known.iter().any(|known| known == column) {
            complain(column, Wrong::NoColumn { known: known.join(", ") });
        } else if header.iter().take(i).any(|earlier| earlier == column) {
            complain(column, Wrong::ColumnTwice);
        }
    }
    for required in R::REQUIRED {
        if !header.iter().any(|column| column == *required) {
            complain(required, Wrong::ColumnMissing);
        }
    }
    good.then_some(header)
}

fn one_row<R: Row>(record: &ByteRecord, header: &StringRecord) -> Result<R, Wrong> {
    if record.len() != header.len() {
        let (cells, columns) = (record.len().to_string(), header.len().to_string());
        return Err(Wrong::Cells { cells, columns });
    }
    let record = StringRecord::from_byte_record(record.clone()).map_err(|_| Wrong::NotUtf8)?;
    record
        .deserialize(Some(header))
        .map_err(|_| Wrong::NotARow { columns: columns_of::<R>().join(", ") })
}
