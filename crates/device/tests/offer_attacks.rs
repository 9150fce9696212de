//! Every attack on the signed answer to an update check, by its name: what reaches a device through
//! offers is what the service decided for exactly this device, and not longer than it stands.

mod support;

use kontor_base::Random;
use kontor_device::{
    Client, Event, Fetch, Http, Identity, Memory, Outcome, Refused, fetch::Answer,
};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::offer::{Audience, Install, Places, place};
use kontor_ota::signing::{Document, Offer, Rejected, SecretKey};
use support::{Mirror, World, image};

const HOUR: i64 = 3_600;
/// The cohort of the device in these tests.
const COHORT: u16 = 4_711;
const PATH: &str = "offers/one/stable/4711/b1";
const SALT: [u8; 16] = [9; 16];

fn everybody() -> Audience {
    Audience {
        model: "one".into(),
        channel: "stable".into(),
        source: "b1".into(),
        ..Audience::default()
    }
}

fn install(build: u32, targets: &[&str]) -> Option<Install> {
    Some(Install {
        incremental: format!("b{build}"),
        release_counter: u64::from(build),
        targets: targets.iter().map(|name| (*name).to_owned()).collect(),
    })
}

/// An offer that ends in six hours.
fn offer(world: &World, version: u64, audience: Audience, install: Option<Install>) -> Offer {
    let reason = if install.is_some() { "channel.install" } else { "rollout.halted" };
    let expires = world.clock.now().plus_seconds(6 * HOUR);
    Offer::new(version, expires, audience, install, reason, 14_400)
}

fn signed(offer: &Offer, key: &SecretKey) -> Vec<u8> {
    let mut document = Document::new(offer);
    document.sign(key).expect("plain numbers");
    document.to_bytes()
}

fn serve(world: &World, bytes: Vec<u8>) {
    world.mirror.with().files.insert(PATH.into(), bytes);
}

fn serve_offer(world: &World, version: u64, audience: Audience, install: Option<Install>) {
    let bytes = signed(&offer(world, version, audience, install), &world.keys.offers);
    serve(world, bytes);
}

fn following(world: &World) -> Client<Http> {
    let device = world.device();
    let identity = device.memory.identity().expect("it was set up");
    let identity = Identity { channel: Some("stable".into()), cohort: COHORT, ..identity };
    let root = device.memory.kept("root.json").expect("readable").expect("it was set up");
    let folder = device.image.parent().expect("it lies in the device's folder");
    Memory::set_up(folder, &root, &identity).expect("a folder of its own");
    device
}

/// The refusal, after looking that the device runs what it ran.
fn refusal<F: Fetch>(device: &Client<F>) -> Refused {
    let before = device.memory.identity().expect("it was set up");
    let refused = device.update().expect_err("the attack is noticed");
    assert_eq!(device.memory.identity().expect("it was set up"), before);
    assert!(std::fs::read(&device.image).expect("it has an image") == image(1));
    refused
}

fn untrusted<F: Fetch>(device: &Client<F>) -> Rejected {
    match refusal(device) {
        Refused::Untrusted(rejected) => rejected,
        other => panic!("refused for another reason: {other}"),
    }
}

/// No attack: the offer decides, not what is newest.
#[test]
fn a_device_does_what_its_offer_says_and_nothing_else() {
    let world = World::new();
    world.publish(2);
    world.publish_delta(1, 2);
    world.publish(3);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), None);
    let Ok(Outcome::Waiting { reason, .. }) = device.update() else { panic!("it must wait") };
    assert_eq!(reason, "rollout.halted");
    let both = install(2, &["one-1-2.delta", "one-2.img"]);
    serve_offer(&world, 6, everybody(), both);
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-1-2.delta", "build 3 is there, and not offered");
    assert!(std::fs::read(&device.image).expect("an image") == image(2));
}

/// A delta from another image than the device's is passed over.
#[test]
fn a_delta_from_another_image_leaves_the_whole_one() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    world.publish_delta(2, 3);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), install(3, &["one-2-3.delta", "one-3.img"]));
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-3.img");
}

#[test]
fn replayed_older_offer() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    let before_the_halt = offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    serve_offer(&world, 6, everybody(), None);
    assert!(matches!(device.update(), Ok(Outcome::Waiting { .. })));
    serve(&world, signed(&before_the_halt, &world.keys.offers));
    assert!(matches!(untrusted(&device), Rejected::Rollback { had: 6, got: 5, .. }));
    let device = world.restarted(&device);
    assert!(matches!(untrusted(&device), Rejected::Rollback { .. }), "also after a restart");
}

/// Somebody in between shows an old offer to a device that has not seen the newer one.
#[test]
fn frozen_offer() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    world.clock.advance_seconds(6 * HOUR);
    assert!(matches!(untrusted(&device), Rejected::Expired { .. }));
}

