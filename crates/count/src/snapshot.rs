//! A snapshot: the book on disk, so that a restart reads only the log behind it.
//!
//! `NNNNNNNNNN.snapshot` holds what all segments before NNNNNNNNNN say. It is written beside the
//! count, from shared chunks, and appears under its name only when it is whole and on disk. A
//! snapshot that is damaged is passed over: the log says everything again.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::book::{Book, Close};
use crate::column::{Column, Row};
use crate::days::Days;
use crate::dictionary::Dictionary;
use crate::error::CountError;

const MAGIC: u64 = u64::from_le_bytes(*b"KONTOR\x01c");

/// The book at one moment, sharing its chunks.
pub(crate) struct Frozen {
    column: Column,
    days: Days,
    names: [Dictionary; 2],
    cube: HashMap<u64, u32>,
    installs: [BTreeMap<u16, u64>; 2],
    timing: [u64; 4],
    aside: u64,
    closes: BTreeMap<u16, Close>,
    today: u16,
}

impl Frozen {
    pub(crate) fn of(book: &Book) -> Self {
        Self {
            column: book.column.clone(),
            days: book.days.clone(),
            names: [book.models.clone(), book.versions.clone()],
            cube: book.cube.clone(),
            installs: [book.reported.clone(), book.inferred.clone()],
            timing: book.timing,
            aside: book.aside,
            closes: book.closes.clone(),
            today: book.today,
        }
    }

    /// Writes the snapshot that precedes segment `number`.
    pub(crate) fn write(&self, folder: &Path, number: u64) -> Result<(), CountError> {
        let (path, part) = (name(folder, number), folder.join("snapshot.part"));
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
        write().map_err(CountError::io("write", &path))
    }

    fn put(&self, out: &mut Out) -> std::io::Result<()> {
        out.number(MAGIC)?;
        out.number(self.column.len() as u64)?;
        for (row, marks) in self.column.iter() {
            let mut bytes = [0; 17];
            bytes[..8].copy_from_slice(&row.key.to_le_bytes());
            bytes[8..12].copy_from_slice(&row.said.to_le_bytes());
            bytes[12..14].copy_from_slice(&row.first.to_le_bytes());
            bytes[14..16].copy_from_slice(&row.last.to_le_bytes());
            bytes[16] = marks;
            out.bytes(&bytes)?;
        }
        out.number(self.days.0.len() as u64)?;
        for (day, bits) in &self.days.0 {
            out.number(u64::from(*day))?;
            out.number(bits.len() as u64)?;
            for word in bits.iter() {
                out.number(*word)?;
            }
        }
        for names in &self.names {
            out.number(names.names().len() as u64)?;
            for name in names.names() {
                out.text(name)?;
            }
        }
        out.number(self.cube.len() as u64)?;
        for (cell, count) in &self.cube {
            out.number(*cell)?;
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
            for count in [
                u64::from(*day),
                close.activations,
                close.active_1,
                close.active_7,
                close.active_30,
            ] {
                out.number(count)?;
            }
            out.number(close.countries.len() as u64)?;
            for (country, count) in &close.countries {
                out.text(country)?;
                out.number(*count)?;
            }
        }
        Ok(())
    }
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
    Ok((Book::default(), 1))
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

fn numbers(folder: &Path) -> Result<Vec<u64>, CountError> {
    let read = std::fs::read_dir(folder).map_err(CountError::io("list", folder))?;
    let number = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.strip_suffix(".snapshot")?.parse().ok()
    };
    let mut numbers: Vec<u64> = read.filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn read(path: &Path) -> std::io::Result<Book> {
    let file = File::open(path)?;
    let mut from = In(BufReader::with_capacity(1 << 20, file), blake3::Hasher::new());
    let wrong = |why: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, why.to_owned());
    if from.number()? != MAGIC {
        return Err(wrong("it is no snapshot of this version"));
    }
    let mut column = Column::default();
    for _ in 0..from.number()? {
        let bytes = from.array::<17>()?;
        let (key, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| wrong("short row"))?;
        let (said, rest) = rest.split_first_chunk::<4>().ok_or_else(|| wrong("short row"))?;
        let [f0, f1, l0, l1, marks] = *rest else { return Err(wrong("short row")) };
        let (first, last) = (u16::from_le_bytes([f0, f1]), u16::from_le_bytes([l0, l1]));
        let (key, said) = (u64::from_le_bytes(*key), u32::from_le_bytes(*said));
        column.push(Row { key, said, first, last }, marks);
    }
    let mut days = Days::default();
    for _ in 0..from.number()? {
        let day = from.small::<u16>()?;
        let words: std::io::Result<Vec<u64>> = (0..from.number()?).map(|_| from.number()).collect();
        days.0.insert(day, Arc::new(words?));
    }
    let mut names = [Dictionary::default(), Dictionary::default()];
    for names in &mut names {
        for _ in 0..from.number()? {
            names.enter(&from.text()?);
        }
    }
    let mut cube = HashMap::new();
    for _ in 0..from.number()? {
        cube.insert(from.number()?, from.small::<u32>()?);
    }
    let mut installs = [BTreeMap::new(), BTreeMap::new()];
    for installs in &mut installs {
        for _ in 0..from.number()? {
            installs.insert(from.small::<u16>()?, from.number()?);
        }
    }
    let mut timing = [0; 4];
    for count in &mut timing {
        *count = from.number()?;
    }
    let (aside, today) = (from.number()?, from.small::<u16>()?);
    let mut closes = BTreeMap::new();
    for _ in 0..from.number()? {
        let day = from.small::<u16>()?;
        let mut close = Close {
            activations: from.number()?,
            active_1: from.number()?,
            active_7: from.number()?,
            active_30: from.number()?,
            countries: BTreeMap::new(),
        };
        for _ in 0..from.number()? {
            close.countries.insert(from.text()?, from.number()?);
        }
        closes.insert(day, close);
    }
    let sum = from.1.finalize();
    let mut kept = [0; 32];
    from.0.read_exact(&mut kept)?;
    if sum != blake3::Hash::from_bytes(kept) {
        return Err(wrong("its checksum is wrong"));
    }
    let mut book = Book::of(column, days);
    [book.models, book.versions] = names;
    [book.reported, book.inferred] = installs;
    (book.cube, book.timing, book.aside) = (cube, timing, aside);
    (book.closes, book.today) = (closes, today);
    Ok(book)
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
    fn array<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        self.1.update(&bytes);
        Ok(bytes)
    }

    fn number(&mut self) -> std::io::Result<u64> {
        self.array().map(u64::from_le_bytes)
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
