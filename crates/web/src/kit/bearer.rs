//! Calls of other programs: the key in `Authorization: Bearer kontor_…`.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use kontor_domain::staff::Permission;
use kontor_shop::staff::key_of;
use kontor_store::staff::key::Key;

use super::app::App;
use super::problem::Problem;

/// The key that a call carries, within its budget.
///
/// # Errors
///
/// The problem to answer with: no key or none that is good (401), too many calls (429).
async fn key_in(app: &App, headers: &HeaderMap) -> Result<Key, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (given.next(), given.next()) else { return Err(no_key()) };
    let secret = line.to_str().ok().and_then(|line| {
        let (scheme, secret) = line.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
    });
    let found = match secret {
        Some(secret) => key_of(&app.shop, secret).await.map_err(|fault| Problem::fault(&fault))?,
        None => None,
    };
    let key = found.ok_or_else(no_key)?;
    app.limiter.take_key(key.id.bytes()).map_err(Problem::too_many)?;
    Ok(key)
}

fn no_key() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "key.unknown")
        .detail("Send a key of this shop as Authorization: Bearer kontor_…")
}

/// Lets a call in whose key has this permission in at least one market; adds the [`Key`] to it. The handler narrows to the key's markets.
///
/// # Errors
///
/// The answer for all others.
pub(super) async fn admit(
    app: &App,
    needs: Permission,
    request: &mut Request,
) -> Result<(), Response> {
    let path = request.uri().path().to_owned();
    let problem = match key_in(app, request.headers()).await {
        Ok(key) if key.grant.scopes.contains(&needs) => {
            request.extensions_mut().insert(key);
            return Ok(());
        }
        Ok(_) => Problem::new(StatusCode::FORBIDDEN, "key.scope")
            .detail(format!("This key does not have the scope {}.", needs.word())),
        Err(problem) => problem,
    };
    let unknown = problem.status == StatusCode::UNAUTHORIZED;
    let mut response = problem.respond(app, &path, None);
    if unknown {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Err(response)
}