/// The offer to the first devices of a rollout, handed to one whose turn has not come.
#[test]
fn offer_of_the_first_devices() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    let own = place(COHORT, &SALT);
    let first =
        |below| Audience { places: Some(Places { below, salt: "09".repeat(16) }), ..everybody() };
    serve_offer(&world, 5, first(own), install(2, &["one-2.img"]));
    assert!(matches!(untrusted(&device), Rejected::OtherAudience));
    serve_offer(&world, 5, first(own + 1), install(2, &["one-2.img"]));
    assert!(matches!(device.update(), Ok(Outcome::Installed(_))));
}

#[test]
fn offer_of_other_devices() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    let all = everybody();
    for other in [
        Audience { model: "two".into(), ..all.clone() },
        Audience { channel: "nightly".into(), ..all.clone() },
        Audience { source: "b0".into(), ..all.clone() },
        Audience { countries: vec!["FR".into()], ..all.clone() },
        Audience { own: true, ..all },
    ] {
        serve_offer(&world, 5, other.clone(), install(2, &["one-2.img"]));
        assert!(matches!(untrusted(&device), Rejected::OtherAudience), "{other:?}");
    }
}

#[test]
fn tampered_offer() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    let device = following(&world);
    let genuine = offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    let bytes = signed(&genuine, &world.keys.offers);
    let text = String::from_utf8(bytes).expect("JSON").replace("one-2.img", "one-3.img");
    serve(&world, text.into_bytes());
    assert!(matches!(untrusted(&device), Rejected::Threshold { have: 0, need: 1, .. }));
}

#[test]
fn offer_signed_by_a_foreign_key() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    let genuine = offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    for key in [&SecretKey::generate(&Random::seeded(99)), &world.keys.models["one"]] {
        serve(&world, signed(&genuine, key));
        assert!(matches!(untrusted(&device), Rejected::Threshold { .. }));
    }
}

/// Stolen offers key: software that nobody offline has vouched for.
#[test]
fn offer_of_arbitrary_software() {
    let world = World::new();
    let device = following(&world);
    world.mirror.with().files.insert("targets/evil".into(), b"evil".to_vec());
    serve_offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    assert!(matches!(untrusted(&device), Rejected::UnknownTarget { .. }));
}

/// Stolen offers key: back to an older, genuine build with known holes.
#[test]
fn offer_of_an_older_build() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), install(3, &["one-3.img"]));
    assert!(matches!(device.update(), Ok(Outcome::Installed(_))));
    let path = "offers/one/stable/4711/b3";
    let audience = Audience { source: "b3".into(), ..everybody() };
    let older = offer(&world, 6, audience, install(2, &["one-2.img"]));
    world.mirror.with().files.insert(path.into(), signed(&older, &world.keys.offers));
    let refused = device.update().expect_err("it is older");
    assert!(matches!(refused, Refused::OlderRelease { offered: 2, installed: 3, .. }));
}

/// Stolen offers key: it says one build and leads to another.
#[test]
fn offer_that_names_another_build() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), install(3, &["one-2.img"]));
    assert!(matches!(untrusted(&device), Rejected::Mixed { expected: 3, got: 2, .. }));
}

/// A build that was withdrawn is in no document any more; an offer does not bring it back.
#[test]
fn offer_of_a_withdrawn_build() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    let document = world.signed("one", |targets| drop(targets.remove("one-2.img")));
    world.release(vec![("one".into(), document)]);
    serve_offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    assert!(matches!(untrusted(&device), Rejected::UnknownTarget { .. }));
}

/// Without an offer nobody has said that the device may install anything: it does not fall back to
/// what is newest.
#[test]
fn withheld_offer() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    assert!(matches!(refusal(&device), Refused::Withheld { status: 404, .. }));
}

#[test]
fn endless_offer() {
    let world = World::new();
    let device = following(&world);
    serve(&world, vec![b'x'; 1 << 20]);
    assert!(matches!(untrusted(&device), Rejected::Length { .. }));
}

/// Stolen offers key: a version so high that every later offer looks old. Other keys heal it.
#[test]
fn fast_forward_of_offers() {
    let mut world = World::new();
    world.publish(2);
    let device = following(&world);
    serve_offer(&world, 1 << 50, everybody(), None);
    assert!(matches!(device.update(), Ok(Outcome::Waiting { .. })));
    serve_offer(&world, 7, everybody(), install(2, &["one-2.img"]));
    assert!(matches!(untrusted(&device), Rejected::Rollback { .. }));

    world.keys.offers = DemoKeys::generate(&[], &Random::seeded(77)).offers;
    let state = world.folder.state().expect("sound");
    let expires = world.clock.now().plus_seconds(world.lives.targets_s);
    let delegations = world.keys.delegations();
    let mut top = state
        .next_targets("targets", expires, |body| body.delegations = Some(delegations))
        .expect("in bounds");
    world.keys.targets.iter().for_each(|key| top.sign(key).expect("plain numbers"));
    world.release(vec![("targets".into(), top)]);
    serve_offer(&world, 7, everybody(), install(2, &["one-2.img"]));
    assert!(matches!(device.update(), Ok(Outcome::Installed(_))));
}

