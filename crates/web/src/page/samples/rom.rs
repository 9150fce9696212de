//! Samples: the ROM's pages in every state worth looking at.

use kontor_base::{Instant, Language};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Cause, RolloutState, Tally};

use super::{country, day, say, site};
use crate::kit::text::Text;
use crate::page::rom::{
    BuildLine, BuildPage, Count, Curve, FeedEntry, InChannel, Mark, ModelCard, ModelPage,
    PackageLine, Reach, RolloutPage, RomFeed, RomPage, StepLine, WaveLine, WavePlace,
};
use crate::page::{Alternate, Said, Shell};

fn shell(language: Language, rest: &str) -> Shell {
    let path = |l: Language| format!("/rom/{}{rest}", l.tag());
    Shell {
        site: site(),
        language,
        market: None,
        path: path(language),
        alternates: Language::PAGES
            .map(|l| Alternate { language: l, country: None, path: path(l) })
            .to_vec(),
    }
}

fn line(version: &str, reach: Reach) -> BuildLine {
    BuildLine {
        version: version.to_owned(),
        incremental: format!("{version}.KXEMIBL"),
        built: day(2015, 5, 28),
        bytes: Some(702_118_400),
        patch_level: None,
        reach,
        channels: vec![Channel::Stable, Channel::Beta],
    }
}

fn at(hour: i64) -> Instant {
    Instant::start_of(day(2015, 6, 1)).plus_seconds(hour * 3_600)
}

impl RomPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let card = |codename: &str, name: &str, picture: &str, own| ModelCard {
            codename: codename.to_owned(),
            name: name.to_owned(),
            brand: if own { "Mi" } else { "LG" }.to_owned(),
            picture: picture.to_owned(),
            own,
            channels: vec![
                (Channel::Stable, line("6.5.3.0", Reach::Everybody)),
                (Channel::Beta, line("5.5.28", Reach::Some(100_000))),
                (Channel::Nightly, line("5.5.29", Reach::Halted)),
            ],
        };
        let bare =
            ModelCard { channels: vec![], ..card("hammerhead", "Nexus 5", "phone-mid", false) };
        let models = vec![
            card("virgo", "Mi Note", "phone-large", true),
            card("wt88047", "Redmi 2", "phone-small", true),
            bare,
        ];
        let page = |models: Vec<ModelCard>, builds| Self {
            shell: shell(language, ""),
            models,
            builds,
            rollouts: 1,
        };
        vec![("full", page(models, 9)), ("empty", page(vec![], 0))]
    }
}

impl ModelPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            shell: shell(language, "/device/virgo"),
            codename: "virgo".to_owned(),
            name: "Mi Note".to_owned(),
            brand: "Mi".to_owned(),
            picture: "phone-large".to_owned(),
            own: true,
            also: vec!["virgo_in".to_owned()],
            revisions: vec![("p2".to_owned(), "Second camera module".to_owned())],
            newest: vec![
                (Channel::Stable, line("6.5.3.0", Reach::Everybody)),
                (Channel::Beta, line("5.5.28", Reach::Paused(250_000))),
            ],
            builds: vec![
                line("5.5.28", Reach::Paused(250_000)),
                line("6.5.3.0", Reach::Everybody),
                BuildLine {
                    bytes: None,
                    channels: vec![],
                    patch_level: Some(day(2015, 4, 1)),
                    ..line("6.5.1.0", Reach::Withdrawn)
                },
            ],
        };
        let empty = Self {
            own: false,
            also: vec![],
            revisions: vec![],
            newest: vec![],
            builds: vec![],
            ..full.clone()
        };
        vec![("full", full), ("empty", empty)]
    }
}

impl BuildPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let package = |source: Option<&str>| PackageLine {
            name: "kontor-6.5.3.0-virgo-signed.zip".to_owned(),
            url: "/rom/files/00ff/kontor-6.5.3.0-virgo-signed.zip".to_owned(),
            bytes: 702_118_400,
            sha256: "00ff".repeat(16),
            source: source.map(str::to_owned),
        };
        let channel = |channel, reach, floor| InChannel {
            channel,
            since: at(0),
            floor,
            reach,
            rollout: Some("rol_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned()),
        };
        let full = Self {
            shell: shell(language, "/device/virgo/6.5.3.0.KXEMIBL"),
            codename: "virgo".to_owned(),
            model: "Mi Mi Note".to_owned(),
            picture: "phone-large".to_owned(),
            version: "6.5.3.0".to_owned(),
            incremental: "6.5.3.0.KXEMIBL".to_owned(),
            built: at(0),
            published: at(5),
            kind: "stable".to_owned(),
            sdk: 19,
            patch_level: Some(day(2015, 5, 1)),
            fingerprint: Some(
                "Xiaomi/virgo/virgo:4.4.4/KTU84P/6.5.3.0:user/release-keys".to_owned(),
            ),
            notes: Some(Said::new(
                say(
                    language,
                    "A calmer release.\n- The camera opens faster\n- Fixed: an alarm that did not ring",
                    "Ein ruhigerer Build.\n- Die Kamera öffnet schneller\n- Behoben: ein Wecker, der nicht klingelte",
                ),
                language,
            )),
            withdrawn: None,
            packages: vec![package(None), package(Some("6.5.1.0.KXEMIBL"))],
            channels: vec![
                channel(Channel::Stable, Reach::Everybody, true),
                channel(Channel::Beta, Reach::Everybody, false),
            ],
        };
        let withdrawn = Self {
            withdrawn: Some("Some devices lost their Wi-Fi.".to_owned()),
            notes: None,
            packages: vec![],
            channels: vec![],
            ..full.clone()
        };
        vec![("full", full), ("withdrawn", withdrawn)]
    }
}

