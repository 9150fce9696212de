//! Invented ROM images from a seed: for the demo, for tests, and to measure deltas on.
//!
//! An image looks like a read-only file system: a table of files, then the files, each on a block
//! of 4096 bytes. What changes from one build to the next is what changes in life: a third of the
//! programs is rebuilt, a few functions in each are edited, added or removed, and therefore many
//! addresses move; some packages get a new file; texts get a line; every rebuilt thing gets a new
//! build id. No byte of it comes from anybody's device.
//!
//! The same seed, size and build give the same bytes on every machine. Start reading in
//! [`generate`]; `program` makes code, `package` makes archives, `text` the rest.

mod package;
mod program;
mod stream;
mod text;

use stream::Stream;

/// The block on which each file begins.
const BLOCK: usize = 4096;

/// Which image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The family of images: builds of one seed resemble each other.
    pub seed: u64,
    /// The build, from 0. Neighbours differ as two monthly builds do.
    pub build: u32,
    /// About how many bytes; the last file may lie a little beyond.
    pub bytes: usize,
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Machine code with addresses.
    Program,
    /// An archive with deflated entries.
    Package,
    /// Records with offsets into a pool of words.
    Table,
    /// Lines of text.
    Text,
    /// Pictures and sounds: dense, and rarely another.
    Media,
}

/// Out of 100 bytes, how many belong to each kind; and out of 100 files, how many change.
const MIX: [(Kind, u64, u64); 5] = [
    (Kind::Program, 46, 55),
    (Kind::Package, 22, 35),
    (Kind::Table, 14, 40),
    (Kind::Text, 4, 25),
    (Kind::Media, 14, 3),
];

/// Makes an image.
#[must_use]
pub fn generate(plan: &Plan) -> Vec<u8> {
    let mut files: Vec<(u64, Kind, Vec<u8>)> = Vec::new();
    let (mut total, mut index) = (0, 0_u64);
    while total < plan.bytes {
        let mut choice = Stream::new(&[plan.seed, 1, index]);
        let (kind, changes) = kind(&mut choice);
        // Sizes differ widely, as files do: from 8 KiB to 2 MiB, most are small.
        let size = (8 << 10) << choice.below(9);
        let size = size + choice.below(size as u64) as usize;
        let size = size.min((plan.bytes - total).max(BLOCK));
        let revisions = revisions(plan, index, changes);
        let identity = [plan.seed, 2, index];
        let bytes = match kind {
            Kind::Program => program::program(&identity, size, &revisions),
            Kind::Package => package::package(&identity, size, &revisions),
            Kind::Table => text::table(&identity, size, &revisions),
            Kind::Text => text::lines(&identity, size, &revisions),
            Kind::Media => text::media(&identity, size, &revisions),
        };
        total += bytes.len().next_multiple_of(BLOCK);
        files.push((index, kind, bytes));
        index += 1;
        // Now and then a build brings a file that the one before did not have.
        let mut news = Stream::new(&[plan.seed, 3, index]);
        if news.below(300) == 0 && news.below(6) < u64::from(plan.build) {
            let identity = [plan.seed, 4, index];
            let bytes = program::program(&identity, 64 << 10, &[]);
            total += bytes.len().next_multiple_of(BLOCK);
            files.push((index | 1 << 32, Kind::Program, bytes));
        }
    }
    lay_out(plan, &files)
}

fn kind(choice: &mut Stream) -> (Kind, u64) {
    let mut at = choice.below(100);
    for (kind, share, changes) in MIX {
        if at < share {
            return (kind, changes);
        }
        at -= share;
    }
    (Kind::Media, 3)
}

/// In which builds up to this one the file was changed.
fn revisions(plan: &Plan, index: u64, changes: u64) -> Vec<u64> {
    let changed = |build: &u64| Stream::new(&[plan.seed, 5, index, *build]).below(100) < changes;
    (1..=u64::from(plan.build)).filter(changed).collect()
}

/// Superblock and file table, then the files on their blocks.
fn lay_out(plan: &Plan, files: &[(u64, Kind, Vec<u8>)]) -> Vec<u8> {
    let table = (64 + files.len() * 64).next_multiple_of(BLOCK);
    let content: usize =
        files.iter().map(|(_, _, bytes)| bytes.len().next_multiple_of(BLOCK)).sum();
    let mut image = Vec::with_capacity(table + content);
    image.extend_from_slice(b"INVENTED IMAGE\0\0");
    image.extend_from_slice(&plan.seed.to_le_bytes());
    image.extend_from_slice(&(1_700_000_000 + u64::from(plan.build) * 2_592_000).to_le_bytes());
    image.resize(64, 0);
    let mut at = table;
    for (index, kind, bytes) in files {
        let start = image.len();
        image.extend_from_slice(format!("{}/{index:08x}", word(*kind)).as_bytes());
        image.resize(start + 40, 0);
        for number in [at as u64, bytes.len() as u64, index.wrapping_mul(77)] {
            image.extend_from_slice(&number.to_le_bytes());
        }
        at += bytes.len().next_multiple_of(BLOCK);
    }
    image.resize(table, 0);
    for (_, _, bytes) in files {
        image.extend_from_slice(bytes);
        image.resize(image.len().next_multiple_of(BLOCK), 0);
    }
    image
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Program => "lib",
        Kind::Package => "app",
        Kind::Table => "res",
        Kind::Text => "etc",
        Kind::Media => "media",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { seed: 7, build: 1, bytes: 4 << 20 };

    #[test]
    fn the_same_plan_gives_the_same_image() {
        let image = generate(&PLAN);
        assert_eq!(image, generate(&PLAN));
        assert_eq!(image.len() % BLOCK, 0);
        assert!((4 << 20..6 << 20).contains(&image.len()), "{} bytes", image.len());
    }

    #[test]
    fn neighbours_share_most_blocks_and_strangers_none() {
        let share = |other: Plan| {
            let (left, right) = (generate(&PLAN), generate(&other));
            let blocks: std::collections::HashSet<_> = left.chunks(64).collect();
            let shared = right.chunks(64).filter(|block| blocks.contains(block)).count();
            shared * 100 / right.chunks(64).count()
        };
        let neighbour = share(Plan { build: 2, ..PLAN });
        assert!((40..100).contains(&neighbour), "{neighbour} %");
        let stranger = share(Plan { seed: 8, ..PLAN });
        assert!(stranger < 15, "{stranger} %");
    }
}
