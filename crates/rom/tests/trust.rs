//! What devices trust comes about: the ceremony, offline signatures, rotation, recovery, renewal by
//! one of several nodes, and deltas that are proven before anybody is offered them.

mod package;

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Clock, Instant, Line, Random, SecretKey as Secret};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_ota::image::{Plan, generate};
use kontor_ota::signing::trusted::{Found, Source, Trusted};
use kontor_ota::signing::{Bundle, KeySet, Rejected, SecretKey, Target};
use kontor_rom::build::{PublishCommand, Source as Package, publish};
use kontor_rom::delta::{
    AddImageCommand, Work, add_image, cancel, deltas, keep_targets, make_next, want,
};
use kontor_rom::rollout::{WithdrawCommand, withdraw};
use kontor_rom::signing::{
    Delegate, Imported, InitCommand, RotateCommand, SigningRefusal, delegate, export, import, init,
    keep_signing, rotate, standing,
};
use kontor_rom::{Failure, Files, Rom, Settings, device};
use kontor_scratch::Scratch;
use kontor_store::Db;
use kontor_store::delta::DeltaState;
use tokio::sync::watch;

const DAY: i64 = 86_400;

/// A maker with its offline keys.
struct Maker3 {
    rom: Arc<Rom>,
    folder: Scratch,
    root: Vec<SecretKey>,
    targets: Vec<SecretKey>,
    model: SecretKey,
}

fn set(keys: &[SecretKey], threshold: usize) -> KeySet {
    KeySet { keys: keys.iter().map(SecretKey::public).collect(), threshold }
}

async fn open(folder: &Scratch, db: Db, clock: Clock) -> Arc<Rom> {
    let files = Files::open(folder.path("files")).expect("opens");
    let secret = Secret::from_bytes([7; 32]);
    let settings = Settings::default();
    Arc::new(
        Rom::open(db, clock, Random::seeded(5), &secret, files, settings).await.expect("opens"),
    )
}

