//! Every route of the server with its access rule, in one list that tests walk and `kontor routes` prints.
//!
//! A route exists only through [`Routes::add`], so none can be served without saying who may call
//! it, what kind of traffic it is, and how a repeated write is recognised.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;

use kontor_domain::staff::Permission;

use super::app::App;
use super::express::{Answer, Entry, Express};
use super::guard::{Guard, is_desk};
use super::problem::Problem;
use crate::staff::problem::{Asked, as_at_the_desk};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever holds the token that the route itself checks (a cart, a checkout, an order's link).
    Token,
    /// Machines that look after the server; not to be exposed by the proxy in front.
    Operator,
    /// The maker's people who are signed in, with this permission in at least one market where one
    /// is named. The handler is given the person and narrows to their markets.
    Staff(Option<Permission>),
    /// Other programs of the maker's, by a key with this permission in at least one market. The handler
    /// is given the key and narrows to its markets; with the further permissions it tells more.
    Key(Permission, &'static [Permission]),
}

impl Access {
    /// The word for it in lists.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Token => "token",
            Self::Operator => "operator",
            Self::Staff(_) => "staff",
            Self::Key(..) => "key",
        }
    }

    /// The permission without which it is refused, where one is named.
    #[must_use]
    pub const fn needs(self) -> Option<Permission> {
        match self {
            Self::Staff(needs) => needs,
            Self::Key(needs, _) => Some(needs),
            Self::Public | Self::Token | Self::Operator => None,
        }
    }

    /// What a key needs for it, or can have in order to be told more.
    pub fn of_keys(self) -> impl Iterator<Item = Permission> {
        let (needs, more): (_, &[Permission]) = match self {
            Self::Key(needs, more) => (Some(needs), more),
            Self::Public | Self::Token | Self::Operator | Self::Staff(_) => (None, &[]),
        };
        needs.into_iter().chain(more.iter().copied())
    }
}

/// What kind of traffic a route is: the label of its metrics and the bucket of its rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Static files.
    Asset,
    /// Pages that are the same for everybody.
    Page,
    /// Pages and answers for one person.
    Personal,
    /// Reading the JSON API.
    Read,
    /// Public writes.
    Write,
    /// Waiting-list sign-ups.
    SignUp,
    /// The maker's people coming in.
    SignIn,
    /// Reports of devices: many come from one address, a carrier's.
    Report,
    /// Health and metrics.
    Operation,
}

impl Class {
    /// The label in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Page => "page",
            Self::Personal => "personal",
            Self::Read => "read",
            Self::Write => "write",
            Self::SignUp => "sign_up",
            Self::SignIn => "sign_in",
            Self::Report => "report",
            Self::Operation => "operation",
        }
    }

    /// Whether requests of this class change something.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Write | Self::SignUp | Self::SignIn | Self::Report)
    }
}

/// How a repeated request is kept from having a second effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing.
    Harmless,
    /// By the `Idempotency-Key` header, which is required.
    Header,
    /// By the form's hidden `key`.
    FormKey,
    /// By the cart's version that the browser has seen.
    SeenVersion,
    /// The write says what shall be, not what shall change: twice is once.
    Natural,
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method; `GET` answers `HEAD` too.
    pub method: Verb,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What kind of traffic it is.
    pub class: Class,
    /// How a repeated request is recognised.
    pub repeat: Repeat,
}

/// The methods that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Verb {
    /// The method of the HTTP library.
    #[must_use]
    pub const fn http(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
        }
    }
}

impl Route {
    /// A page or answer that anybody may read.
    #[must_use]
    pub const fn read(path: &'static str, class: Class) -> Self {
        let (access, repeat) = (Access::Public, Repeat::Harmless);
        Self { method: Verb::Get, path, access, class, repeat }
    }

    /// A page or answer behind a token.
    #[must_use]
    pub const fn secret(path: &'static str, class: Class) -> Self {
        let (access, repeat) = (Access::Token, Repeat::Harmless);
        Self { method: Verb::Get, path, access, class, repeat }
    }

    /// A page for the maker's people.
    #[must_use]
    pub const fn desk(path: &'static str, needs: Option<Permission>) -> Self {
        let (access, repeat) = (Access::Staff(needs), Repeat::Harmless);
        Self { method: Verb::Get, path, access, class: Class::Personal, repeat }
    }

    /// A form of the maker's people.
    #[must_use]
    pub const fn desk_form(path: &'static str, needs: Option<Permission>, repeat: Repeat) -> Self {
        Self::write(path, Access::Staff(needs), repeat)
    }

    /// A public write.
    #[must_use]
    pub const fn write(path: &'static str, access: Access, repeat: Repeat) -> Self {
        Self { method: Verb::Post, path, access, class: Class::Write, repeat }
    }
}

/// The routes of the server while it is put together.
#[derive(Debug, Default)]
pub struct Routes(Vec<Added>);

/// A route with what answers it.
#[derive(Debug)]
struct Added {
    route: Route,
    handler: MethodRouter<App>,
    /// The way to its answer that waits for nothing, where there is one.
    at_once: Option<Answer>,
}

impl Routes {
    /// Adds a route with its handler, guarded by what the route says of itself.
    #[must_use]
    pub fn add(mut self, route: Route, handler: MethodRouter<App>) -> Self {
        self.0.push(Added { route, handler, at_once: None });
        self
    }

    /// Adds a route whose answer is mostly there at once, with the way to it that waits for nothing.
    ///
    /// # Panics
    ///
    /// When the route is not one that anybody may read: its guard would have more to do.
    #[must_use]
    pub fn add_express(mut self, route: Route, handler: MethodRouter<App>, answer: Answer) -> Self {
        assert!(
            route.access == Access::Public && !route.class.writes(),
            "{} is not a read that anybody may make",
            route.path
        );
        self.0.push(Added { route, handler, at_once: Some(answer) });
        self
    }

    /// The list, for whoever walks or prints it.
    #[must_use]
    pub fn list(&self) -> Vec<Route> {
        self.0.iter().map(|added| added.route).collect()
    }

    /// The express lane and the router of a server.
    pub fn finish(self, app: App) -> (Express, Router) {
        let paths: Vec<_> = self.0.iter().map(|added| added.route.path).collect();
        let (mut entries, mut router) = (Vec::new(), Router::new());
        for Added { route, handler, at_once } in self.0 {
            let guard = Arc::new(Guard::new(app.clone(), route));
            entries.extend(at_once.map(|answer| Entry::new(Arc::clone(&guard), answer)));
            let handler = handler.layer(from_fn_with_state(guard, super::guard::guard));
            router = router.route(route.path, handler);
        }
        let express = Express::new(app.clone(), entries, &paths);
        let fallback = super::guard::not_found;
        let router = router.fallback(fallback).method_not_allowed_fallback(not_allowed);
        (express, router.with_state(app))
    }
}

/// The answer where a route is, but not with this method; `Allow` is added on the way out.
async fn not_allowed(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    // The address of a form of the staff area, read again or come back to: its page is the one above it.
    if method == Method::GET
        && is_desk(uri.path())
        && let Some((above, last)) = uri.path().rsplit_once('/')
        // A file that only a form gives out has no page.
        && !last.contains('.')
    {
        return Redirect::to(above).into_response();
    }
    let response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "request.method_not_allowed")
        .detail("The address exists, but not with this method; Allow says with which.")
        .respond(&app, uri.path(), None);
    if !is_desk(uri.path()) {
        return response;
    }
    as_at_the_desk(&app, &Asked::of(&headers, None), response).await
}
