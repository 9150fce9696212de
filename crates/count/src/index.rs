//! From a device's key to its number: an open-addressed table of numbers, four bytes a slot. The
//! keys themselves stand in the column, so that no byte is kept twice.

use super::column::Column;

const EMPTY: u32 = u32::MAX;

/// The table. At most three quarters of the slots are taken.
#[derive(Debug)]
pub(crate) struct Index {
    slots: Vec<u32>,
}

impl Index {
    /// The table of all rows.
    pub(crate) fn of(column: &Column) -> Self {
        let mut index = Self { slots: vec![EMPTY; slots_for(column.len())] };
        for (number, (row, _)) in (0_u32..).zip(column.iter()) {
            index.put(row.key, number);
        }
        index
    }

    pub(crate) fn find(&self, key: u64, column: &Column) -> Option<u32> {
        let mut at = self.start(key);
        loop {
            match self.slots[at] {
                EMPTY => return None,
                number if column.key(number) == key => return Some(number),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Enters the row that was just pushed.
    pub(crate) fn insert(&mut self, key: u64, number: u32, column: &Column) {
        if slots_for(column.len()) > self.slots.len() {
            *self = Self::of(column);
        } else {
            self.put(key, number);
        }
    }

    fn put(&mut self, key: u64, number: u32) {
        let mut at = self.start(key);
        while self.slots[at] != EMPTY {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = number;
    }

    /// Keys are keyed hashes, so their bits are as good as any hash of them; nobody without the
    /// server's key can aim at a slot.
    const fn start(&self, key: u64) -> usize {
        key as usize & (self.slots.len() - 1)
    }
}

fn slots_for(len: usize) -> usize {
    (len + len / 3 + 1).next_power_of_two().max(1 << 10)
}