impl RolloutPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let t = Text::new(language, None);
        let wave = |share, own, place| WaveLine {
            share,
            own,
            countries: if share == 50_000 { vec![country("IN"), country("DE")] } else { vec![] },
            place,
            advance: t.one("rollout-advance-after", "hours", 24_u32).into_owned(),
        };
        let tally = Tally { downloaded: 910, installed: 812, failed: 9, rolled_back: 1 };
        let step = |hour, state, wave, cause, note: Option<&str>| StepLine {
            at: at(hour),
            state,
            wave,
            cause,
            tally,
            note: note.map(str::to_owned),
        };
        let counts = (1..=12_u64)
            .map(|hour| Count {
                at: at(i64::try_from(hour).unwrap_or(0)),
                installed: hour * hour * 5 + hour * 8,
                failed: hour * 5 / 6,
            })
            .collect();
        let marks = [0, 4].map(|hour| Mark { at: at(hour), number: hour as usize / 4 + 1 });
        let running = Self {
            shell: shell(language, "/rollout/rol_06dyk2m1v5rjz0q3c8s4n7t9ab"),
            id: "rol_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
            codename: "virgo".to_owned(),
            model: "Mi Mi Note".to_owned(),
            channel: Channel::Beta,
            version: "5.5.28".to_owned(),
            incremental: "5.5.28".to_owned(),
            state: RolloutState::Running,
            cause: Cause::Plan,
            since: at(4),
            share: 100_000,
            population: 9_600,
            tally,
            failures_max: 50_000,
            reports_min: 50,
            halts: true,
            per_hour: Some(2_000),
            waves: vec![
                wave(1_000_000, true, WavePlace::Over),
                wave(50_000, false, WavePlace::Over),
                wave(100_000, false, WavePlace::Now),
                wave(1_000_000, false, WavePlace::Later),
            ],
            curve: Some(Curve { counts, marks: marks.to_vec(), from: at(0), to: at(12) }),
            steps: vec![
                step(0, RolloutState::Planned, 1, Cause::Hand, None),
                step(0, RolloutState::Running, 1, Cause::Hand, Some("Our own devices first.")),
                step(4, RolloutState::Running, 3, Cause::Plan, None),
            ],
            failures: vec![("kPayloadMismatchedType".to_owned(), 7), (String::new(), 2)],
        };
        let planned = Self {
            state: RolloutState::Planned,
            share: 0,
            tally: Tally::default(),
            curve: None,
            per_hour: None,
            failures: vec![],
            steps: running.steps[..1].to_vec(),
            ..running.clone()
        };
        let other = |state, cause| Self { state, cause, halts: false, ..running.clone() };
        vec![
            ("running", running.clone()),
            ("planned", planned),
            ("paused", other(RolloutState::Paused, Cause::Hand)),
            ("halted", other(RolloutState::Halted, Cause::Failures)),
            ("done", Self { share: 1_000_000, ..other(RolloutState::Done, Cause::Plan) }),
            ("abandoned", other(RolloutState::Abandoned, Cause::Withdrawn)),
        ]
    }
}

#[test]
fn the_feed_is_escaped_and_dated() {
    let feed = RomFeed {
        t: Text::new(Language::En, None),
        url: "https://shop.example/rom/en/feed.atom".to_owned(),
        page: "https://shop.example/rom/en".to_owned(),
        title: "The ROM".to_owned(),
        author: "Kontor & Co.".to_owned(),
        entries: vec![FeedEntry {
            title: "Mi Note <6>".to_owned(),
            url: "https://shop.example/rom/en/device/virgo/6".to_owned(),
            updated: at(3),
            notes: "a < b".to_owned(),
            package: Some(("https://shop.example/rom/files/00/a.zip".to_owned(), 7)),
        }],
    };
    let xml = askama::Template::render(&feed).expect("a feed renders");
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed "), "{xml}");
    assert_eq!(xml.matches("<updated>2015-06-01T03:00:00Z</updated>").count(), 2, "{xml}");
    assert!(!xml.contains("<6>") && !xml.contains("a < b") && !xml.contains("& Co"), "{xml}");
    assert!(xml.contains("length=\"7\""), "{xml}");
}
