//! What a device does when nobody attacks it: broken connections, restarts, deltas, reports.

mod support;

use kontor_device::{Event, Outcome};
use support::{World, image};

#[test]
fn a_delta_is_taken_over_a_connection_that_is_cut_again_and_again() {
    let world = World::new();
    world.publish(2);
    world.publish_delta(1, 2);
    world.mirror.with().cut_after = Some(1000);
    let device = world.device();
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-1-2.delta");
    assert!(installed.bytes * 4 < image(2).len() as u64);
    assert!(std::fs::read(&device.image).expect("an image") == image(2));
    let asked = world.mirror.with().asked.clone();
    let of_delta: Vec<_> = asked.iter().filter(|(path, _)| path.ends_with(".delta")).collect();
    assert!(of_delta.len() as u64 > installed.bytes / 1000);
    assert!(of_delta.iter().enumerate().all(|(index, (_, from))| *from == index as u64 * 1000));
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)));
}

#[test]
fn a_device_of_another_image_takes_the_whole_one() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    world.publish_delta(2, 3);
    let device = world.device();
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-3.img");
    assert!(std::fs::read(&device.image).expect("an image") == image(3));
}

#[test]
fn a_device_of_another_image_takes_the_packed_one_where_there_is_one() {
    let world = World::new();
    world.publish(2);
    world.publish(3);
    world.publish_delta(2, 3);
    world.publish_packed(3);
    let device = world.device();
    // What is on the device plays no part in it, not even damage.
    std::fs::write(&device.image, b"damaged").expect("writable");
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-3.packed");
    assert!(installed.bytes < image(3).len() as u64);
    assert!(std::fs::read(&device.image).expect("an image") == image(3));
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)), "it knows what it has");
}

#[test]
fn a_download_goes_on_after_a_restart_and_with_servers_without_ranges() {
    let world = World::new();
    world.publish(2);
    let device = world.device();
    let sha256 = kontor_ota::signing::Hashes::of(&image(2)).sha256;
    let part = device.memory.path(&format!("{sha256}.part"));
    std::fs::write(&part, &image(2)[..5000]).expect("writable");
    let device = world.restarted(&device);
    assert!(matches!(device.update(), Ok(Outcome::Installed(_))));
    let asked = world.mirror.with().asked.clone();
    assert!(asked.iter().any(|(path, from)| path.contains(&sha256) && *from == 5000));

    world.publish(3);
    let sha256 = kontor_ota::signing::Hashes::of(&image(3)).sha256;
    std::fs::write(device.memory.path(&format!("{sha256}.part")), b"half").expect("writable");
    world.mirror.with().ignores_ranges = true;
    assert!(matches!(device.update(), Ok(Outcome::Installed(_))));
    assert!(std::fs::read(&device.image).expect("an image") == image(3));
}

#[test]
fn a_delta_that_fails_leaves_the_whole_image() {
    let world = World::new();
    world.publish(2);
    world.publish_delta(1, 2);
    let device = world.device();
    // The image on the device is not what it says: a delta cannot apply.
    std::fs::write(&device.image, b"damaged").expect("writable");
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one-2.img");
    let events: Vec<_> = device
        .memory
        .reports()
        .expect("readable")
        .into_iter()
        .map(|report| (report.event, report.code))
        .collect();
    assert_eq!(
        events,
        [
            (Event::Downloaded, None),
            (Event::Failed, Some("device.delta".into())),
            (Event::Downloaded, None),
            (Event::Installed, None),
        ]
    );
}

#[test]
fn reports_wait_until_a_server_has_taken_them_and_keep_their_ids() {
    let world = World::new();
    world.publish(2);
    let device = world.device();
    device.update().expect("sound");
    for status in [0, 503] {
        world.mirror.with().post_status = status;
        assert_eq!(device.send_reports("feedback").expect("storage is sound"), 0);
    }
    world.mirror.with().post_status = 204;
    let device = world.restarted(&device);
    assert_eq!(device.send_reports("feedback").expect("storage is sound"), 2);
    assert_eq!(device.send_reports("feedback").expect("storage is sound"), 0);
    let posted = world.mirror.with().posted.clone();
    assert_eq!(posted.len(), 4, "the first was tried three times: {posted:?}");
    assert!(posted[..2].iter().all(|report| *report == posted[2]));
    assert_ne!(posted[2], posted[3]);
}
