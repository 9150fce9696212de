//! Texts, tables and media.

use super::stream::Stream;

/// Syllables of which invented words are made.
const SYLLABLES: [&str; 24] = [
    "ka", "to", "ri", "men", "sol", "ve", "ta", "lo", "dis", "per", "in", "con", "er", "al", "me",
    "no", "set", "get", "on", "view", "id", "log", "net", "app",
];

fn word(stream: &mut Stream, out: &mut Vec<u8>) {
    // A vocabulary of a few thousand words, the frequent ones much more often.
    let mut spelling = Stream::new(&[20, stream.skewed(6000)]);
    for _ in 0..1 + spelling.below(4) {
        out.extend_from_slice(SYLLABLES[spelling.below(24) as usize].as_bytes());
    }
}

fn line(seeds: &[u64], out: &mut Vec<u8>) {
    let mut stream = Stream::new(seeds);
    word(&mut stream, out);
    out.push(b'=');
    for _ in 0..1 + stream.below(9) {
        word(&mut stream, out);
        out.push(b' ');
    }
    if stream.below(3) == 0 {
        out.extend_from_slice(stream.below(100_000).to_string().as_bytes());
    }
    out.push(b'\n');
}

/// Lines of text; a revision changes one line of 60 and adds one in 200.
pub(super) fn lines(identity: &[u64; 3], size: usize, revisions: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(size + 200);
    let mut number = 0;
    while out.len() < size {
        let mut edits = 0;
        for revision in revisions {
            let mut stream =
                Stream::new(&[identity[0], identity[1], identity[2], 21, number, *revision]);
            match stream.below(600) {
                0..10 => edits = *revision,
                10..13 => {
                    line(&[identity[0], identity[1], identity[2], 22, number, *revision], &mut out)
                }
                _ => {}
            }
        }
        line(&[identity[0], identity[1], identity[2], 23, number, edits], &mut out);
        number += 1;
    }
    out
}

/// Records of four numbers, one of them an offset into the words behind them.
pub(super) fn table(identity: &[u64; 3], size: usize, revisions: &[u64]) -> Vec<u8> {
    let pool = lines(identity, size / 2, revisions);
    let entries: Vec<usize> =
        pool.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let mut out = Vec::with_capacity(size + 64);
    out.extend_from_slice(b"RTAB");
    out.extend_from_slice(&(pool.len() as u32).to_le_bytes());
    let count = (size - size / 2) / 16;
    for index in 0..count {
        let mut stream = Stream::new(&[identity[0], identity[1], identity[2], 24, index as u64]);
        // The same entry of the pool by its share, so that a new line moves the offsets.
        let entry = entries.get(index * entries.len() / count.max(1)).copied().unwrap_or(0);
        for number in [
            0x7f01_0000 + index as u32,
            entry as u32,
            stream.skewed(1 << 16) as u32,
            stream.skewed(256) as u32,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
    out.extend_from_slice(&pool);
    out
}

/// Dense bytes; a revision is another picture.
pub(super) fn media(identity: &[u64; 3], size: usize, revisions: &[u64]) -> Vec<u8> {
    let version = revisions.last().copied().unwrap_or(0);
    let mut stream = Stream::new(&[identity[0], identity[1], identity[2], 25, version]);
    (0..size / 8).flat_map(|_| stream.next().to_le_bytes()).collect()
}
