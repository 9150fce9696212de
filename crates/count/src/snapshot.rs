//! A snapshot: the book on disk, so that a restart reads only the log behind it.
//!
//! `NNNNNNNNNN.snapshot` holds what all segments before NNNNNNNNNN say. It is written beside the
//! count, row by row as they were at its moment, and appears under its name only when it is whole
//! and on disk. A snapshot that is damaged is passed over: the log says everything again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use crate::book::Book;
use crate::column::{CHUNK, Column, ROW_BYTES, read_row};
use crate::days::Days;
use crate::dictionary::{Dictionary, NAMES_MAX};
use crate::error::CountError;
use crate::present::Close;

const MAGIC: u64 = u64::from_le_bytes(*b"KONTOR\x02c");

/// Bitmaps of days that a snapshot can hold; more is damage.
const DAYS_MAX: u64 = 1_000;

/// The book at one moment. The rows stay where they are; see [`Column::freeze`].
pub(crate) struct Frozen {
    book: Arc<RwLock<Book>>,
    rows: u64,
    days: Days,
    names: [Dictionary; 2],
    cells: Vec<(u16, u64, u32)>,
    installs: [BTreeMap<u16, u64>; 2],
    timing: [u64; 4],
    aside: u64,
    closes: BTreeMap<u16, Arc<Close>>,
    today: u16,
}

impl Frozen {
    pub(crate) fn of(shared: &Arc<RwLock<Book>>) -> Self {
        let mut book = shared.write().unwrap_or_else(PoisonError::into_inner);
        book.column.freeze();
        let cells = book
            .cube
            .days()
            .flat_map(|(day, cells)| cells.iter().map(move |(key, count)| (day, *key, *count)));
        Self {
            rows: book.column.len() as u64,
            days: book.days.clone(),
            names: [book.models.clone(), book.versions.clone()],
            cells: cells.collect(),
            installs: [book.reported.clone(), book.inferred.clone()],
            timing: book.timing,
            aside: book.aside,
            closes: book.closes.clone(),
            today: book.today,
            book: Arc::clone(shared),
        }
    }

    /// Writes the snapshot that precedes segment `number`.
    pub(crate) fn write(self, folder: &Path, number: u64) -> Result<(), CountError> {
        self.write_as(folder, name(folder, number), "snapshot.part")
    }

    /// Writes the base that stands for all segments before `number`, in the place of an older one.
    pub(crate) fn write_base(self, folder: &Path, number: u64) -> Result<(), CountError> {
        let older = bases(folder)?;
        self.write_as(folder, folder.join(format!("{number:010}.base")), "base.part")?;
        for number in older.into_iter().filter(|older| *older != number) {
            let path = folder.join(format!("{number:010}.base"));
            std::fs::remove_file(&path).map_err(CountError::io("remove", &path))?;
        }
        Ok(())
    }

    fn write_as(self, folder: &Path, path: PathBuf, part: &str) -> Result<(), CountError> {
        let part = folder.join(part);
        let write = || {
            let file = File::create(&part)?;
            let mut out = Out(BufWriter::with_capacity(1 << 20, file), blake3::Hasher::new());
            self.put(&mut out)?;
            let sum = out.1.finalize();
            out.0.write_all(sum.as_bytes())?;
            let file = out.0.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            std::fs::rename(&part, &path)?;
            File::open(folder)?.sync_all()
        };
        let written = write();
        self.book.write().unwrap_or_else(PoisonError::into_inner).column.thaw();
        written.map_err(CountError::io("write", &path))
    }

