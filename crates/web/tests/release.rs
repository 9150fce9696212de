//! Builds in the staff area: moved up, rolled out by a plan that was rehearsed, withdrawn; and what waits
//! to be signed.

mod common;

use common::desk::Browser;
use common::hook_server::HookServer;
use common::rom::add;
use common::{Answer, Api};
use kontor_base::Random;
use kontor_base::id::RolloutId;
use kontor_domain::channel::Channel;
use kontor_ota::signing::{KeySet, SecretKey};
use kontor_remote::hook::{Caller, Reach};
use kontor_rom::rollout::{Status, status};
use kontor_rom::signing::{InitCommand, export, import, init};
use kontor_shop::hook::tell_due;

const BUILD: &str = "/admin/rom/builds/one/a2";
const PLAN: &str = "/admin/rom/plan";

fn place(answer: &Answer) -> String {
    answer.header("location").split('?').next().unwrap_or_default().to_owned()
}

/// The second person looks at what waits and approves it.
async fn approve(second: &Browser<'_>, proposal: &str) {
    let page = second.get(proposal).await.expect(200);
    let seen = page.text.split("name=\"seen\" value=\"").nth(1).expect("a form");
    let seen = seen.split('"').next().expect("its end");
    second.form(proposal, &[("decision", "approve"), ("seen", seen)]).await.expect(303);
}

/// The rollouts of the model that belong to a campaign.
async fn rollouts(api: &Api, model: &str) -> Vec<Status> {
    let mut all = status(&api.rom).await.expect("it is read");
    all.retain(|status| status.rollout.model.as_str() == model && status.campaign.is_some());
    all
}

async fn state(api: &Api, id: RolloutId) -> &'static str {
    let found = kontor_rom::rollout::status_of(&api.rom, id).await.expect("it is read");
    found.expect("it is there").rollout.standing.state.word()
}

#[tokio::test]
async fn a_build_moves_up_by_two_and_is_withdrawn_by_one() {
    let api = Api::open().await;
    add(&api.rom, "one", "a2", 1, Channel::Beta).await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let page = rea.get(BUILD).await.expect(200);
    assert!(
        page.text.contains("value=\"stable\"")
            && page.text.contains("/admin/rom/plan?channel=beta")
    );
    // It is in beta: nothing leads back to nightly.
    assert!(!page.text.contains("value=\"nightly\""), "{}", page.text);
    let back = [("key", "b1"), ("do", "promote"), ("channel", "nightly"), ("reason", "x")];
    rea.form(BUILD, &back).await.expect(422);
    let up =
        [("key", "b2"), ("do", "promote"), ("channel", "stable"), ("reason", "two weeks of beta")];
    let proposal = place(&rea.form(BUILD, &up).await.expect(303));
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    let is_stable = || {
        let snapshot = api.rom.snapshots.now();
        let view = snapshot.model("one").expect("a model").channel(Channel::Stable);
        view.builds.iter().any(|build| build.incremental.as_str() == "a2")
    };
    api.rom.refresh().await.expect("is read");
    assert!(!is_stable(), "one person moves nothing up");
    approve(&ron, &proposal).await;
    api.rom.refresh().await.expect("is read");
    assert!(is_stable());

    // Nobody outside of the ROM's people, and nobody who has it in one market alone.
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    let hans = Browser::hire(&api, "hans", &["release_manager@us"]).await;
    let withdraw = [("key", "b3"), ("do", "withdraw"), ("reason", "it eats batteries")];
    for other in [&mia, &hans] {
        other.get(BUILD).await.expect(403);
        other.form(BUILD, &withdraw).await.expect(403);
    }
    rea.form(BUILD, &[("key", "b4"), ("do", "burn")]).await.expect(400);
    let long = "x".repeat(201);
    rea.form(BUILD, &[("key", "b5"), ("do", "withdraw"), ("reason", &long)]).await.expect(422);
    rea.form(BUILD, &withdraw).await.expect(303);
    let gone = rea.get(BUILD).await.expect(200);
    assert!(gone.text.contains("it eats batteries"), "{}", gone.text);
    assert!(!gone.text.contains("value=\"withdraw\"") && !gone.text.contains("value=\"promote\""));
    for nothing in
        ["/admin/rom/builds/one/zz", "/admin/rom/builds/zz/a2", "/admin/rom/builds/%20/a2"]
    {
        rea.get(nothing).await.expect(404);
    }
}

