//! From what the snapshot holds to what the pages say.

use kontor_base::Instant;
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::RolloutState;
use kontor_rom::core::{ChannelView, ModelView};

use crate::page::rom::{BuildLine, ModelCard, Reach};

/// The drawing of a model without one of its own.
const ANY_PHONE: &str = "phone-mid";

/// The name of a model's drawing.
pub(super) fn picture(model: &DeviceModel) -> String {
    model.picture.as_ref().map_or_else(|| ANY_PHONE.to_owned(), ToString::to_string)
}

/// Who gets a build of a channel now.
pub(super) fn reach(channel: &ChannelView, build: &Build, now: Instant) -> Reach {
    if build.withdrawn.is_some() {
        return Reach::Withdrawn;
    }
    let rollout = channel.rollouts.iter().rev().find(|rollout| rollout.build == build.id);
    let Some(rollout) = rollout else { return Reach::Nobody };
    let bytes = build.whole().map_or(0, |package| package.file.bytes);
    match rollout.standing.state {
        RolloutState::Planned | RolloutState::Abandoned => Reach::Nobody,
        RolloutState::Running => Reach::Some(rollout.share_at(bytes, now)),
        RolloutState::Paused => Reach::Paused(rollout.share_at(bytes, now)),
        RolloutState::Halted => Reach::Halted,
        RolloutState::Done => Reach::Everybody,
    }
}

/// A build as a line; its reach is that of the calmest channel that it is in.
pub(super) fn line(view: &ModelView, build: &Build, now: Instant) -> BuildLine {
    let inside =
        |channel: &Channel| view.channel(*channel).entries.iter().any(|e| e.build == build.id);
    let channels: Vec<Channel> = Channel::ALL.into_iter().filter(inside).collect();
    let nobody = if build.withdrawn.is_some() { Reach::Withdrawn } else { Reach::Nobody };
    let reach =
        channels.first().map_or(nobody, |channel| reach(view.channel(*channel), build, now));
    BuildLine {
        version: build.version.to_string(),
        incremental: build.incremental.to_string(),
        built: build.built_at.date(),
        bytes: build.whole().map(|package| package.file.bytes),
        patch_level: build.patch_level,
        reach,
        channels,
    }
}

/// The newest build of each channel that was not withdrawn, the calmest channel first.
pub(super) fn newest(view: &ModelView, now: Instant) -> Vec<(Channel, BuildLine)> {
    let of = |channel: Channel| {
        let in_channel = view.channel(channel);
        let build = in_channel.builds.iter().rev().find(|build| build.withdrawn.is_none())?;
        let reach = reach(in_channel, build, now);
        Some((channel, BuildLine { reach, ..line(view, build, now) }))
    };
    Channel::ALL.into_iter().filter_map(of).collect()
}

/// A model's card.
pub(super) fn card(view: &ModelView, now: Instant) -> ModelCard {
    let model = &view.model;
    ModelCard {
        codename: model.codename.to_string(),
        name: model.name.to_string(),
        brand: model.brand.to_string(),
        picture: picture(model),
        own: model.maker == Maker::Own,
        channels: newest(view, now),
    }
}