    fn put(&self, out: &mut Out) -> std::io::Result<()> {
        out.number(MAGIC)?;
        out.number(self.rows)?;
        let (mut rows, mut written) = (Vec::new(), 0);
        // The lock is held for one chunk at a time: reports go on between them.
        while self
            .book
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .column
            .take_frozen(&mut rows)
        {
            written += rows.len() / ROW_BYTES;
            out.bytes(&rows)?;
        }
        if written as u64 != self.rows {
            return Err(std::io::Error::other("the rows were not kept for the snapshot"));
        }
        out.number(self.days.0.len() as u64)?;
        for (day, bits) in &self.days.0 {
            out.number(u64::from(*day))?;
            out.number(bits.len() as u64)?;
            for part in bits.chunks(CHUNK) {
                let bytes: Vec<u8> = part.iter().flat_map(|word| word.to_le_bytes()).collect();
                out.bytes(&bytes)?;
            }
        }
        for names in &self.names {
            out.number(names.names().len() as u64)?;
            for name in names.names() {
                out.text(name)?;
            }
        }
        out.number(self.cells.len() as u64)?;
        for (day, key, count) in &self.cells {
            out.number(u64::from(*day))?;
            out.number(*key)?;
            out.number(u64::from(*count))?;
        }
        for installs in &self.installs {
            out.number(installs.len() as u64)?;
            for (version, count) in installs {
                out.number(u64::from(*version))?;
                out.number(*count)?;
            }
        }
        for count in self.timing.iter().chain([&self.aside, &u64::from(self.today)]) {
            out.number(*count)?;
        }
        out.number(self.closes.len() as u64)?;
        for (day, close) in &self.closes {
            out.number(u64::from(*day))?;
            put_close(close, out)?;
        }
        Ok(())
    }
}

fn put_close(close: &Close, out: &mut Out) -> std::io::Result<()> {
    let installs = [close.installs_reported, close.installs_inferred];
    for count in [close.activations].iter().chain(&close.active).chain(&installs) {
        out.number(*count)?;
    }
    for table in &close.tables {
        out.number(table.len() as u64)?;
        for (value, count) in table {
            out.text(value)?;
            out.number(*count)?;
        }
    }
    Ok(())
}

fn name(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.snapshot"))
}

/// The newest whole snapshot and the segment it precedes; an empty book and the first segment if
/// there is none.
pub(crate) fn newest(folder: &Path) -> Result<(Book, u64), CountError> {
    for number in numbers(folder)?.into_iter().rev() {
        match read(&name(folder, number)) {
            Ok(book) => return Ok((book, number)),
            Err(error) => {
                tracing::warn!(snapshot = number, %error, "a snapshot is damaged; an older one or the log is read");
            }
        }
    }
    Ok(base(folder)?.unwrap_or((Book::default(), 1)))
}

/// The base, and the segment with which the log begins. A damaged one is an error: nothing else
/// says what it says.
pub(crate) fn base(folder: &Path) -> Result<Option<(Book, u64)>, CountError> {
    let Some(number) = bases(folder)?.pop() else { return Ok(None) };
    let path = folder.join(format!("{number:010}.base"));
    let book = read(&path).map_err(CountError::io("read", &path))?;
    Ok(Some((book, number)))
}

fn bases(folder: &Path) -> Result<Vec<u64>, CountError> {
    numbered(folder, ".base")
}

/// Removes all snapshots but the newest two.
pub(crate) fn tidy_up(folder: &Path) -> Result<(), CountError> {
    let numbers = numbers(folder)?;
    for number in numbers.iter().rev().skip(2) {
        let path = name(folder, *number);
        std::fs::remove_file(&path).map_err(CountError::io("remove", &path))?;
    }
    Ok(())
}

pub(crate) fn numbers(folder: &Path) -> Result<Vec<u64>, CountError> {
    numbered(folder, ".snapshot")
}

fn numbered(folder: &Path, end: &str) -> Result<Vec<u64>, CountError> {
    let read = std::fs::read_dir(folder).map_err(CountError::io("list", folder))?;
    let number = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.strip_suffix(end)?.parse().ok()
    };
    let mut numbers: Vec<u64> = read.filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn wrong(why: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why.to_owned())
}