impl Maker3 {
    async fn new() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::from_micros(1_790_900_000_000_000));
        let rom = open(&folder, db, clock).await;
        let model = DeviceModel {
            codename: "one".parse().expect("a codename"),
            name: Line::parse("One").expect("a line"),
            brand: Line::parse("Example").expect("a line"),
            maker: Maker::Own,
            also: vec![],
            revisions: vec![],
            product: None,
            picture: None,
        };
        device::save_model(&rom, model).await.expect("a model");
        let random = Random::seeded(31);
        let key = || SecretKey::generate(&random);
        let root = vec![key(), key(), key()];
        Self { rom, folder, root, targets: vec![key(), key()], model: key() }
    }

    /// With a published root, and the model's key delegated to.
    async fn founded() -> Self {
        let maker = Self::new().await;
        let command = InitCommand { root: set(&maker.root, 2), targets: set(&maker.targets, 2) };
        init(&maker.rom, command).await.expect("begins");
        let to = Delegate::Offline(set(std::slice::from_ref(&maker.model), 1));
        delegate(&maker.rom, "one".into(), to).await.expect("is noted");
        let imported = maker.sign_all(&[&maker.root[..2], &maker.targets].concat()).await;
        assert_eq!(imported.published, ["root", "targets"]);
        maker
    }

    /// Exports what waits, signs it with every key that is asked for, and takes it in.
    async fn sign_all(&self, keys: &[SecretKey]) -> Imported {
        let mut bundles = export(&self.rom, None).await.expect("exports");
        for bundle in &mut bundles {
            // As files, the way they travel.
            *bundle = Bundle::parse(&bundle.to_bytes()).expect("a bundle");
            for key in keys {
                // Keys that are not asked for are refused, which is right.
                let _ = bundle.sign(key);
            }
        }
        import(&self.rom, bundles).await.expect("is taken in")
    }

    async fn publish(&self, incremental: &str, seconds: i64) {
        let path = self.folder.path(&format!("rom-1.0-{incremental}.zip"));
        std::fs::write(&path, package::good("one", incremental, seconds)).expect("writes");
        let command = PublishCommand {
            source: Package::Path(path),
            model: "one".parse().expect("a codename"),
            version: None,
            kind: "nightly".parse().expect("a kind"),
            notes: BTreeMap::new(),
            csig: None,
        };
        publish(&self.rom, command, Arc::new(|_| true)).await.expect("published");
        self.rom.refresh().await.expect("reads");
    }

    async fn image(&self, incremental: &str, bytes: &[u8]) {
        let path = self.folder.path(&format!("{incremental}.img"));
        std::fs::write(&path, bytes).expect("writes");
        let command = AddImageCommand {
            path,
            model: "one".parse().expect("a codename"),
            incremental: incremental.to_owned(),
        };
        add_image(&self.rom, command, Arc::new(|_| true)).await.expect("added");
    }

    /// What a fresh device believes, from the first root on.
    fn believed(&self) -> Result<Trusted, Rejected> {
        let signed = self.rom.signed.now();
        let file = |name: &str| signed.file(name).map(|file| file.body.to_vec());
        let missing = || Rejected::malformed("a file is missing");
        let now = self.rom.now();
        let mut trusted = Trusted::start(&file("1.root.json").ok_or_else(missing)?)?;
        while let Some(next) = file(&format!("{}.root.json", trusted.present_root().version + 1)) {
            trusted.root(&next)?;
        }
        trusted.root_is_fresh(now)?;
        trusted.timestamp(&file("timestamp.json").ok_or_else(missing)?, Source::Fetched, now)?;
        let name = format!("{}.snapshot.json", trusted.snapshot_meta()?.version);
        trusted.snapshot(&file(&name).ok_or_else(missing)?, Source::Fetched, now)?;
        let name = format!("{}.targets.json", trusted.targets_meta("targets")?.version);
        trusted.targets(&file(&name).ok_or_else(missing)?, now)?;
        Ok(trusted)
    }

    /// A target as a fresh device finds it.
    fn find(&self, name: &str) -> Result<Target, Rejected> {
        let (signed, now) = (self.rom.signed.now(), self.rom.now());
        let mut trusted = self.believed()?;
        loop {
            match trusted.find(name)? {
                Found::Target(target) => return Ok(target),
                Found::Needs(needed) => {
                    let name = format!("{}.{}.json", needed.meta.version, needed.role);
                    let file = signed.file(&name).expect("the snapshot names it");
                    trusted.delegated(&needed, &file.body, now)?;
                }
            }
        }
    }

    async fn version(&self, role: &str) -> u64 {
        let standing = standing(&self.rom).await.expect("reads");
        let found = standing.roles.into_iter().find(|found| found.role == role);
        found.and_then(|found| found.published).map_or(0, |(version, _)| version)
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure<SigningRefusal>>) -> SigningRefusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_build_is_trusted_when_its_offline_key_has_signed_and_not_before() {
    let maker = Maker3::new().await;
    assert!(matches!(refused(rotate_role(&maker, "root").await), SigningRefusal::NotSet));
    let command = InitCommand { root: set(&maker.root, 2), targets: set(&maker.targets, 2) };
    init(&maker.rom, command.clone()).await.expect("begins");
    // A ceremony that went wrong before anything was published is begun anew.
    init(&maker.rom, command.clone()).await.expect("begins again");
    let imported = maker.sign_all(&maker.root[..1]).await;
    assert!(imported.published.is_empty(), "one of two root keys is too few");
    assert_eq!(imported.waiting[0].1[0].have, 1);
    let imported = maker.sign_all(&maker.root[1..2]).await;
    assert_eq!(imported.published, ["root"], "the signatures add up");
    assert_eq!(maker.sign_all(&maker.targets).await.published, ["targets"]);
    assert!(matches!(refused(init(&maker.rom, command).await), SigningRefusal::Set));

    maker.publish("a1", 1_000).await;
    let proposed = keep_targets(&maker.rom).await.expect("looks");
    assert_eq!(proposed.undelegated, ["one"], "nobody may speak for it yet");
    let to = Delegate::Offline(set(std::slice::from_ref(&maker.model), 1));
    delegate(&maker.rom, "one".into(), to).await.expect("is noted");
    assert_eq!(maker.sign_all(&maker.targets).await.published, ["targets"]);
    assert_eq!(keep_targets(&maker.rom).await.expect("looks").waiting, ["one"]);
    assert_eq!(keep_targets(&maker.rom).await.expect("looks").waiting, [""; 0], "once is enough");
    let name = "one.1-a1.zip";
    assert!(matches!(
        maker.find(name),
        Err(Rejected::UnknownTarget { .. } | Rejected::Vanished { .. })
    ));
    let bundles = export(&maker.rom, Some("one".into())).await.expect("exports");
    let told = bundles[0].changes().expect("reads").join("\n");
    assert!(told.contains("+ one.1-a1.zip  release 1"), "{told}");
    // A key that does not speak for the model changes nothing.
    assert!(maker.sign_all(&maker.root).await.published.is_empty());
    assert_eq!(maker.sign_all(std::slice::from_ref(&maker.model)).await.published, ["one"]);
    let target = maker.find(name).expect("vouched for");
    assert_eq!(target.custom.hardware_ids, ["one"]);
    assert_eq!(target.custom.release_counter, 1);
    assert_eq!(target.custom.build.expect("facts").version, "1.0");
    assert!(maker.rom.snapshots.now().file(&target.hashes.sha256.parse().expect("hex")).is_some());

    // Withdrawn: gone from the next version, which is higher.
    maker.publish("a2", 2_000).await;
    keep_targets(&maker.rom).await.expect("looks");
    let old = export(&maker.rom, Some("one".into())).await.expect("exports");
    let command = WithdrawCommand {
        model: "one".parse().expect("a codename"),
        incremental: "a1".into(),
        reason: Line::parse("the camera fails").expect("a line"),
    };
    withdraw(&maker.rom, command).await.expect("withdrawn");
    assert_eq!(keep_targets(&maker.rom).await.expect("looks").waiting, ["one"]);
    // The bundle from before the withdrawal must not bring the build back.
    let mut stale = old;
    stale[0].sign(&maker.model).expect("its key");
    let refusal = refused(import(&maker.rom, stale).await);
    assert!(matches!(refusal, SigningRefusal::Superseded(_)));
    let before = maker.version("one").await;
    maker.sign_all(std::slice::from_ref(&maker.model)).await;
    assert_eq!(maker.version("one").await, before + 1);
    assert!(matches!(maker.find(name), Err(Rejected::UnknownTarget { .. })));
    assert!(maker.find("one.2-a2.zip").is_ok());
}