#[tokio::test]
async fn a_campaign_is_rehearsed_approved_started_and_halted_as_one() {
    let api = Api::open().await;
    add(&api.rom, "one", "a2", 1, Channel::Stable).await;
    add(&api.rom, "two", "b1", 2, Channel::Stable).await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let opened = rea.get(&format!("{PLAN}?channel=stable&model=one&build=a2")).await.expect(200);
    assert!(opened.text.contains("one a2"), "{}", opened.text);
    let form = |wish: &'static str, key: &'static str| {
        [
            ("key", key),
            ("do", wish),
            ("builds", "one a2\r\ntwo b1"),
            ("channel", "stable"),
            ("waves", "own, 10@IN, 100"),
            ("hours", "24"),
            ("failures", "5"),
            ("reports", "20"),
            ("trip", "halt"),
            ("devices_per_hour", "600"),
            ("megabits_per_second", ""),
            ("devices", "3000"),
            ("reason", "the month's release"),
        ]
    };
    let rehearsed = rea.form(PLAN, &form("rehearse", "p1")).await.expect(200);
    for part in
        ["6,000", "own", "10@IN", "Planned together", "48 hours", "value=\"own, 10@IN, 100\""]
    {
        assert!(rehearsed.text.contains(part), "{part}: {}", rehearsed.text);
    }
    assert_eq!(rollouts(&api, "two").await.len(), 0, "a rehearsal writes nothing");

    // What is wrong stands beside its field, and what was typed stays.
    for (name, value) in [
        ("builds", "one"),
        ("builds", "one zz"),
        ("builds", "one a2\none a2"),
        ("builds", ""),
        ("waves", "10, 5, 100"),
        ("waves", "10"),
        ("waves", "all"),
        ("hours", "0"),
        ("failures", "101"),
        ("reports", "0"),
        ("devices_per_hour", "0"),
        ("devices", "many"),
        ("devices", ""),
    ] {
        let mut fields = form("plan", "p2");
        fields.iter_mut().filter(|(own, _)| *own == name).for_each(|field| field.1 = value);
        let answer = rea.form(PLAN, &fields).await.expect(422);
        assert!(answer.text.contains("value=\"the month"), "{name} {value}: {}", answer.text);
        assert!(answer.text.contains("id=\"errors\""), "{name} {value}: {}", answer.text);
    }

    let proposal = place(&rea.form(PLAN, &form("plan", "p3")).await.expect(303));
    let shown = ron.get(&proposal).await.expect(200);
    let told = |field: &str, value: &str| {
        format!("<code>{field}</code></th><td><span class=\"quiet\">–</span></td><td>{value}</td>")
    };
    for part in [
        "two b1 × 3000",
        "own, 10@IN, 100",
        &told("gate", "halt"),
        &told("failures_max_percent", "5"),
    ] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    approve(&ron, &proposal).await;
    let (one, two) = (rollouts(&api, "one").await.remove(0), rollouts(&api, "two").await.remove(0));
    assert_eq!(
        (one.rollout.standing.state.word(), two.rollout.standing.state.word()),
        ("planned", "planned")
    );
    assert!(one.campaign.is_some() && one.campaign == two.campaign);
    assert_eq!(one.rollout.pace.devices_per_hour, Some(300), "half of the pace");

    let (one, two) = (one.rollout.id, two.rollout.id);
    let page = format!("/admin/rom/{one}");
    assert!(rea.get(&page).await.expect(200).text.contains(&format!("/admin/rom/{two}")));
    let start = place(
        &rea.form(&page, &[("key", "s1"), ("do", "start"), ("reason", "go")]).await.expect(303),
    );
    approve(&ron, &start).await;
    assert_eq!((state(&api, one).await, state(&api, two).await), ("running", "running"));

    // Whoever is told of halts is told of both.
    let server = HookServer::start();
    let owner = Browser::hire(&api, "ola", &["owner@*", "release_manager@*"]).await;
    let url = server.url();
    let hook = [
        ("key", "h1"),
        ("name", "Pager"),
        ("markets", "*"),
        ("url", &url),
        ("chosen", "rollout.halted"),
    ];
    owner.form("/admin/programs/hooks", &hook).await.expect(200);
    rea.form(&format!("/admin/rom/{two}"), &[("key", "s2"), ("do", "halt")]).await.expect(303);
    assert_eq!((state(&api, one).await, state(&api, two).await), ("halted", "halted"));
    let told = tell_due(&api.shop, &Caller::new(Reach::Private)).await.expect("no fault");
    assert_eq!((told.events, told.taken), (2, 2));
    let mut calls: Vec<_> = server.calls().iter().map(|call| call.json()).collect();
    calls.sort_by_key(|call| call["data"]["model"].as_str().map(str::to_owned));
    for (call, (model, id)) in calls.iter().zip([("one", one), ("two", two)]) {
        assert_eq!(call["type"], "rollout.halted");
        assert_eq!(call["data"]["model"], model);
        assert_eq!(call["data"]["rollout"], id.to_string());
        assert!(call["data"]["campaign"].as_str().is_some_and(|id| id.starts_with("camp_")));
    }

    // One build turns out unfit: the other goes on without it.
    let gone = [("key", "w1"), ("do", "withdraw"), ("reason", "it burns")];
    rea.form("/admin/rom/builds/two/b1", &gone).await.expect(303);
    let resume = [("key", "s3"), ("do", "resume"), ("reason", "only two was at fault")];
    let proposal = place(&rea.form(&page, &resume).await.expect(303));
    approve(&ron, &proposal).await;
    assert_eq!((state(&api, one).await, state(&api, two).await), ("running", "abandoned"));

    // Waves that end by hand.
    let mut fields = form("plan", "p5").to_vec();
    fields.push(("ends", "hand"));
    rea.form(PLAN, &fields).await.expect(422);

    // Who may only look at a market plans nothing.
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    mia.get(PLAN).await.expect(403);
    mia.form(PLAN, &form("plan", "p4")).await.expect(403);
}