fn read(path: &Path) -> std::io::Result<Book> {
    let file = File::open(path)?;
    let mut from = In(BufReader::with_capacity(1 << 20, file), blake3::Hasher::new());
    if from.number()? != MAGIC {
        return Err(wrong("it is no snapshot of this version"));
    }
    let column = read_column(&mut from)?;
    let days = read_days(&mut from)?;
    let mut names = [Dictionary::default(), Dictionary::default()];
    for names in &mut names {
        for _ in 0..from.number()? {
            names.enter(&from.text()?, NAMES_MAX);
        }
    }
    let mut book = Book::of(column, days);
    [book.models, book.versions] = names;
    for _ in 0..from.number()? {
        book.cube.restore(from.small()?, from.number()?, from.small()?);
    }
    for installs in [&mut book.reported, &mut book.inferred] {
        for _ in 0..from.number()? {
            installs.insert(from.small::<u16>()?, from.number()?);
        }
    }
    for count in &mut book.timing {
        *count = from.number()?;
    }
    (book.aside, book.today) = (from.number()?, from.small::<u16>()?);
    for _ in 0..from.number()? {
        let day = from.small::<u16>()?;
        book.closes.insert(day, Arc::new(read_close(&mut from)?));
    }
    book.cube.advance(book.today);
    let sum = from.1.finalize();
    let mut kept = [0; 32];
    from.0.read_exact(&mut kept)?;
    if sum != blake3::Hash::from_bytes(kept) {
        return Err(wrong("its checksum is wrong"));
    }
    book.cube.recall(book.column.iter().map(|(row, _)| row.last));
    Ok(book)
}

fn read_column(from: &mut In) -> std::io::Result<Column> {
    let mut column = Column::default();
    let mut left = from.small::<u32>()? as usize;
    let mut bytes = Vec::new();
    while left > 0 {
        let rows = left.min(CHUNK);
        from.block(rows * ROW_BYTES, &mut bytes)?;
        for bytes in bytes.as_chunks::<ROW_BYTES>().0 {
            let (row, marks) = read_row(bytes);
            column.push(row, marks);
        }
        left -= rows;
    }
    Ok(column)
}

fn read_days(from: &mut In) -> std::io::Result<Days> {
    let mut days = Days::default();
    let count = from.number()?;
    if count > DAYS_MAX {
        return Err(wrong("too many days"));
    }
    let mut bytes = Vec::new();
    for _ in 0..count {
        let (day, mut left) = (from.small::<u16>()?, from.small::<u32>()? as usize);
        let mut words = Vec::new();
        while left > 0 {
            let part = left.min(CHUNK);
            from.block(part * 8, &mut bytes)?;
            words.reserve_exact(part);
            words.extend(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)));
            left -= part;
        }
        days.0.insert(day, Arc::new(words));
    }
    Ok(days)
}

fn read_close(from: &mut In) -> std::io::Result<Close> {
    let mut close = Close { activations: from.number()?, ..Close::default() };
    for count in &mut close.active {
        *count = from.number()?;
    }
    (close.installs_reported, close.installs_inferred) = (from.number()?, from.number()?);
    for table in &mut close.tables {
        for _ in 0..from.number()? {
            table.insert(from.text()?, from.number()?);
        }
    }
    Ok(close)
}

struct Out(BufWriter<File>, blake3::Hasher);

impl Out {
    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.1.update(bytes);
        self.0.write_all(bytes)
    }

    fn number(&mut self, number: u64) -> std::io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    fn text(&mut self, text: &str) -> std::io::Result<()> {
        self.number(text.len() as u64)?;
        self.bytes(text.as_bytes())
    }
}

struct In(BufReader<File>, blake3::Hasher);

impl In {
    /// So many bytes at once: hashing piece by piece would take longer than reading.
    fn block(&mut self, length: usize, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        bytes.resize(length, 0);
        self.0.read_exact(bytes)?;
        self.1.update(bytes);
        Ok(())
    }

    fn number(&mut self) -> std::io::Result<u64> {
        let mut bytes = [0; 8];
        self.0.read_exact(&mut bytes)?;
        self.1.update(&bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> std::io::Result<T> {
        T::try_from(self.number()?).map_err(|_| std::io::ErrorKind::InvalidData.into())
    }

    fn text(&mut self) -> std::io::Result<String> {
        let mut bytes = vec![0; usize::from(self.small::<u8>()?)];
        self.0.read_exact(&mut bytes)?;
        self.1.update(&bytes);
        String::from_utf8(bytes).map_err(|_| std::io::ErrorKind::InvalidData.into())
    }
}
