//! `kontor routes`: every address that a server answers, with who may call it.

use std::process::ExitCode;

use clap::Parser;
use kontor_domain::staff::Permission;
use kontor_web::kit::routes::Route;
use kontor_web::server;
use serde_json::json;

/// List every address that a server answers, with who may call it.
///
/// Who may call: *public*, anybody; *token*, whoever has the link of a cart, a checkout or an order;
/// *staff*, the maker's people, with a permission where one is named; *key*, another program, with a
/// key that has the permission; *operator*, health and metrics, which the proxy in front does not pass
/// on. The list is that of this release, whatever the shop has: no database is opened.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Only addresses that begin like this, such as /admin.
    #[arg(value_name = "PATH", default_value = "/")]
    under: String,
    /// One line of JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let mut routes = server::routes();
    routes.retain(|route| is_under(route.path, &args.under));
    routes.sort_by_key(|route| (route.path, method(route)));
    println!("{}", if args.json { line(&routes) } else { table(&routes) });
    ExitCode::SUCCESS
}

/// Whether a path is this one or lies under it: `/admin` is no beginning of `/administration`.
fn is_under(path: &str, under: &str) -> bool {
    let under = under.trim_end_matches('/');
    path.strip_prefix(under).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

fn method(route: &Route) -> String {
    route.method.http().to_string()
}

fn table(routes: &[Route]) -> String {
    let wide = routes.iter().map(|route| route.path.len()).max().unwrap_or_default();
    let row = |route: &Route| {
        let needs = route.access.needs().map_or("", Permission::word);
        let (method, path, who) = (method(route), route.path, route.access.word());
        format!("{method:<4}  {path:<wide$}  {who:<8}  {needs}").trim_end().to_owned()
    };
    routes.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn line(routes: &[Route]) -> String {
    let object = |route: &Route| {
        json!({
            "method": method(route),
            "path": route.path,
            "access": route.access.word(),
            "needs": route.access.needs().map(Permission::word),
            "class": route.class.word(),
        })
    };
    serde_json::Value::from(routes.iter().map(object).collect::<Vec<_>>()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_where_a_segment_does() {
        assert!(is_under("/admin", "/admin"));
        assert!(is_under("/admin/orders", "/admin/"));
        assert!(is_under("/admin/orders.csv", "/admin/orders"));
        assert!(is_under("/", "/"));
        assert!(!is_under("/administration", "/admin"));
        assert!(!is_under("/reach", "/admin"));
    }
}
