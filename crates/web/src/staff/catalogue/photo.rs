//! Photographs: taken from a form, and shown to everybody under the hash of their bytes.

use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_domain::catalogue::Slug;
use kontor_domain::staff::Permission;
use kontor_shop::staff::Person;
use kontor_shop::staff::goods::{keep_photo, photo};

use super::super::desk::nothing;
use super::super::work::{refresh, sent_with_file, trouble};
use super::product::page;
use crate::kit::app::App;
use crate::kit::assets::CACHE_CONTROL;
use crate::kit::guard::secure_headers;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Repeat, Route};

pub(in crate::staff) const TAKE: Route = Route::desk_form(
    "/admin/catalogue/{model}/photos",
    Some(Permission::CatalogueEdit),
    Repeat::Natural,
);
/// A picture's name is the hash of its bytes: it never changes.
pub(in crate::staff) const PUBLIC: Route = Route::read("/pictures/{hash}", Class::Asset);

pub(in crate::staff) async fn take(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(code): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let (sent, file) = match sent_with_file(&app, &uri, parts).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Ok(model) = code.parse::<Slug>() else { return nothing(&app, &uri) };
    match keep_photo(&app.shop, &person, model, file.bytes).await {
        Ok(_) => {
            refresh(&app).await;
            Redirect::to(&format!("/admin/catalogue/{code}?said=done")).into_response()
        }
        Err(failure) => {
            let mut trouble = trouble(&app, &uri, &person, failure);
            if let super::super::work::Trouble::Wrong(_, wrong) = &mut trouble {
                for (field, _) in wrong {
                    "file".clone_into(field);
                }
            }
            match page(&app, &uri, &person, &code, "").await {
                Ok(page) => trouble.show(page, "photo", &sent),
                Err(response) => response,
            }
        }
    }
}

pub(in crate::staff) async fn public(
    State(app): State<App>,
    uri: Uri,
    Path(hash): Path<String>,
) -> Response {
    let named = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !named {
        return nothing(&app, &uri);
    }
    match photo(&app.shop, hash).await {
        Ok(Some((kind, content))) => {
            let mut response = (StatusCode::OK, content).into_response();
            let headers = response.headers_mut();
            secure_headers(headers);
            // Whatever a browser makes of the bytes, it runs nothing of them.
            let policy = HeaderValue::from_static("default-src 'none'; sandbox");
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media()));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
            response
        }
        Ok(None) => nothing(&app, &uri),
        Err(fault) => Problem::fault(&fault).respond(&app, uri.path(), None),
    }
}
