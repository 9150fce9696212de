//! Where a sold device stays: the country it was seen in last, and since when it has been seen in no
//! other. Kept for sold devices alone, which are known by their serial numbers.
//!
//! Nothing is kept of where a device was before: one country, two days.

use kontor_base::{Country, Date};

/// A device's stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The country.
    pub country: Country,
    /// The day from which on it was seen in no other.
    pub since: Date,
    /// The last day on which it was seen there.
    pub last: Date,
}

impl Stay {
    /// The stay after the device was seen in `country` on a day. What comes late changes nothing: it
    /// was elsewhere since, or is known to be here.
    #[must_use]
    pub fn after(before: Option<Self>, country: Country, on: Date) -> Self {
        match before {
            Some(stay) if on < stay.last => stay,
            Some(stay) if stay.country == country => Self { last: on, ..stay },
            _ => Self { country, since: on, last: on },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_goes_on_until_the_device_is_seen_elsewhere() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let land = |text: &str| text.parse::<Country>().expect("a country");
        let told = |seen: &[(&str, &str)]| {
            let stay = seen
                .iter()
                .fold(None, |stay, (country, on)| Some(Stay::after(stay, land(country), day(on))));
            let stay = stay.expect("it was seen");
            (stay.country.code().to_owned(), stay.since.to_string(), stay.last.to_string())
        };
        let stay = |country: &str, since: &str, last: &str| {
            (country.to_owned(), since.to_owned(), last.to_owned())
        };
        let there = [("CN", "2015-01-01"), ("IN", "2015-02-01"), ("IN", "2015-04-01")];
        assert_eq!(told(&there), stay("IN", "2015-02-01", "2015-04-01"));
        // A week at home, and the thirty days begin anew.
        let back = [there[1], ("CN", "2015-02-20"), ("IN", "2015-03-01"), ("IN", "2015-03-09")];
        assert_eq!(told(&back), stay("IN", "2015-03-01", "2015-03-09"));
        let late = [("IN", "2015-03-01"), ("CN", "2015-02-01")];
        assert_eq!(told(&late), stay("IN", "2015-03-01", "2015-03-01"), "a late report");
    }
}