#[tokio::test]
async fn the_page_says_what_waits_for_whose_signature_and_how_it_is_made() {
    let api = Api::open().await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let page = "/admin/rom/signing";
    let none = rea.get(page).await.expect(200);
    assert!(none.text.contains("kontor rom key init"), "{}", none.text);

    let keys: Vec<SecretKey> = (0..3).map(|_| SecretKey::generate(&Random::System)).collect();
    let set = |range: std::ops::Range<usize>, threshold| KeySet {
        keys: keys[range].iter().map(SecretKey::public).collect(),
        threshold,
    };
    let command = InitCommand { root: set(0..2, 2), targets: set(2..3, 1) };
    init(&api.rom, command).await.expect("begins");
    let ids: Vec<String> =
        keys.iter().map(|key| key.public().id().as_str()[..8].to_owned()).collect();
    let waits = rea.get(page).await.expect(200);
    for part in [
        "2 documents wait",
        "0 of 2",
        "kontor rom key export --out bundles",
        "bundles/root.bundle.json bundles/targets.bundle.json --key KEY-FILE",
        &ids[0],
        &ids[1],
        &ids[2],
    ] {
        assert!(waits.text.contains(part), "{part}: {}", waits.text);
    }
    assert!(!waits.text.contains("PRIVATE"), "no key is shown");

    // One of the two root keys signs: only the other one is still asked for.
    let mut bundles = export(&api.rom, Some("root".to_owned())).await.expect("waits");
    bundles[0].sign(&keys[0]).expect("a root key");
    import(&api.rom, bundles).await.expect("is taken in");
    let half = rea.get(page).await.expect(200);
    assert!(half.text.contains("1 of 2"), "{}", half.text);
    let missing = half.text.split("id=\"missing-title\"").nth(1).expect("a table");
    let missing = missing.split("</table>").next().expect("its end");
    assert!(missing.contains(&ids[1]) && !missing.contains(&ids[0]), "{missing}");

    let mut bundles = export(&api.rom, None).await.expect("waits");
    for bundle in &mut bundles {
        for key in &keys[1..] {
            if bundle.asks(&key.public()) {
                bundle.sign(key).expect("it is asked for");
            }
        }
    }
    import(&api.rom, bundles).await.expect("is published");
    let done = rea.get(page).await.expect(200);
    assert!(done.text.contains("Every document has its signatures"), "{}", done.text);
    assert!(done.text.contains("timestamp") && !done.text.contains("KEY-FILE"));
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    mia.get(page).await.expect(403);
}