async fn rotate_role(maker: &Maker3, role: &str) -> Result<(), Failure<SigningRefusal>> {
    let command = RotateCommand { role: role.into(), remove: vec![], add: vec![], threshold: None };
    rotate(&maker.rom, command).await
}

#[tokio::test]
async fn a_model_of_the_server_is_signed_at_once_and_names_stay_apart() {
    let maker = Maker3::founded().await;
    for name in ["one.two", "offers", "root", "../x", ""] {
        let result = delegate(&maker.rom, name.into(), Delegate::Online).await;
        assert!(matches!(result, Err(Failure::Refused(_))), "{name:?}");
    }
    delegate(&maker.rom, "one".into(), Delegate::Online).await.expect("is noted");
    maker.publish("a1", 1_000).await;
    let proposed = keep_targets(&maker.rom).await.expect("looks");
    assert_eq!(proposed.waiting, ["one"], "the delegation is not signed yet");
    assert_eq!(maker.sign_all(&maker.targets).await.published, ["one", "targets"]);
    maker.publish("a2", 2_000).await;
    assert_eq!(keep_targets(&maker.rom).await.expect("looks").released, ["one"]);
    assert!(maker.find("one.2-a2.zip").is_ok());
    assert!(export(&maker.rom, None).await.expect("exports").is_empty());
}

