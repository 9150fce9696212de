//! One person's place in a sale, from the entry to the order.

use askama::Template;
use kontor_base::{Country, Instant, Money};

use super::{WayName, is_chosen_country, range_words};
use crate::kit::text::Text;
use crate::page::Shell;

/// How somebody stands. Chances are the engine's words, so that the page never says more than it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceState {
    /// Entered; it has not begun.
    Entered {
        /// The person had entered before.
        before: bool,
    },
    /// In line.
    Queue {
        /// How many come in before.
        ahead: Option<u64>,
    },
    /// It is their turn.
    Turn,
    /// Units are theirs for a while.
    Held {
        /// How many.
        units: u8,
        /// Until when.
        ends: Instant,
        /// The claim's secret.
        claim: String,
    },
    /// The checkout has begun.
    CheckingOut {
        /// Until when.
        ends: Instant,
        /// The claim's secret.
        claim: String,
        /// The path of the checkout.
        checkout: String,
    },
    /// Bought.
    Bought {
        /// The path that leads to the order.
        checkout: String,
    },
    /// Units were theirs, and have gone to the next in line.
    Ended {
        /// Whether the person gave them up, or the time ran out.
        given_up: bool,
    },
    /// In the waiting list.
    Waiting {
        /// The place, which is never given to another.
        place: u32,
        /// How many stand before it.
        ahead: u32,
    },
    /// Everything is taken or held.
    SoldOut,
    /// The draw went to others; they move up when something comes back.
    NotDrawn {
        /// How many move up before.
        ahead: Option<u64>,
    },
    /// The sale stands still.
    Halted,
    /// The sale is over.
    Over,
}

impl PlaceState {
    /// The word for scripts: an announcement is made when it changes.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "entered",
            Self::Queue { .. } => "queue",
            Self::Turn => "turn",
            Self::Held { .. } => "held",
            Self::CheckingOut { .. } => "checking-out",
            Self::Bought { .. } => "bought",
            Self::Ended { .. } => "ended",
            Self::Waiting { .. } => "waiting",
            Self::SoldOut => "sold-out",
            Self::NotDrawn { .. } => "not-drawn",
            Self::Halted => "halted",
            Self::Over => "over",
        }
    }

    /// Whether the person stands in the waiting list, and can leave it.
    #[must_use]
    pub const fn is_in_waiting_list(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    /// Whether there is something to wait for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        !matches!(self, Self::Bought { .. } | Self::Over)
    }
}

/// `GET /{market}/{language}/sale/{sale}/place`
#[derive(Clone, Debug, Template)]
#[template(path = "sale/place.html")]
pub struct PlacePage {
    /// The layout's part.
    pub shell: Shell,
    /// The sale's id in URLs.
    pub sale: String,
    /// What is sold.
    pub name: String,
    /// The name of its drawing.
    pub picture: String,
    /// How the person came in.
    pub way: WayName,
    /// How they stand.
    pub state: PlaceState,
    /// `none`, `waitlist`, `slim`, `open`, `good`, `certain`.
    pub chance: &'static str,
    /// Units that are free, in a range.
    pub free: (u64, u64),
    /// When it goes live.
    pub live_at: Instant,
    /// The server's clock.
    pub now: Instant,
    /// How long a hold lasts.
    pub hold_minutes: u8,
    /// In how many milliseconds to ask again.
    pub poll_after_ms: u64,
    /// Units that one person may have.
    pub units_max: u32,
    /// The countries that it may be delivered to; one or none: nothing to choose.
    pub countries: Vec<Country>,
    /// The key of the form.
    pub key: String,
    /// The entry's random id in the public report.
    pub entry: String,
    /// The link with which this place is found again.
    pub link: String,
    /// Until when something is kept for the place, in a draw or a batch whose line has come to it.
    pub kept_until: Option<Instant>,
    /// The deposit that the place was paid with.
    pub deposit: Option<PlaceDeposit>,
    /// Something that was asked for could not be done: a text's id.
    pub notice: Option<&'static str>,
}

/// The deposit that a place was paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceDeposit {
    /// How much it is.
    pub amount: Money,
    /// The path of its page, where it can be had back.
    pub path: String,
}

impl PlacePage {
    fn path(&self, below: &str) -> String {
        self.shell.to(&format!("sale/{}{below}", self.sale))
    }

    fn poll_s(&self) -> u64 {
        self.poll_after_ms.div_ceil(1_000).max(1)
    }

