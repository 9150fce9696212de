//! What is found by words, on both back ends: what a look at every name finds, for whoever may see it.

use std::collections::BTreeSet;

use kontor_base::id::ResellerId;
use kontor_base::{Instant, Random};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::reseller::ByWords;
use kontor_store::staff::document;
use kontor_store::terms::{Walk, count, queue, queued, write};
use kontor_store::{Db, StoreError, Tx};

on_both_databases!(
    a_walk_meets_every_row_once_and_the_newest_of_a_whole_word_first,
    what_is_written_anew_is_found_by_its_new_words_alone,
    papers_are_walked_by_their_hashes,
);

async fn done<T: Send + 'static>(
    db: &Db,
    work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.write("test.write", work).await.expect("written")
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// What a walk meets, a few rows at a time: thing and scope.
async fn walked(db: &Db, word: &'static str, limit: i64) -> Vec<(ResellerId, String)> {
    let read = db.read("test.walk", move |tx| {
        let (mut walk, mut met) = (Walk::<ByWords>::new(word), Vec::new());
        loop {
            let hits = walk.next(tx, limit)?;
            if hits.is_empty() {
                return Ok::<_, StoreError>(met);
            }
            met.extend(hits.into_iter().map(|hit| (hit.thing, hit.scope)));
        }
    });
    read.await.expect("read")
}

async fn a_walk_meets_every_row_once_and_the_newest_of_a_whole_word_first(scratch: &Scratch) {
    let db = scratch.open();
    let random = Random::seeded(5);
    let names = ["har", "harbour", "harz", "hat", "ha", "h", "zebra", "härte"];
    let firm = |index: usize| {
        let at = Instant::from_micros(i64::try_from(index).expect("few") * 1_000_000_000);
        (ResellerId::new(at, &random), names[index % names.len()])
    };
    let all: Vec<_> = (0..80).map(firm).collect();
    let written = all.clone();
    done(&db, move |tx| {
        for (index, (id, name)) in written.iter().enumerate() {
            let scopes = if index % 3 == 0 { set(&["de", "us"]) } else { set(&["@FR"]) };
            write::<ByWords>(tx, id, &set(&[name, "trading"]), &scopes)?;
        }
        Ok(())
    })
    .await;
    for word in ["har", "ha", "h", "harbour", "harx", "trading", "z", "hä"] {
        let begins =
            |(_, name): &&(ResellerId, &str)| name.starts_with(word) || "trading".starts_with(word);
        let wanted: BTreeSet<ResellerId> = all.iter().filter(begins).map(|(id, _)| *id).collect();
        for limit in [1, 2, 7, 500] {
            let met = walked(&db, word, limit).await;
            let once: BTreeSet<_> = met.iter().cloned().collect();
            assert_eq!(once.len(), met.len(), "{word} {limit}: each row once");
            let things: BTreeSet<ResellerId> = met.iter().map(|(id, _)| *id).collect();
            assert_eq!(things, wanted, "{word} {limit}");
            let whole: Vec<ResellerId> = met
                .iter()
                .map(|(id, _)| *id)
                .take_while(|id| all.iter().any(|(own, name)| own == id && *name == word))
                .collect();
            assert!(whole.is_sorted_by(|a, b| a >= b), "{word} {limit}: the newest first");
            let exact = all.iter().filter(|(_, name)| *name == word).count();
            assert!(
                whole.iter().collect::<BTreeSet<_>>().len() >= exact,
                "{word}: before longer ones"
            );
        }
        let rows = walked(&db, word, 500).await.len();
        let counted = db.read("test.count", move |tx| count::<ByWords>(tx, word, 1_000)).await;
        assert_eq!(counted.expect("counted"), rows, "{word}");
        let few = db.read("test.count", move |tx| count::<ByWords>(tx, word, 3)).await;
        assert_eq!(few.expect("counted"), rows.min(3), "{word}");
    }
}

async fn what_is_written_anew_is_found_by_its_new_words_alone(scratch: &Scratch) {
    let db = scratch.open();
    let id = ResellerId::new(Instant::from_micros(1), &Random::seeded(5));
    done(&db, move |tx| {
        queue::<ByWords>(tx, &id)?;
        queue::<ByWords>(tx, &id)
    })
    .await;
    let waiting = db.read("test.queue", |tx| queued::<ByWords>(tx, 10)).await;
    assert_eq!(waiting.expect("read"), [id], "once");
    done(&db, move |tx| write::<ByWords>(tx, &id, &set(&["old", "name"]), &set(&["us"]))).await;
    done(&db, move |tx| write::<ByWords>(tx, &id, &set(&["new", "name"]), &set(&["de"]))).await;
    assert_eq!(walked(&db, "name", 5).await, [(id, "de".to_owned())]);
    assert_eq!(walked(&db, "old", 5).await, []);
    let waiting = db.read("test.queue", |tx| queued::<ByWords>(tx, 10)).await;
    assert_eq!(waiting.expect("read"), [], "it is done");
    // Whatever is gone is found by nothing.
    done(&db, move |tx| write::<ByWords>(tx, &id, &set(&[]), &set(&[]))).await;
    assert_eq!(walked(&db, "name", 5).await, []);
}

async fn papers_are_walked_by_their_hashes(scratch: &Scratch) {
    let db = scratch.open();
    done(&db, |tx| {
        for index in 0..9_u8 {
            let hash = format!("{index:02x}").repeat(32);
            let scopes = set(&["us", "@stf_x"]);
            write::<document::ByWords>(tx, &hash, &set(&["scan", "pdf"]), &scopes)?;
        }
        Ok(())
    })
    .await;
    let met = db
        .read("test.walk", |tx| {
            let (mut walk, mut met) = (Walk::<document::ByWords>::new("scan"), Vec::new());
            loop {
                let hits = walk.next(tx, 4)?;
                if hits.is_empty() {
                    return Ok::<_, StoreError>(met);
                }
                met.extend(hits.into_iter().map(|hit| (hit.thing, hit.scope, hit.words)));
            }
        })
        .await
        .expect("read");
    assert_eq!(met.len(), 18);
    assert!(met.iter().all(|(_, _, words)| words == "pdf scan"));
    assert_eq!(met.iter().map(|(hash, ..)| hash).collect::<BTreeSet<_>>().len(), 9);
}