#[tokio::test]
async fn keys_are_replaced_and_devices_follow() {
    let maker = Maker3::founded().await;
    maker.publish("a1", 1_000).await;
    keep_targets(&maker.rom).await.expect("looks");
    maker.sign_all(std::slice::from_ref(&maker.model)).await;

    // A root key is lost: the next root names another, signed by two old keys and two new ones.
    let fresh = SecretKey::generate(&Random::seeded(77));
    let lost = maker.root[2].public().id().to_string();
    let command = |role: &str, remove: &str, add: &SecretKey| RotateCommand {
        role: role.into(),
        remove: vec![remove.to_owned()],
        add: vec![add.public()],
        threshold: None,
    };
    let wrong = rotate(&maker.rom, command("root", "0123456789abcdef", &fresh)).await;
    assert!(matches!(refused(wrong), SigningRefusal::UnknownKey(..)));
    rotate(&maker.rom, command("root", &lost[..12], &fresh)).await.expect("is noted");
    assert!(maker.sign_all(&[maker.root[0].clone(), fresh.clone()]).await.published.is_empty());
    assert_eq!(maker.sign_all(&maker.root[1..2]).await.published, ["root"]);
    assert_eq!(maker.believed().expect("follows").present_root().version, 2);

    // The targets keys change: root and targets go together.
    let targets = SecretKey::generate(&Random::seeded(78));
    let old = maker.targets[0].public().id().to_string();
    rotate(&maker.rom, command("targets", &old[..8], &targets)).await.expect("is noted");
    let imported = maker.sign_all(&maker.root[..2]).await;
    assert!(imported.published.is_empty() && imported.held.is_some(), "{imported:?}");
    let both = [targets.clone(), maker.targets[1].clone()];
    assert_eq!(maker.sign_all(&both).await.published, ["root", "targets"]);
    assert_eq!(maker.believed().expect("follows").present_root().version, 3);

    // The server's keys were stolen: other ones, and what the old ones sign is refused.
    let stolen = maker.rom.signed.now().keys.clone();
    rotate_role(&maker, "online").await.expect("is noted");
    let all = [&maker.root[..2], &both].concat();
    assert_eq!(maker.sign_all(&all).await.published, ["root", "targets"]);
    let trusted = maker.believed().expect("follows");
    assert_eq!(trusted.present_root().version, 4);
    let kept = maker.rom.signed.now().keys.clone();
    assert_eq!(kept.len(), 3, "the old ones are forgotten");
    let old = |key: &SecretKey| stolen.iter().any(|(_, old)| old.public() == key.public());
    assert!(!kept.iter().any(|(_, key)| old(key)));

    // The model's key: its document is signed anew, and both go together.
    let model = SecretKey::generate(&Random::seeded(79));
    let old = maker.model.public().id().to_string();
    rotate(&maker.rom, command("one", &old[..8], &model)).await.expect("is noted");
    assert_eq!(keep_targets(&maker.rom).await.expect("looks").waiting, ["one"]);
    assert!(maker.sign_all(&both).await.published.is_empty(), "the model's document is missing");
    assert_eq!(maker.sign_all(&[model]).await.published, ["one", "targets"]);
    assert!(maker.find("one.1-a1.zip").is_ok());
    let unknown = rotate_role(&maker, "two").await;
    assert!(matches!(refused(unknown), SigningRefusal::UnknownRole(_)));
}

#[tokio::test]
async fn one_of_several_nodes_renews_what_is_half_over() {
    let maker = Maker3::founded().await;
    let other = open(&maker.folder, maker.rom.db.clone(), maker.rom.clock.clone()).await;
    let first = maker.version("timestamp").await;
    assert!(!keep_signing(&maker.rom).await.expect("looks"), "nothing is due");
    maker.rom.clock.advance_seconds(DAY / 2 + 1);
    let (here, there) = tokio::join!(keep_signing(&maker.rom), keep_signing(&other));
    let renewed = [here.expect("looks"), there.expect("looks")];
    assert_eq!(renewed.iter().filter(|done| **done).count(), 1, "one of them does it");
    assert_eq!(maker.version("timestamp").await, first + 1);
    // A week of half days: the snapshot is renewed too, and old files go.
    for _ in 0..14 {
        maker.rom.clock.advance_seconds(DAY / 2 + 1);
        keep_signing(&maker.rom).await.expect("looks");
    }
    maker.believed().expect("never expired");
    assert!(maker.version("snapshot").await > 1);
    let signed = maker.rom.signed.now();
    assert!(signed.file("1.snapshot.json").is_none() && signed.file("1.root.json").is_some());
    // Targets end after 90 days; a month before, the next document waits for its keys.
    assert!(export(&maker.rom, None).await.expect("exports").is_empty());
    for _ in 0..110 {
        maker.rom.clock.advance_seconds(DAY / 2);
        keep_signing(&maker.rom).await.expect("looks");
        keep_targets(&maker.rom).await.expect("looks");
    }
    assert_eq!(maker.sign_all(&maker.targets).await.published, ["targets"]);
    assert_eq!(maker.version("targets").await, 2);
}