    /// The one sentence of the page.
    fn headline(&self) -> String {
        let t = self.shell.text();
        let id = match &self.state {
            PlaceState::Entered { before: false } => "place-entered",
            PlaceState::Entered { before: true } => "place-entered-before",
            PlaceState::Queue { ahead: Some(ahead) } => {
                return t.one("place-queue", "ahead", *ahead).into_owned();
            }
            PlaceState::Queue { ahead: None } => "place-queue-unknown",
            PlaceState::Turn => "place-turn",
            PlaceState::Held { .. } => "place-held",
            PlaceState::CheckingOut { .. } => "place-checking-out",
            PlaceState::Bought { .. } => "place-bought",
            PlaceState::Ended { given_up: true } => "place-given-up",
            PlaceState::Ended { given_up: false } => "place-expired",
            PlaceState::Waiting { place, .. } => {
                return t.one("place-waiting", "place", *place).into_owned();
            }
            PlaceState::SoldOut => "place-sold-out",
            PlaceState::NotDrawn { .. } => "place-not-drawn",
            PlaceState::Halted => "place-halted",
            PlaceState::Over => "place-over",
        };
        t.get(id).into_owned()
    }

    /// Until when what the place was reached for is kept, where nothing was taken yet.
    fn kept_until(&self) -> Option<Instant> {
        self.kept_until.filter(|_| self.state == PlaceState::Turn)
    }

    /// The numbers of units to choose from.
    fn unit_choices(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.units_max
    }

    fn is_first_country(&self, country: &Country) -> bool {
        is_chosen_country(&self.countries, "", country)
    }

    fn take_words(&self) -> String {
        let id = if self.units_max > 1 { "place-act-take-several" } else { "place-act-take" };
        self.shell.text().get(id).into_owned()
    }

    /// Whether the code of this place can be given to somebody else.
    fn can_pass_on(&self) -> bool {
        self.way == WayName::Code
            && matches!(self.state, PlaceState::Entered { .. } | PlaceState::Turn)
    }

    /// What happens next.
    fn next(&self) -> String {
        let t = self.shell.text();
        let minutes = u32::from(self.hold_minutes);
        let id = match &self.state {
            PlaceState::Entered { .. } => {
                return t
                    .get(match self.way {
                        WayName::Rush => "place-next-rush",
                        WayName::Draw => "place-next-draw",
                        WayName::Code => "place-next-code",
                        WayName::Batch => "place-next-batch",
                    })
                    .into_owned();
            }
            PlaceState::Turn => return t.one("place-next-turn", "minutes", minutes).into_owned(),
            PlaceState::Waiting { ahead, .. } => {
                return t.one("place-next-waiting", "ahead", *ahead).into_owned();
            }
            PlaceState::NotDrawn { ahead: Some(ahead) } => {
                return t.one("place-next-not-drawn-ahead", "ahead", *ahead).into_owned();
            }
            PlaceState::Queue { .. } => "place-next-queue",
            PlaceState::Held { .. } => "place-next-held",
            PlaceState::CheckingOut { .. } => "place-next-checking-out",
            PlaceState::Bought { .. } => "place-next-bought",
            PlaceState::Ended { .. } => "place-next-ended",
            PlaceState::SoldOut => "place-next-sold-out",
            PlaceState::NotDrawn { ahead: None } => "place-next-not-drawn",
            PlaceState::Halted => "place-next-halted",
            PlaceState::Over => "place-next-over",
        };
        t.get(id).into_owned()
    }

    /// Whether a chance is worth saying here.
    const fn shows_chance(&self) -> bool {
        matches!(
            self.state,
            PlaceState::Queue { .. }
                | PlaceState::Turn
                | PlaceState::Waiting { .. }
                | PlaceState::NotDrawn { .. }
                | PlaceState::SoldOut
        )
    }

    fn chance_words(&self, t: &Text) -> String {
        t.get(match self.chance {
            "certain" => "chance-certain",
            "good" => "chance-good",
            "open" => "chance-open",
            "slim" => "chance-slim",
            "waitlist" => "chance-waitlist",
            _ => "chance-none",
        })
        .into_owned()
    }

    /// The classes of five bars, of which the chance fills some; the words say the same.
    fn chance_bars(&self) -> [&'static str; 5] {
        let filled = match self.chance {
            "certain" => 5,
            "good" => 4,
            "open" => 3,
            "slim" => 2,
            "waitlist" => 1,
            _ => 0,
        };
        std::array::from_fn(|bar| if bar < filled { "bar bar-full" } else { "bar" })
    }

    fn free_words(&self, t: &Text) -> String {
        range_words(t, self.free)
    }

    fn hold_ends(&self) -> Option<Instant> {
        match &self.state {
            PlaceState::Held { ends, .. } | PlaceState::CheckingOut { ends, .. } => Some(*ends),
            _ => None,
        }
    }

    fn claim(&self) -> &str {
        match &self.state {
            PlaceState::Held { claim, .. } | PlaceState::CheckingOut { claim, .. } => claim,
            _ => "",
        }
    }
}