/// Keys are made here, bundles are signed with them as where the keys are, and come back by the page.
#[tokio::test]
async fn signatures_come_back_by_the_page_and_count_when_two_have_looked() {
    const PAGE: &str = "/admin/rom/signing";
    let api = Api::open().await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let bring = async |who: &Browser<'_>, key: &str, bytes: &[u8]| {
        let fields = [("key", key), ("reason", "signed in the vault")];
        who.upload(PAGE, &fields, Some(("file", "root.bundle.json", bytes))).await
    };
    let refused = async |key: &str, bytes: &[u8], words: &str| {
        let answer = bring(&rea, key, bytes).await.expect(422);
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
        assert!(answer.text.contains("value=\"signed in the vault\""), "what was typed stays");
    };
    let [one, two, targets, stranger] = [(); 4].map(|()| SecretKey::generate(&Random::System));
    let set = |keys: &[&SecretKey], threshold| KeySet {
        keys: keys.iter().map(|key| key.public()).collect(),
        threshold,
    };
    let command = InitCommand { root: set(&[&one, &two], 2), targets: set(&[&targets], 1) };
    init(&api.rom, command).await.expect("begins");
    assert!(rea.get(PAGE).await.expect(200).text.contains("id=\"take\""), "the form is there");
    let export = async |role: &str| {
        export(&api.rom, Some(role.to_owned())).await.expect("it waits").remove(0)
    };

    // Everything that is wrong with a bundle is said by name.
    refused("n1", b"", "not a bundle").await;
    refused("n2", b"{\"kontor_bundle\":1}", "not a bundle").await;
    let unsigned = export("root").await;
    refused("n3", &unsigned.to_bytes(), "brings no new signature").await;
    let mut other = unsigned.clone();
    other.document.sign(&stranger).expect("it signs anything");
    refused("n4", &other.to_bytes(), "asks for no signature by the key").await;
    let mut forged = unsigned.clone();
    forged.sign(&one).expect("a root key");
    let sig = forged.document.signatures().next().expect("signed").sig.clone();
    let text = String::from_utf8(forged.to_bytes()).expect("JSON");
    let broken = text.replace(&sig, &"0".repeat(sig.len()));
    refused("n5", broken.as_bytes(), "does not fit").await;
    let unknown = text.replace("\"role\": \"root\"", "\"role\": \"one\"");
    assert_ne!(unknown, text);
    refused("n6", unknown.as_bytes(), "belongs").await;
    let changed = text.replacen("\"version\": 1", "\"version\": 2", 1);
    assert_ne!(changed, text);
    refused("n7", changed.as_bytes(), "is not the one that waits").await;
    bring(&rea, "n8", &vec![b' '; 3 << 20]).await.expect(413);
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    bring(&mia, "n9", text.as_bytes()).await.expect(403);

    // The first root key alone: taken in when a second person has approved it, not before.
    let first = bring(&rea, "k1", text.as_bytes()).await.expect(303);
    assert_eq!(place(&first), place(&bring(&rea, "k1", text.as_bytes()).await), "sent twice");
    assert!(rea.get(PAGE).await.expect(200).text.contains("0 of 2"));
    let shown = ron.get(&place(&first)).await.expect(200);
    assert!(shown.text.contains("root 1") && shown.text.contains(one.public().id().as_str()));
    approve(&ron, &place(&first)).await;
    assert!(rea.get(PAGE).await.expect(200).text.contains("1 of 2"));
    refused("n10", text.as_bytes(), "brings no new signature").await;

    // The other root key and the targets key: with the last of them everything is published.
    for (role, key, by) in [("root", "k2", &two), ("targets", "k3", &targets)] {
        let mut bundle = export(role).await;
        bundle.sign(by).expect("it is asked for");
        let proposal = place(&bring(&rea, key, &bundle.to_bytes()).await.expect(303));
        approve(&ron, &proposal).await;
    }
    let done = rea.get(PAGE).await.expect(200);
    assert!(done.text.contains("Every document has its signatures"), "{}", done.text);
    assert!(!done.text.contains("id=\"take\""), "nothing waits: there is nothing to bring");
    api.rom.refresh().await.expect("it is read");
    for name in ["1.root.json", "1.targets.json", "timestamp.json"] {
        let answer = api.send(common::Ask::get(&format!("/rom/metadata/{name}"))).await;
        assert!(answer.expect(200).text.contains("signatures"), "{name}");
    }
}