#[tokio::test]
async fn deltas_are_made_proven_judged_and_named() {
    let maker = Maker3::founded().await;
    let image = |build| generate(&Plan { seed: 11, build, bytes: 2 << 20 });
    let (old, new) = (image(1), image(2));
    maker.publish("a1", 1_000).await;
    maker.image("a1", &old).await;
    maker.publish("a2", 2_000).await;
    maker.image("a2", &new).await;
    maker.publish("a3", 3_000).await;
    let one = || "one".parse().expect("a codename");
    let (_keep, stop) = watch::channel(false);
    assert_eq!(make_next(&maker.rom, &stop, &|_, _| {}).await.expect("looks"), Work::Nothing);
    let backward = want(&maker.rom, one(), "a2".into(), "a1".into()).await;
    assert!(
        matches!(backward, Err(Failure::Refused(refusal)) if refusal.code() == "delta.backward")
    );
    want(&maker.rom, one(), "a1".into(), "a2".into()).await.expect("wanted");
    // Invented images have media in them that is packed already; one of plain words packs well.
    let plain = b"nothing but the same words, again and again. ".repeat(70_000);
    maker.publish("a4", 4_000).await;
    maker.image("a4", &plain).await;
    want(&maker.rom, one(), "a2".into(), "a2".into()).await.expect("packed");
    want(&maker.rom, one(), "a4".into(), "a4".into()).await.expect("packed");
    want(&maker.rom, one(), "a2".into(), "a3".into()).await.expect("wanted");
    want(&maker.rom, one(), "a1".into(), "a3".into()).await.expect("wanted");
    cancel(&maker.rom, one(), "a1".into(), "a3".into()).await.expect("stopped");
    let mut states = Vec::new();
    while let Work::Done { state, .. } =
        make_next(&maker.rom, &stop, &|_, _| {}).await.expect("works")
    {
        states.push(state);
    }
    // One leads from an image of two megabytes to a package of a few hundred bytes.
    states.sort_by_key(|state| state.word());
    let (ready, skipped) = (DeltaState::Ready, DeltaState::Skipped);
    assert_eq!(states, [ready, ready, skipped, skipped]);
    let all = deltas(&maker.rom).await.expect("lists");
    let cancelled = all.iter().filter(|delta| delta.row.state == DeltaState::Cancelled).count();
    assert_eq!((all.len(), cancelled), (5, 1));

    maker.rom.refresh().await.expect("reads");
    keep_targets(&maker.rom).await.expect("looks");
    maker.sign_all(std::slice::from_ref(&maker.model)).await;
    let target = maker.find("one.2-from-1.delta").expect("vouched for");
    let lead = target.custom.delta.expect("it is a delta");
    assert_eq!(lead.to_length, new.len() as u64);
    assert!(target.length * 2 < lead.to_length, "{} of {}", target.length, lead.to_length);
    let path = maker.rom.files.path(&target.hashes.sha256.parse().expect("hex"));
    let (delta, mut made) = (std::fs::read(path).expect("it is stored"), Vec::new());
    let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
    kontor_ota::delta::apply(&old[..], &delta[..], &mut made, go_on).expect("applies");
    assert!(made == new);

    // Whoever has another image, or none, takes the packed one.
    let target = maker.find("one.4-a4.packed").expect("vouched for");
    let lead = target.custom.delta.expect("it is a delta");
    assert!(lead.is_packed() && lead.to_length == plain.len() as u64);
    let path = maker.rom.files.path(&target.hashes.sha256.parse().expect("hex"));
    let (packed, mut made) = (std::fs::read(path).expect("it is stored"), Vec::new());
    kontor_ota::delta::apply(&[][..], &packed[..], &mut made, go_on).expect("applies");
    assert!(made == plain);
    assert!(maker.find("one.2-a2.packed").is_err(), "it saves too little");
}
