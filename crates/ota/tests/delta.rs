//! Deltas: what comes out is what went in, hostile files are refused, work can be stopped.

use std::ops::ControlFlow;

use kontor_ota::delta::{DeltaError, Header, apply, encode, format::HEADER_BYTES};
use kontor_ota::image::{Plan, generate};
use proptest::prelude::*;

fn go_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn make(old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut delta = Vec::new();
    encode(old, new, &mut delta, &mut go_on).expect("memory can be written");
    delta
}

fn applied(old: &[u8], delta: &[u8]) -> Result<Vec<u8>, DeltaError> {
    let mut out = Vec::new();
    apply(old, delta, &mut out, &mut go_on).map(|_| out)
}

/// Gives a damaged delta a header that fits, as an attacker would.
fn with_sound_header(mut delta: Vec<u8>) -> Vec<u8> {
    let head: [u8; HEADER_BYTES] = delta[..HEADER_BYTES].try_into().expect("a header");
    let length = delta.len() as u64;
    let header = Header::parse(&head, length).expect("only the streams were damaged");
    delta[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
    delta
}

#[test]
fn builds_of_one_family_lead_to_each_other() {
    let plan = Plan { seed: 3, build: 0, bytes: 3 << 20 };
    let images: Vec<_> = (0..3).map(|build| generate(&Plan { build, ..plan })).collect();
    for (from, to) in [(0, 1), (1, 2), (0, 2), (2, 1)] {
        let delta = make(&images[from], &images[to]);
        assert!(delta.len() * 8 < images[to].len(), "{from} to {to}: {} bytes", delta.len());
        let out = applied(&images[from], &delta).expect("made a moment ago");
        assert!(out == images[to], "{from} to {to}");
    }
}

#[test]
fn the_edges() {
    let text = b"something that is there";
    let zeros = vec![0; 100_000];
    for (old, new) in [
        (&b""[..], &b""[..]),
        (b"", text),
        (text, b""),
        (text, text),
        (b"x", b"y"),
        (&zeros, &zeros),
        (text, &zeros),
        (&zeros, text),
    ] {
        let out = applied(old, &make(old, new)).expect("made a moment ago");
        assert!(out == new, "{} to {} bytes", old.len(), new.len());
    }
}

#[test]
fn pieces_of_a_large_image_join() {
    // More than one piece of the encoder, moved by an odd number of bytes.
    let old = generate(&Plan { seed: 5, build: 0, bytes: 10 << 20 });
    let mut new = b"seven b".to_vec();
    new.extend_from_slice(&old);
    let delta = make(&old, &new);
    assert!(delta.len() < 4096, "{} bytes", delta.len());
    assert!(applied(&old, &delta).expect("made a moment ago") == new);
}

#[test]
fn another_old_image_is_refused_before_anything_is_written() {
    let delta = make(b"the old image", b"the new image");
    let mut out = Vec::new();
    let outcome = apply(&b"the odd image"[..], &delta[..], &mut out, &mut go_on);
    assert!(matches!(outcome, Err(DeltaError::WrongOld)));
    assert_eq!(out, b"");
    assert!(matches!(applied(b"the old", &delta), Err(DeltaError::WrongOld)));
}

#[test]
fn work_can_be_stopped_and_tells_how_far_it_is() {
    let old = generate(&Plan { seed: 5, build: 0, bytes: 1 << 20 });
    let new = generate(&Plan { seed: 5, build: 1, bytes: 1 << 20 });
    let mut delta = Vec::new();
    let stop = &mut |_, _| ControlFlow::Break(());
    assert!(matches!(encode(&old, &new[..], &mut delta, stop), Err(DeltaError::Cancelled)));
    let mut seen = Vec::new();
    encode(&old, &new[..], &mut delta, &mut |done, total| {
        seen.push((done, total));
        ControlFlow::Continue(())
    })
    .expect("memory can be written");
    let length = new.len() as u64;
    assert_eq!((seen.first(), seen.last()), (Some(&(0, length)), Some(&(length, length))));
    let outcome = apply(&old[..], &delta[..], &mut Vec::new(), stop);
    assert!(matches!(outcome, Err(DeltaError::Cancelled)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_changes_comes_out(
        seed in 0..1000_u64,
        edits in proptest::collection::vec((any::<u16>(), 0..300_usize, any::<u8>()), 0..12),
    ) {
        let old = generate(&Plan { seed, build: 0, bytes: 64 << 10 });
        let mut new = old.clone();
        for (at, length, byte) in edits {
            let at = usize::from(at) * new.len() / 65_536;
            let gone = (length / 2).min(new.len() - at);
            new.splice(at..at + gone, std::iter::repeat_n(byte, length));
        }
        let out = applied(&old, &make(&old, &new)).expect("made a moment ago");
        prop_assert!(out == new);
    }

    /// Damage anywhere is refused; nothing panics, nothing is taken for the new image.
    #[test]
    fn hostile_deltas_are_refused(
        at in any::<u16>(),
        bytes in proptest::collection::vec(any::<u8>(), 1..20),
    ) {
        let old = generate(&Plan { seed: 1, build: 0, bytes: 64 << 10 });
        let new = generate(&Plan { seed: 1, build: 3, bytes: 64 << 10 });
        let genuine = make(&old, &new);
        let mut delta = genuine.clone();
        let at = HEADER_BYTES + usize::from(at) * (delta.len() - HEADER_BYTES) / 65_536;
        for (index, byte) in bytes.into_iter().enumerate() {
            if let Some(place) = delta.get_mut(at + index) {
                *place = byte;
            }
        }
        if let Ok(out) = applied(&old, &with_sound_header(delta)) {
            prop_assert!(out == new);
        }
    }

    /// Streams of nothing but noise, with any lengths announced.
    #[test]
    fn noise_is_refused(
        noise in proptest::collection::vec(any::<u8>(), 0..300),
        cut in (0..300_usize, 0..300_usize),
        new_length in prop_oneof![0..1000_u64, Just(1 << 36), any::<u64>()],
    ) {
        let old = b"an old image of some length".repeat(9);
        let first = cut.0.min(noise.len());
        let second = cut.1.min(noise.len() - first);
        let header = Header {
            old_sha256: hash(&old),
            new_sha256: [0; 32],
            old_length: old.len() as u64,
            new_length,
            streams: [first, second, noise.len() - first - second].map(|length| length as u64),
        };
        let delta = [&header.to_bytes()[..], &noise].concat();
        prop_assert!(applied(&old, &delta).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(applied(b"old", &bytes).is_err());
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    kontor_ota::delta::apply::hash_of(bytes).expect("memory can be read")
}
