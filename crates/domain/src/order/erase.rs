//! What of an order's personal data goes when its customer asks to be forgotten (Art. 17 GDPR), and
//! what tax law keeps (Art. 17(3)(b)).

use kontor_base::{Date, Email, Instant, Line};

use super::state::OrderState;
use super::types::Order;

/// The address of customers who are erased: of no one, and never written to (RFC 2606, `.invalid`).
const ERASED_ADDRESS: &str = "erased@erased.invalid";
/// What stands for a name, a street or a city that was erased.
const ERASED_WORD: &str = "–";

/// What is kept of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Name, address, goods and amounts: an invoice has them, and it is kept up to this day.
    ForTax {
        /// The last day.
        until: Date,
    },
    /// Goods and amounts, country and state: the books, without a person.
    Books,
}

/// The last day on which the tax records of an order are kept: the end of the year, so many years
/// after the year of the order.
///
/// # Panics
///
/// Never: years stay within what a calendar has.
#[must_use]
pub fn tax_records_until(placed_at: Instant, years: u16) -> Date {
    let year = i32::from(placed_at.date().year()) + i32::from(years);
    let year = i16::try_from(year.clamp(1, 9_999)).expect("clamped to four digits");
    jiff::civil::date(year, 12, 31)
}

/// What has to be kept of an order on `today`.
#[must_use]
pub fn kept_of(placed_at: Instant, today: Date, years: u16) -> Kept {
    let until = tax_records_until(placed_at, years);
    if today <= until { Kept::ForTax { until } } else { Kept::Books }
}

/// Whether an order is far enough that its customer can be erased: nothing is to be paid or sent.
#[must_use]
pub const fn is_over(state: OrderState) -> bool {
    !matches!(state, OrderState::AwaitingPayment | OrderState::Paid | OrderState::OnHold)
}

/// The order without what need not be kept: always without e-mail address and telephone number.
///
/// # Panics
///
/// Never: the words that stand for what is gone are good ones.
#[must_use]
pub fn erased(order: &Order, kept: Kept) -> Order {
    let mut order = order.clone();
    order.contact.email = Email::parse(ERASED_ADDRESS).expect("a good address");
    order.contact.phone = None;
    if kept == Kept::Books {
        let word = || ERASED_WORD;
        order.contact.name = Line::parse(word()).expect("a good line");
        let ship_to = &mut order.ship_to;
        ship_to.name = Line::parse(word()).expect("a good line");
        ship_to.line1 = Line::parse(word()).expect("a good line");
        ship_to.line2 = None;
        ship_to.city = Line::parse(word()).expect("a good line");
        ship_to.postcode = None;
    }
    order
}

/// Whether an order's customer was erased.
#[must_use]
pub fn is_erased(order: &Order) -> bool {
    order.contact.email.as_str() == ERASED_ADDRESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_records_are_kept_to_the_end_of_their_last_year() {
        let at = |day: &str| Instant::start_of(day.parse().expect("a day"));
        let on = |day: &str| day.parse::<Date>().expect("a day");
        let until = on("2025-12-31");
        assert_eq!(tax_records_until(at("2015-01-01"), 10), until);
        assert_eq!(tax_records_until(at("2015-12-31"), 10), until);
        assert_eq!(kept_of(at("2015-06-01"), until, 10), Kept::ForTax { until });
        assert_eq!(kept_of(at("2015-06-01"), on("2026-01-01"), 10), Kept::Books);
    }

    #[test]
    fn who_waits_for_a_parcel_is_not_erased() {
        for state in OrderState::ALL {
            let open = matches!(
                state,
                OrderState::AwaitingPayment | OrderState::Paid | OrderState::OnHold
            );
            assert_eq!(is_over(state), !open, "{state:?}");
        }
    }
}
