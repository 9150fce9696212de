//! One row per device in chunks that a snapshot shares: the writer copies a chunk only when it
//! changes one that a snapshot still holds, so taking a snapshot stops nobody.

use std::sync::Arc;

const CHUNK_BITS: u32 = 16;
const CHUNK: usize = 1 << CHUNK_BITS;

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
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    chunks: Vec<Arc<Chunk>>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Chunk {
    rows: Vec<Row>,
    marks: Vec<u8>,
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
        let chunk = Arc::make_mut(&mut self.chunks[chunk]);
        chunk.rows[at] = row;
        chunk.marks[at] = marks;
    }

    /// Adds a row and says its number.
    pub(crate) fn push(&mut self, row: Row, marks: u8) -> u32 {
        let number = u32::try_from(self.len).expect("far fewer than 2^32 devices");
        if self.len.is_multiple_of(CHUNK) {
            let rows = Vec::with_capacity(CHUNK);
            let marks = Vec::with_capacity(CHUNK);
            self.chunks.push(Arc::new(Chunk { rows, marks }));
        }
        let chunk = Arc::make_mut(self.chunks.last_mut().expect("pushed above if full"));
        chunk.rows.push(row);
        chunk.marks.push(marks);
        self.len += 1;
        number
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Row, u8)> + '_ {
        let pairs = |chunk: &'_ Arc<Chunk>| {
            let chunk = Arc::clone(chunk);
            (0..chunk.rows.len()).map(move |at| (chunk.rows[at], chunk.marks[at]))
        };
        self.chunks.iter().flat_map(pairs)
    }
}

const fn place(number: u32) -> (usize, usize) {
    ((number >> CHUNK_BITS) as usize, number as usize & (CHUNK - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_was_there() {
        let mut column = Column::default();
        for key in 0..(CHUNK as u64 + 3) {
            column.push(Row { key, ..Row::default() }, 1);
        }
        let kept = column.clone();
        let changed = CHUNK as u32 + 1;
        column.set(changed, Row { key: 9, ..Row::default() }, 2);
        assert_eq!(kept.key(changed), CHUNK as u64 + 1);
        assert_eq!(column.get(changed).1, 2);
        assert_eq!(kept.iter().count(), kept.len());
    }
}
