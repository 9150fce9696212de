//! Every code that a problem document can carry, with its status and what it means. The reference
//! lists them under the anchors that the documents' `type` points to; a test keeps the list
//! complete.

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProblemCode {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What it means and what to do.
    pub(crate) meaning: &'static str,
}

const fn code(status: u16, code: &'static str, meaning: &'static str) -> ProblemCode {
    ProblemCode { code, status, meaning }
}

/// The codes, in alphabetical order.
#[rustfmt::skip]
pub(crate) const PROBLEM_CODES: &[ProblemCode] = &[
    code(409, "cart.empty", "There is nothing in the cart, so nothing can be bought."),
    code(422, "cart.line_limit", "A cart holds only so many different variants; more.max says how many."),
    code(422, "cart.quantity_limit", "A cart holds 1 to more.max units of one variant."),
    code(409, "cart.stale_version", "The cart was changed since the version that the request names; more.version is the present one. Read the cart and decide anew."),
    code(404, "cart.unknown", "There is no such cart, or the token is another cart's. The two are told alike."),
    code(422, "cart.unknown_sku", "The body names a variant that does not exist."),
    code(404, "catalogue.unknown_model", "The path names a model that does not exist or is not announced in this market."),
    code(404, "catalogue.unknown_sku", "The path names a variant that does not exist or is not announced in this market."),
    code(409, "clearance.refused", "It may not be sold here today; more.reasons says why, more.changes_on when that can change. Nothing was changed."),
    code(409, "customer.not_taken", "The market takes no addresses at its present stage."),
    code(422, "customer.unknown_model", "The body names a model that does not exist."),
    code(400, "idempotency.key_malformed", "An Idempotency-Key has 1 to 255 visible ASCII characters."),
    code(400, "idempotency.key_missing", "This request needs exactly one Idempotency-Key."),
    code(422, "idempotency.key_reused", "The key was used for a request with another body. Use a new key for a new request."),
    code(400, "install.bad_country", "The country is two letters or Unknown."),
    code(400, "install.bad_device", "The device's hash is 1 to 64 hexadecimal digits."),
    code(400, "install.bad_model", "The name is no model's name."),
    code(400, "install.bad_version", "The version begins with two numbers and ends with the model's name."),
    code(503, "install.elsewhere", "Another server counts the installations; detail says why. Nothing was counted."),
    code(429, "install.flood", "Far too many new devices have come from this network today. Try again tomorrow."),
    code(503, "install.unavailable", "No reports are taken at the moment; nothing was counted. Try again shortly."),
    code(403, "key.scope", "The key is good, but does not have the scope that this needs."),
    code(401, "key.unknown", "No key came along, or none that is good: it may have expired or been ended."),
    code(409, "market.by_invitation", "The market is in beta and the buyer's address is on none of its waiting lists. Join one, confirm from the mailbox, and pay with that address."),
    code(409, "market.person_limit", "The market is in beta, and one person may have more.max of this variant there, over all orders."),
    code(409, "market.units_gone", "The market is in beta, and of what is given out there more.left units are left."),
    code(404, "market.unknown", "There is no such market."),
    code(422, "order.address_needed", "The tax depends on an address that is not complete."),
    code(409, "order.already_dispatched", "The parcel has left; from here on it is a return."),
    code(409, "order.already_over", "The order is cancelled or refunded already."),
    code(409, "order.already_placed", "The checkout has led to an order already; read the checkout to find it."),
    code(409, "order.checkout_expired", "The checkout has ended. Begin a new one from the cart."),
    code(409, "order.empty", "There is nothing to buy."),
    code(409, "order.gone", "When the money came the goods were gone or may no longer be sold. There is no order, and the money goes back."),
    code(409, "order.not_paying", "The checkout is not at this step."),
    code(422, "order.not_served", "The market does not ship to that country."),
    code(409, "order.payment_under_way", "A payment is under way. Read the checkout to see how it comes out."),
    code(409, "order.total_changed", "The total is another one than the buyer has seen; more.now is the present one. Show it and ask again."),
    code(404, "order.unknown", "No order has this token."),
    code(404, "order.unknown_checkout", "There is no such checkout, or the token is another one's. The two are told alike."),
    code(409, "payment.amount_out_of_range", "An amount is negative, zero or too large."),
    code(402, "payment.declined", "The payment was declined and nothing was charged; the goods are still held. Try again with a new key, or pay in another way."),
    code(409, "payment.mixed_currencies", "Amounts are in different currencies."),
    code(409, "payment.money_is_in", "The order has been paid; it is refunded and not called off."),
    code(409, "payment.more_than_captured", "More would go back than has come in."),
    code(409, "payment.more_than_due", "More would be taken than is owed."),
    code(409, "payment.more_than_sold", "More would be taken back than was sold."),
    code(422, "payment.not_offered", "This way to pay is not offered here."),
    code(404, "payment.unknown", "There is no such payment that waits for the buyer."),
    code(409, "payment.wrong_state", "The payment is not at this step; a payment that was confirmed cannot be refused afterwards."),
    code(409, "price.above_mrp", "The price is above the maximum retail price printed on the package."),
    code(409, "price.missing", "It may be sold, but it has no price here."),
    code(422, "price.mixed_currencies", "The amount is in another currency than the market's prices."),
    code(409, "price.no_price", "There is no price in force."),
    code(409, "price.no_tax_rate", "No tax rate is known for that place; it is not taken as zero."),
    code(422, "price.out_of_range", "An amount is too large to be right."),
    code(500, "request.fault", "Something failed on our side. The log knows the request's id."),
    code(422, "request.invalid", "The body is JSON but does not fit; errors says where and why."),
    code(415, "request.media_type", "Bodies are sent with Content-Type: application/json."),
    code(405, "request.method_not_allowed", "The address exists, but not with this method; Allow says with which."),
    code(404, "request.not_found", "There is nothing at this address."),
    code(400, "request.not_json", "The body is not JSON."),
    code(400, "request.parameter", "A query parameter is unknown, comes twice or cannot be used."),
    code(400, "request.token_missing", "The header with the token is missing."),
    code(413, "request.too_large", "The body has too many bytes, or did not come in full."),
    code(429, "request.too_many", "Too many requests from one address; Retry-After says when to try again."),
    code(409, "reseller.allotment", "More units are ordered than are left of the allotment; detail names the clause."),
    code(422, "reseller.bad_rows", "Rows of the report cannot be read; errors names them. Nothing was written."),
    code(422, "reseller.bad_text", "A text cannot be used; detail says which and how long it may be."),
    code(409, "reseller.bill_state", "The order's bill was paid: the money goes back first, then it can be cancelled."),
    code(401, "reseller.key", "The key is missing, has ended or never was."),
    code(409, "reseller.no_price", "The contract has no price for a variant; detail names the clause."),
    code(409, "reseller.not_in_force", "The contract does not hold on that day; detail names the clause."),
    code(409, "reseller.not_permitted", "A model is not among those that the contract permits; detail names the clause."),
    code(409, "reseller.outside_territory", "The country is not in the contract's territory; detail names the clause."),
    code(422, "reseller.report_size", "A report has 1 to 10,000 rows."),
    code(409, "reseller.size", "An order has 1 to 500 lines of 1 to 1,000,000 units."),
    code(409, "reseller.sum", "The order is too large to be added up."),
    code(409, "reseller.too_few", "The order has fewer units than the contract's minimum; detail names the clause."),
    code(404, "reseller.unknown_contract", "There is no such contract of yours."),
    code(404, "reseller.unknown_order", "There is no such order of yours that has not left."),
    code(409, "sale.being_paid", "The units of the place, or another deposit of this person, are being paid at this moment. Try again shortly."),
    code(409, "sale.claim_settled", "The claim is past that."),
    code(404, "sale.claim_unknown", "There is no such claim."),
    code(403, "sale.code_not_yours", "The code belongs to somebody else."),
    code(409, "sale.code_same_person", "The code is passed on to its holder."),
    code(409, "sale.code_transferred_before", "The code was passed on before; it changes hands once."),
    code(422, "sale.code_unknown", "There is no such code in this sale."),
    code(409, "sale.code_used", "A unit was bought with the code."),
    code(409, "sale.deposit_being_paid", "A payment of the deposit is under way. Read the deposit to see how it comes out."),
    code(409, "sale.deposit_changed", "The deposit is another amount than the one that was seen. Read the sale and ask again."),
    code(409, "sale.deposit_gone", "When the money came the place could not be had any more. There is none, and the money goes back."),
    code(409, "sale.deposit_missing", "The deposit of this place went back, and the place with it."),
    code(409, "sale.deposit_needed", "A place in this line costs a deposit: pay it with POST …/deposit."),
    code(409, "sale.deposit_not_paid", "The deposit is not paid: there is nothing to give back."),
    code(409, "sale.deposit_over", "The deposit went towards an order, or went back."),
    code(409, "sale.deposit_paid", "The deposit is paid already."),
    code(404, "sale.deposit_unknown", "There is no such deposit, or the token is another one's. The two are told alike."),
    code(503, "sale.elsewhere", "The lot is not here at this moment. Send the same request again."),
    code(409, "sale.entered_elsewhere", "This person has entered by another way or in another market."),
    code(409, "sale.excluded", "This person may not take part in sales. Write to the shop if that is a mistake."),
    code(409, "sale.halted", "The sale stands still."),
    code(409, "sale.hold_already_extended", "The hold has had its one extension."),
    code(409, "sale.hold_ended", "The hold has ended."),
    code(409, "sale.left_line", "The place in the waiting list that this request once got was left: stand in line again with a new key."),
    code(409, "sale.no_entries", "Nobody can enter the sale now."),
    code(422, "sale.no_way", "The sale does not have this way in in this market."),
    code(409, "sale.not_cleared", "It may not be sold to this country."),
    code(409, "sale.not_drawn", "The draw went to others."),
    code(409, "sale.not_live", "The sale takes nothing at this moment."),
    code(409, "sale.not_sold_out", "There are units to take: no need to wait."),
    code(409, "sale.not_your_turn", "Others come first. Ask again after a moment."),
    code(409, "sale.not_yours", "The claim belongs to whoever has entered: pay with the e-mail address or telephone number of the entry."),
    code(503, "sale.overloaded", "Too many requests wait. Send the same request again."),
    code(409, "sale.person_limit", "This person has as many as one person may have."),
    code(409, "sale.place_paid", "A deposit was paid for a place of this person before; it is opened with its own token."),
    code(409, "sale.quota_below_taken", "More units are taken already."),
    code(409, "sale.sold_out", "Every unit is taken or held. The request may be sent again."),
    code(403, "sale.ticket_expired", "The ticket's time is over."),
    code(403, "sale.ticket_invalid", "This is not a ticket of this shop."),
    code(403, "sale.ticket_other_sale", "The ticket is for another sale."),
    code(422, "sale.units", "The number of units is out of range."),
    code(404, "sale.unknown", "There is no such sale."),
    code(409, "sale.waiting_full", "The waiting list is full."),
    code(409, "stock.all_shipped", "Everything has been dispatched."),
    code(409, "stock.count_below_promised", "More units are promised than were counted."),
    code(422, "stock.duration_out_of_range", "A hold cannot last that long."),
    code(409, "stock.hold_already_extended", "The hold was extended before."),
    code(409, "stock.hold_expired", "The goods are no longer held. Begin the checkout again."),
    code(409, "stock.hold_not_claimed", "The hold is not an order."),
    code(409, "stock.hold_not_ended", "The hold's end has not come."),
    code(409, "stock.hold_settled", "The hold is over already."),
    code(409, "stock.insufficient", "Not everything is there; more.short says how many units of what are missing."),
    code(409, "stock.more_than_ordered", "More would be dispatched than was ordered."),
    code(422, "stock.no_lines", "Nothing is wanted."),
    code(409, "stock.not_another_quota", "A quota moves between two markets of one item at one site."),
    code(422, "stock.too_many_lines", "Too many lines at once."),
    code(422, "stock.units_out_of_range", "Zero, negative or too many units."),
    code(503, "store.closed", "The server is stopping; nothing was changed. Try again shortly."),
    code(503, "store.conflict", "Too busy at the moment; nothing was changed. Try again shortly."),
    code(
        503,
        "store.outcome_unknown",
        "The database was lost at the last moment: the same request with the same key tells what \
         became of it.",
    ),
    code(503, "store.overloaded", "Too busy at the moment; nothing was changed. Try again shortly."),
    code(
        503,
        "store.unreachable",
        "The database is out of reach; nothing was changed. Try again shortly.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_says_each_code_once() {
        for pair in PROBLEM_CODES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} and {}", pair[0].code, pair[1].code);
        }
        for entry in PROBLEM_CODES {
            assert!(entry.meaning.ends_with('.'), "{}", entry.code);
            assert!((400..600).contains(&entry.status), "{}", entry.code);
        }
    }
}
