//! The OpenAPI document, put together from the annotations of the endpoints.

use utoipa::OpenApi;
use utoipa::openapi;

use crate::api::{
    cart, catalogue, clearance, customer, install, market, order, payment, reach, reseller, sale,
};
use crate::kit::problem::{FieldProblem, ProblemDocument};

/// How the API is used, for the document and the reference; paragraphs stand apart.
pub(super) const CONVENTIONS: &str = "\
The shop for programs: the same shelf, verdicts, carts, checkouts and orders as its pages, decided \
by the same code.

Money is an integer of minor units with its currency; decimal is the same for reading. Moments are \
RFC 3339 in UTC, days are ISO 8601. Unknown fields and unknown query parameters are refused.

Every POST and PUT that says so needs an Idempotency-Key: a random UUID, the same one when you try \
again. The same key with the same body has one effect and one answer, marked with \
Idempotent-Replayed: true; with another body it is refused. A request that was refused changed \
nothing and may be repeated with its key.

Carts, checkouts, entries and claims of sales are opened by the token that came with them, in the \
headers Kontor-Cart, Kontor-Checkout, Kontor-Ticket, Kontor-Claim and Kontor-Deposit; an order by the token in its address. A wrong token is answered like an id that \
does not exist. Keep tokens secret.

Other programs of the maker's send a key as Authorization: Bearer kontor_…; it is made in the staff \
area, has scopes and markets, and ends by itself.

Errors are problem documents (RFC 9457, application/problem+json): code is stable, detail says \
what to do, errors names the fields by JSON pointers, more carries what a program can use. A \
request that is answered with one has changed nothing.";

/// The document's fixed parts. The endpoints are listed here; a test compares them with the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kontor API",
        version = "1",
        description = CONVENTIONS,
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        market::list_markets,
        catalogue::shelf::show_shelf,
        catalogue::product::show_product,
        clearance::show::show_clearance,
        cart::create::create_cart,
        cart::show::show_cart,
        cart::set_line::set_line,
        order::begin::begin_checkout,
        order::checkout::show_checkout,
        order::place::place_order,
        payment::take_second_step,
        order::list::list_orders,
        order::show::show_order,
        customer::join_waiting_list,
        sale::show::list_sales,
        sale::show::show_sale,
        sale::enter::enter_sale,
        sale::status::show_entry,
        sale::claim::claim_in_sale,
        sale::wait::wait_in_sale,
        sale::stop_waiting::stop_waiting_in_sale,
        sale::check_out::check_out_claim,
        sale::give_up::give_up_claim,
        sale::deposit::pay_for_place,
        sale::deposit::show_deposit,
        sale::deposit::leave,
        sale::pass_on::pass_code_on,
        sale::report::show_report,
        install::report::report_installation,
        install::overview::show_installations,
        install::table::show_table,
        install::history::show_history,
        install::lineage::report_lineage,
        install::lineage::show_lineage,
        reach::overview::show_reach,
        reach::counter::show_counter,
        reach::table::show_table,
        reach::record::show_record,
        reseller::show::show_reseller,
        reseller::order::place_reseller_order,
        reseller::cancel::cancel_reseller_order,
        reseller::sell_out::report_sold,
        super::openapi_json::show_openapi,
        super::reference::show_reference,
    ),
    components(schemas(ProblemDocument, FieldProblem)),
    tags(
        (name = "Markets", description = "Where the shop is and how far it has come."),
        (name = "Catalogue", description = "What there is, what it costs, what may be done with it."),
        (name = "Clearance", description = "Why something may or may not be sold."),
        (name = "Carts", description = "What somebody wants to buy. Nothing is held yet."),
        (name = "Checkouts", description = "From a held cart to a placed order."),
        (name = "Orders", description = "What was bought."),
        (name = "Waiting lists", description = "Tell me when."),
        (name = "Sales", description = "Scarce items, sold in seconds."),
        (name = "Installations", description = "How many devices run the ROM, each number with its definition."),
        (name = "Published figures", description = "What is said of the maker, with its sources; and what is counted."),
        (name = "Resellers", description = "Contract, allotment, orders and sell-out reports of a reseller."),
        (name = "This document", description = "The API's description."),
    ),
)]
struct Description;

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> openapi::OpenApi {
    Description::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    use crate::kit::routes::{Repeat, Route, Verb};

    fn document() -> Value {
        serde_json::to_value(openapi()).expect("the document is JSON")
    }

    fn routes() -> Vec<Route> {
        crate::api::ROUTES.to_vec()
    }

    fn word(verb: Verb) -> &'static str {
        match verb {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Put => "put",
        }
    }

    /// Every operation with its method and path.
    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let paths = document["paths"].as_object().expect("there are paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().expect("a path has operations");
            item.iter().map(|(method, operation)| (method.clone(), path.clone(), operation))
        });
        operations.collect()
    }

    #[test]
    fn the_document_has_exactly_the_routes() {
        let document = document();
        let described: BTreeSet<(String, String)> =
            operations(&document).into_iter().map(|(m, p, _)| (m, p)).collect();
        let routed: BTreeSet<(String, String)> = routes()
            .iter()
            .map(|route| (word(route.method).to_owned(), route.path.to_owned()))
            .collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_operation_is_described() {
        let document = document();
        let mut ids = BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let place = format!("{method} {path}");
            let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
            assert!(!text("summary").is_empty() && !text("summary").ends_with('.'), "{place}");
            assert!(text("description").ends_with('.'), "{place}");
            assert!(ids.insert(text("operationId")), "{place} shares its id");
            let responses = operation["responses"].as_object().expect("there are answers");
            for (status, response) in responses {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                let is_problem = *schema == "#/components/schemas/ProblemDocument";
                assert_eq!(is_problem, !status.starts_with('2'), "{place} {status}");
            }
            for segment in path.split('/').filter_map(|s| s.strip_prefix('{')) {
                let name = segment.trim_end_matches('}');
                let parameters = operation["parameters"].as_array().expect("there are parameters");
                assert!(
                    parameters.iter().any(|p| p["name"] == name && p["in"] == "path"),
                    "{place}"
                );
            }
        }
    }

    #[test]
    fn writes_say_how_repetition_is_recognised() {
        let document = document();
        for route in routes() {
            let operation = &document["paths"][route.path][word(route.method)];
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let has_key = parameters.iter().any(|p| p["name"] == "Idempotency-Key");
            assert_eq!(has_key, route.repeat == Repeat::Header, "{}", route.path);
            assert_eq!(route.class.writes(), route.method != Verb::Get, "{}", route.path);
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
