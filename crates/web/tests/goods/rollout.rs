//! Rollouts: halted by one person, going on by two.

use crate::common::Api;
use crate::common::desk::Browser;
use crate::common::rom::ROLLOUT;
use crate::{hidden, log, place};

#[tokio::test]
async fn a_rollout_is_halted_by_one_and_goes_on_by_two() {
    let api = Api::open().await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let page = format!("/admin/rom/{ROLLOUT}");
    let list = rea.get("/admin/rom").await.expect(200);
    assert!(list.text.contains(&page), "{}", list.text);
    let running = rea.get(&page).await.expect(200);
    assert!(running.text.contains("value=\"halt\""), "{}", running.text);
    api.rom.refresh().await.expect("read anew");
    let today = rea.get("/admin").await.expect(200);
    assert!(!today.text.contains(&page), "what is done waits for nobody: {}", today.text);
    rea.form(&page, &[("key", "r1"), ("do", "halt")]).await.expect(303);
    api.rom.refresh().await.expect("read anew");
    let today = rea.get("/admin").await.expect(200);
    assert!(today.text.contains(&page) && today.text.contains("is halted"), "{}", today.text);
    let state = || {
        let rom = &api.rom;
        async move {
            let found = kontor_rom::rollout::status_of(rom, ROLLOUT).await.expect("it is read");
            found.expect("it is there").rollout.standing.state.word()
        }
    };
    assert_eq!(state().await, "halted");
    // What is not possible from here says so; what is no step is no form.
    rea.form(&page, &[("key", "r2"), ("do", "pause")]).await.expect(422);
    rea.form(&page, &[("key", "r3"), ("do", "destroy")]).await.expect(400);
    let resume = [("key", "r4"), ("do", "resume"), ("reason", "the fault was the network's")];
    let proposal = place(&rea.form(&page, &resume).await.expect(303));
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    assert_eq!(state().await, "halted", "one person gives no device a build");
    let seen = hidden(&ron.get(&proposal).await.expect(200).text, "seen");
    rea.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(403);
    ron.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    assert_eq!(state().await, "running");
    api.rom.refresh().await.expect("read anew");
    let today = rea.get("/admin").await.expect(200);
    assert!(today.text.contains(&page) && !today.text.contains("is halted"), "{}", today.text);
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    mia.get(&page).await.expect(403);
    mia.form(&page, &[("key", "r5"), ("do", "halt")]).await.expect(403);
    let here = Browser::hire(&api, "hans", &["release_manager@us"]).await;
    here.form(&page, &[("key", "r6"), ("do", "halt")]).await.expect(403);
    for nothing in ["/admin/rom/x", "/admin/rom/roll_00000000000000000000000000"] {
        rea.get(nothing).await.expect(404);
    }
    let told = log(&api, "rollout.").await;
    assert!(told.contains("<del>done</del>") && told.contains("<del>halted</del>"), "{told}");
    assert!(told.contains("rollout.halt") && told.contains("rollout.run.approved"), "{told}");
}