/// A network on which the download takes an hour, in which the rollout is halted.
struct Halting {
    http: Http,
    mirror: Mirror,
    halted: Vec<u8>,
    clock: kontor_base::Clock,
}

impl Fetch for Halting {
    fn get(&self, path: &str, from: u64) -> Option<Answer> {
        let answer = self.http.get(path, from);
        if path.starts_with("targets/") {
            self.clock.advance_seconds(HOUR);
            self.mirror.with().files.insert(PATH.into(), self.halted.clone());
        }
        answer
    }

    fn ask(&self, path: &str, credential: Option<&str>) -> Option<Answer> {
        self.http.ask(path, credential)
    }

    fn post(&self, path: &str, json: &str, credential: Option<&str>) -> Option<u16> {
        self.http.post(path, json, credential)
    }
}

#[test]
fn halt_during_the_download() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    serve_offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    let halted = signed(&offer(&world, 6, everybody(), None), &world.keys.offers);
    let Client { memory, fetch, clock, random, image } = device;
    let fetch =
        Halting { http: fetch, mirror: world.mirror.clone(), halted, clock: world.clock.clone() };
    let device = Client { memory, fetch, clock, random, image };
    assert!(matches!(refusal(&device), Refused::TakenBack { .. }));
    let reports = device.memory.reports().expect("readable");
    assert!(reports.iter().all(|report| report.event != Event::Failed), "nothing failed");
}

/// The receipt goes with every report about the build, also when the device goes back days later.
#[test]
fn receipts_go_with_reports() {
    let world = World::new();
    world.publish(2);
    let device = following(&world);
    world.mirror.with().receipt = Some("0123456789abcdef0123456789abcdef".into());
    serve_offer(&world, 5, everybody(), install(2, &["one-2.img"]));
    device.update().expect("sound");
    let device = world.restarted(&device);
    device.rolled_back("b2", Some("boot.loop")).expect("storage is sound");
    device.rolled_back("b7", None).expect("storage is sound");
    let told: Vec<_> = device
        .memory
        .reports()
        .expect("readable")
        .into_iter()
        .map(|report| (report.event, report.build, report.receipt.is_some()))
        .collect();
    let expected = [
        (Event::Downloaded, "b2", true),
        (Event::Installed, "b2", true),
        (Event::RolledBack, "b2", true),
        (Event::RolledBack, "b7", false),
    ];
    assert!(told.iter().map(|(e, b, r)| (*e, b.as_str(), *r)).eq(expected), "{told:?}");
}

/// What a device was given is shown from then on, to the service and to nobody who serves files; and
/// only a service whose offer is believed can give it.
#[test]
fn credentials_are_kept_and_shown_to_the_service_only() {
    let world = World::new();
    world.publish(2);
    let known = |device: Client<Http>| Client {
        fetch: device.fetch.clone().with_device(Some("device-0001")),
        ..device
    };
    let device = known(following(&world));
    let shown = |what: &str| -> Vec<(bool, Option<String>)> {
        let behaviour = world.mirror.with();
        let told = behaviour.shown.iter().filter(|(path, ..)| path.starts_with(what));
        told.map(|(_, device, credential)| (device.is_some(), credential.clone())).collect()
    };
    // Somebody in between gives one with an offer that nobody has signed.
    world.mirror.with().credential = Some("5to1en".into());
    serve(&world, b"{}".to_vec());
    untrusted(&device);
    assert_eq!(device.memory.credential().expect("readable"), None);

    world.mirror.with().credential = Some("4c0f00d".into());
    serve_offer(&world, 5, everybody(), None);
    device.update().expect("sound");
    let device = known(world.restarted(&device));
    let own = || Some("4c0f00d".to_owned());
    // What cannot stand in a header is not kept.
    world.mirror.with().credential = Some("4c0f00d; x".into());
    serve_offer(&world, 6, everybody(), None);
    device.update().expect("sound");
    assert_eq!(device.memory.credential().expect("readable"), own());
    world.mirror.with().credential = None;
    serve_offer(&world, 7, everybody(), install(2, &["one-2.img"]));
    device.update().expect("sound");
    world.mirror.with().post_status = 204;
    assert_eq!(device.send_reports("reports").expect("storage is sound"), 2);
    assert_eq!(shown("offers/"), [(true, None), (true, None), (true, own()), (true, own())]);
    assert_eq!(shown("reports"), [(true, own()), (true, own())]);
    for (path, device, credential) in &world.mirror.with().shown {
        let files = path.starts_with("targets/") || path.starts_with("metadata/");
        assert!(!files || (device.is_none() && credential.is_none()), "{path}");
    }
}