#[tokio::test]
async fn the_next_wave_is_shown_approved_by_a_second_person_and_begun_once() {
    let api = Api::open().await;
    add(&api.rom, "one", "a2", 1, Channel::Beta).await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let plan = [
        ("builds", "one a2"),
        ("channel", "beta"),
        ("waves", "own:1h, 10, 100"),
        ("ends", "hand"),
        ("hours", ""),
        ("failures", "5"),
        ("reports", "20"),
        ("trip", "pause"),
        ("devices", "2000"),
        ("reason", "with care"),
    ];
    let form = |wish, key| [&plan[..], &[("do", wish), ("key", key)]].concat();
    let rehearsed = rea.form(PLAN, &form("rehearse", "n1")).await.expect(200);
    assert!(rehearsed.text.contains("when somebody lets it go on"), "{}", rehearsed.text);
    let proposal = place(&rea.form(PLAN, &form("plan", "n2")).await.expect(303));
    assert!(ron.get(&proposal).await.expect(200).text.contains("own:1h, 10:hand, 100:hand"));
    approve(&ron, &proposal).await;
    let mut all = status(&api.rom).await.expect("it is read");
    all.retain(|status| status.rollout.channel == Channel::Beta);
    let id = all.remove(0).rollout.id;
    let page = format!("/admin/rom/{id}");
    let button = "value=\"next\"";
    assert!(!rea.get(&page).await.expect(200).text.contains(button), "it has not begun");
    let start = [("key", "n3"), ("do", "start"), ("reason", "go")];
    approve(&ron, &place(&rea.form(&page, &start).await.expect(303))).await;

    let shown = rea.get(&page).await.expect(200);
    for part in [button, "Wave 2: from own to 10, at most 200 more devices.", "1 / 3: own"] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    let next = |key, wave| [("key", key), ("do", "next"), ("wave", wave), ("reason", "it is good")];
    rea.form(&page, &next("n4", "3")).await.expect(409);
    let (first, second) = (
        place(&rea.form(&page, &next("n5", "2")).await.expect(303)),
        place(&rea.form(&page, &next("n6", "2")).await.expect(303)),
    );
    assert!(first.starts_with("/admin/proposals/"), "one person lets no wave begin: {first}");
    let wave = async || {
        let found = kontor_rom::rollout::status_of(&api.rom, id).await.expect("it is read");
        found.expect("it is there").rollout.standing.wave
    };
    assert_eq!(wave().await, 0);
    let seen = ron.get(&first).await.expect(200);
    for part in ["2 / 3", "200"] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    approve(&ron, &first).await;
    assert_eq!(wave().await, 1);

    // The same step was proposed twice: what is approved late lets no further wave begin.
    let late = ron.get(&second).await.expect(200);
    let seen = late.text.split("name=\"seen\" value=\"").nth(1).expect("a form");
    let seen = seen.split('"').next().expect("its end");
    ron.form(&second, &[("decision", "approve"), ("seen", seen)]).await;
    assert_eq!(wave().await, 1);

    // Whoever may only stop has no such button.
    let shown = rea.get(&page).await.expect(200);
    assert!(
        shown.text.contains("Wave 3: from 10 to 100, at most 1,800 more devices."),
        "{}",
        shown.text
    );
    let sam = Browser::hire(&api, "sam", &["support@*"]).await;
    sam.form(&page, &next("n7", "3")).await;
    assert_eq!(wave().await, 1);
}
