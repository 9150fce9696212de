//! One row per device in chunks. A snapshot is written chunk by chunk beside the count: the writer
//! keeps what a row was before it first changes, so that taking a snapshot stops nobody and needs
//! memory only for the rows that change meanwhile.

use std::collections::HashMap;

use crate::mix::Mix;

const CHUNK_BITS: u32 = 16;
pub(crate) const CHUNK: usize = 1 << CHUNK_BITS;

/// Bytes of a row with its marks on disk.
pub(crate) const ROW_BYTES: usize = 17;

/// What is known of one device: 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The device's key.
    pub(crate) key: u64,
    /// Country (8 bits), model (12 bits), version (12 bits).
    pub(crate) said: u32,
    /// The first day on which it counts.
    pub(crate) first: u16,
    /// The last day on which it counts.
    pub(crate) last: u16,
}

/// Rows by device number, with one byte of marks (channel and standing) beside each.
#[derive(Debug, Default)]
pub(crate) struct Column {
    chunks: Vec<Chunk>,
    len: usize,
    frozen: Option<Frozen>,
}

#[derive(Debug, Default)]
struct Chunk {
    rows: Vec<Row>,
    marks: Vec<u8>,
}

/// What a snapshot still has to write.
#[derive(Debug)]
struct Frozen {
    /// Rows that belong to the snapshot.
    len: usize,
    /// Chunks that are written already.
    written: usize,
    /// Rows in chunks that are not, as they were.
    before: HashMap<u32, (Row, u8), Mix>,
}

impl Column {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: u32) -> (Row, u8) {
        let (chunk, at) = place(number);
        let chunk = &self.chunks[chunk];
        (chunk.rows[at], chunk.marks[at])
    }

    pub(crate) fn key(&self, number: u32) -> u64 {
        let (chunk, at) = place(number);
        self.chunks[chunk].rows[at].key
    }

    pub(crate) fn set(&mut self, number: u32, row: Row, marks: u8) {
        let (chunk, at) = place(number);
        let place = &mut self.chunks[chunk];
        if let Some(frozen) = &mut self.frozen
            && (number as usize) < frozen.len
            && chunk >= frozen.written
        {
            frozen.before.entry(number).or_insert((place.rows[at], place.marks[at]));
        }
        place.rows[at] = row;
        place.marks[at] = marks;
    }

    /// Adds a row and says its number.
    pub(crate) fn push(&mut self, row: Row, marks: u8) -> u32 {
        let number = u32::try_from(self.len).expect("the index takes no more than 2^29 devices");
        if self.len.is_multiple_of(CHUNK) {
            // The first chunk grows as it must; later ones are filled in any case.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            let (rows, marks) = (Vec::with_capacity(room), Vec::with_capacity(room));
            self.chunks.push(Chunk { rows, marks });
        }
        let chunk = self.chunks.last_mut().expect("pushed above if full");
        chunk.rows.push(row);
        chunk.marks.push(marks);
        self.len += 1;
        number
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Row, u8)> + '_ {
        self.chunks.iter().flat_map(|c| c.rows.iter().copied().zip(c.marks.iter().copied()))
    }

    /// From here on [`Column::take_frozen`] gives the rows as they are now.
    pub(crate) fn freeze(&mut self) {
        self.frozen = Some(Frozen { len: self.len, written: 0, before: HashMap::default() });
    }

    /// The next chunk of the frozen rows as bytes; false when there is none.
    pub(crate) fn take_frozen(&mut self, out: &mut Vec<u8>) -> bool {
        out.clear();
        let Some(frozen) = &mut self.frozen else { return false };
        let start = frozen.written * CHUNK;
        if start >= frozen.len {
            self.frozen = None;
            return false;
        }
        let chunk = &self.chunks[frozen.written];
        let rows = (frozen.len - start).min(CHUNK);
        out.reserve(rows * ROW_BYTES);
        for at in 0..rows {
            let number = u32::try_from(start + at).expect("a row's number");
            let now = (chunk.rows[at], chunk.marks[at]);
            let (row, marks) = frozen.before.remove(&number).unwrap_or(now);
            put_row(&row, marks, out);
        }
        frozen.written += 1;
        true
    }

    /// No snapshot is written any more.
    pub(crate) fn thaw(&mut self) {
        self.frozen = None;
    }
}

const fn place(number: u32) -> (usize, usize) {
    ((number >> CHUNK_BITS) as usize, number as usize & (CHUNK - 1))
}

fn put_row(row: &Row, marks: u8, out: &mut Vec<u8>) {
    let mut bytes = [0; ROW_BYTES];
    bytes[..8].copy_from_slice(&row.key.to_le_bytes());
    bytes[8..12].copy_from_slice(&row.said.to_le_bytes());
    bytes[12..14].copy_from_slice(&row.first.to_le_bytes());
    bytes[14..16].copy_from_slice(&row.last.to_le_bytes());
    bytes[16] = marks;
    out.extend_from_slice(&bytes);
}

/// The row that was written as these bytes.
pub(crate) fn read_row(bytes: &[u8; ROW_BYTES]) -> (Row, u8) {
    let [k0, k1, k2, k3, k4, k5, k6, k7, s0, s1, s2, s3, f0, f1, l0, l1, marks] = *bytes;
    let row = Row {
        key: u64::from_le_bytes([k0, k1, k2, k3, k4, k5, k6, k7]),
        said: u32::from_le_bytes([s0, s1, s2, s3]),
        first: u16::from_le_bytes([f0, f1]),
        last: u16::from_le_bytes([l0, l1]),
    };
    (row, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_keeps_what_was_there() {
        let mut column = Column::default();
        for key in 0..(2 * CHUNK as u64 + 3) {
            column.push(Row { key, ..Row::default() }, 1);
        }
        column.freeze();
        let changed = [5, CHUNK as u32 + 1, 2 * CHUNK as u32 + 2];
        let change = |column: &mut Column, key| {
            for number in changed {
                column.set(number, Row { key, ..Row::default() }, 2);
            }
        };
        change(&mut column, 900);
        let (mut bytes, mut all) = (Vec::new(), Vec::new());
        while column.take_frozen(&mut bytes) {
            all.extend_from_slice(&bytes);
            change(&mut column, 901);
            column.push(Row::default(), 3);
        }
        let (rows, rest) = all.as_chunks::<ROW_BYTES>();
        assert!(rest.is_empty());
        assert_eq!(rows.len(), 2 * CHUNK + 3, "what came later is not in it");
        for (key, row) in (0_u64..).zip(rows) {
            assert_eq!(read_row(row), (Row { key, ..Row::default() }, 1));
        }
        assert_eq!(column.get(5).0.key, 901);
        assert_eq!(column.iter().count(), column.len());
    }
}
