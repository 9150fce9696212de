//! Records evidence: the form, and what becomes of it. It takes effect when a second person agrees.

use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Country, Date};
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{
    AskedElsewhere, FactRef, GrantRow, Place as At, Reach, Rule, Subject, check_asked,
};
use kontor_domain::market::{Market, Stage};
use kontor_domain::opening::{GapItem, product_gap};
use kontor_domain::staff::Permission;
use kontor_shop::staff::{
    Act, ActRefusal, Person, Refusal, Undertaken, Undertaking, Upload, document, keep_document,
    undertake,
};
use kontor_shop::{Failure, Snapshot};
use kontor_store::StoreError;
use serde::Deserialize;

use super::clearance::name_of;
use super::desk::{failed, market_for, nothing, shell};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{GrantForm, GrantFormPage, Place};

const GRANTS: Option<Permission> = Some(Permission::ClearanceGrant);
const PATH: &str = "/admin/{market}/clearances/{sku}/grant";
pub(super) const FORM: Route = Route::desk(PATH, GRANTS);
pub(super) const RECORD: Route = Route::desk_form(PATH, GRANTS, Repeat::FormKey);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    rule: String,
}

/// The market, the product and the rule that a form is about.
struct About<'s> {
    snapshot: &'s Snapshot,
    market: &'s Market,
    variant: &'s Variant,
    model: &'s Model,
    rule: &'s Rule,
}

fn about<'s>(
    app: &App,
    person: &Person,
    snapshot: &'s Snapshot,
    market: &str,
    sku: &str,
    rule: &str,
) -> Option<About<'s>> {
    let market = market_for(app, person, Permission::ClearanceGrant, market)?;
    let market = snapshot.market(market)?;
    let (variant, model) = sku.parse::<Sku>().ok().and_then(|sku| snapshot.product(&sku))?;
    let rule = snapshot.facts.records().rules.iter().find(|known| known.code.as_str() == rule)?;
    Some(About { snapshot, market, variant, model, rule })
}

impl About<'_> {
    /// The country of the market that evidence for the rule is of: the rule's own, or the first that asks for
    /// it.
    fn country(&self) -> Result<Country, AskedElsewhere> {
        let countries = &self.market.countries;
        if let Reach::Country(own) = self.rule.reach
            && countries.contains(&own)
        {
            return Ok(own);
        }
        let rules = &self.snapshot.facts.records().rules;
        let asked = |country| check_asked(rules, &self.rule.code, Reach::Country(country));
        match countries.iter().copied().find(|country| asked(*country).is_ok()) {
            Some(country) => Ok(country),
            None => asked(self.market.home()).map(|()| self.market.home()),
        }
    }

    /// The other rules that ask for something for this product in the market: where their form is, their code
    /// and title.
    fn others(&self, today: Date) -> Vec<(String, String, String)> {
        // Judged as if the market were open, as in the matrix.
        let mut open = self.market.clone();
        open.stage = Stage::Open;
        let subject = Subject::new(self.variant, self.model);
        let facts = &self.snapshot.facts;
        let gap = product_gap(&subject, &At::market(&open), today, today, facts);
        let (market, sku) = (self.market.code, &self.variant.sku);
        let other = |item: &GapItem| match &item.fact {
            Some(FactRef::Rule(code)) if *code != self.rule.code => {
                let path = format!("/admin/{market}/clearances/{sku}/grant?rule={code}");
                Some((path, code.to_string(), item.title.clone()))
            }
            _ => None,
        };
        let mut others: Vec<_> = gap.items.iter().filter_map(other).collect();
        others.sort();
        others.dedup();
        others
    }
}

/// What a form says that is about a rule of somewhere else.
fn of_elsewhere(person: &Person, elsewhere: AskedElsewhere) -> Vec<(String, String)> {
    let t = Text::new(person.language, None);
    vec![("country".to_owned(), t.wrong(&elsewhere.into()).into_owned())]
}

pub(super) async fn form(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, sku)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let snapshot = app.shop.snapshots.now();
    let Some(about) = about(&app, &person, &snapshot, &market, &sku, &asked.rule) else {
        return nothing(&app, &uri);
    };
    let elsewhere = about.country().err();
    let errors = elsewhere.map(|elsewhere| of_elsewhere(&person, elsewhere)).unwrap_or_default();
    let form = GrantForm { clearance: asked.rule, ..GrantForm::default() };
    answer(&app, &person, &about, form, errors, form_key::fresh(&app)).await
}

async fn answer(
    app: &App,
    person: &Person,
    about: &About<'_>,
    form: GrantForm,
    errors: Vec<(String, String)>,
    key: String,
) -> Response {
    let shell = shell(app, person, Place::Clearances).await;
    let t = shell.text();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = GrantFormPage {
        market: about.market.code,
        sku: about.variant.sku.to_string(),
        name: name_of(&t, about.variant, about.model),
        model: about.model.text(t.language(), |text| &text.name).to_owned(),
        title: about.rule.title.clone(),
        identifier: about.rule.identifier.clone(),
        authority: about.rule.authority.clone(),
        elsewhere: about.country().is_err(),
        others: about.others(app.shop.now().date()),
        form,
        errors,
        key,
        shell,
    };
    html(status, &page)
}

/// The form as it was sent.
#[derive(Default)]
struct Sent {
    key: String,
    form: GrantForm,
    upload: Option<Upload>,
}

async fn read(mut parts: Multipart) -> Result<Sent, Problem> {
    /// The longest text of a field, in bytes.
    const TEXT_MAX: usize = 4_096;
    let bad = |error: &axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large")
        } else {
            Problem::bad_form()
        }
    };
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await.map_err(|error| bad(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().unwrap_or_default().to_owned();
        let content = part.bytes().await.map_err(|error| bad(&error))?;
        if name == "document" {
            if !content.is_empty() {
                sent.upload = Some(Upload { name: file, content: content.to_vec() });
            }
            continue;
        }
        if content.len() > TEXT_MAX {
            return Err(Problem::bad_form());
        }
        let text = String::from_utf8(content.to_vec()).map_err(|_| Problem::bad_form())?;
        let form = &mut sent.form;
        // Only these fields can be set; whatever else a form has is not read.
        let field = match name.as_str() {
            "key" => &mut sent.key,
            "clearance" => &mut form.clearance,
            "covers" => &mut form.covers,
            "number" => &mut form.number,
            "issuer" => &mut form.issuer,
            "issued_on" => &mut form.issued_on,
            "expires_on" => &mut form.expires_on,
            "verified_how" => &mut form.verified_how,
            "reason" => &mut form.reason,
            "stored" => &mut form.stored,
            _ => continue,
        };
        *field = text.trim().to_owned();
    }
    Ok(sent)
}

pub(super) async fn record(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, sku)): Path<(String, String)>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let Ok(parts) = parts else { return Problem::bad_form().respond(&app, uri.path(), None) };
    let mut sent = match read(parts).await {
        Ok(sent) => sent,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let snapshot = app.shop.snapshots.now();
    let found = about(&app, &person, &snapshot, &market, &sku, &sent.form.clearance);
    let Some(about) = found else { return nothing(&app, &uri) };
    let country = match about.country() {
        Ok(country) => country,
        Err(elsewhere) => {
            let errors = of_elsewhere(&person, elsewhere);
            return answer(&app, &person, &about, sent.form, errors, form_key::fresh(&app)).await;
        }
    };
    let t = Text::new(person.language, None);
    let mut errors = missing(&t, &sent.form);
    let mut row = row(&app, &person, &about, country, &sent.form, &sent.key);
    match paper(&app, &person, &about, &mut sent).await {
        Ok(true) => {}
        Ok(false) => {
            let words = t.get("staff-document-bad").into_owned();
            errors.push(("document".to_owned(), words));
        }
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    }
    if !sent.form.stored.is_empty() {
        row.document = format!("document:{}", sent.form.stored);
    }
    if !errors.is_empty() {
        return answer(&app, &person, &about, sent.form, errors, form_key::fresh(&app)).await;
    }
    let act = Act::Grant(Box::new(row));
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let once = app.shop.keys.once(&format!("staff.grant {}", person.id), &sent.key, &body);
    let undertaking = Undertaking { act, reason: sent.form.reason.clone(), once };
    match undertake(&app.shop, &person, undertaking).await {
        Ok(done) => match done.answer {
            Undertaken::Waiting(id) => {
                Redirect::to(&format!("/admin/proposals/{id}?said=proposed")).into_response()
            }
            Undertaken::Done => {
                Redirect::to(&format!("/admin/{market}/clearances/{sku}")).into_response()
            }
        },
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let (field, words) = match &refusal {
                Refusal::Act(ActRefusal::Row { field, problem }) => {
                    (*field, t.wrong(problem).into_owned())
                }
                Refusal::Field(_) => ("reason", why(&t, &refusal)),
                other if other.code().starts_with("staff.not") => {
                    return failed(&app, &uri, Failure::Refused(refusal));
                }
                other => ("number", why(&t, other)),
            };
            let errors = vec![(field.to_owned(), words)];
            answer(&app, &person, &about, sent.form, errors, form_key::fresh(&app)).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

/// Keeps the paper that came with the form, or finds the one that came with it before: whatever else is wrong
/// with the form, nobody chooses it again. `false`: it cannot be taken.
async fn paper(
    app: &App,
    person: &Person,
    about: &About<'_>,
    sent: &mut Sent,
) -> Result<bool, StoreError> {
    if let Some(upload) = sent.upload.take() {
        let name = upload.name.clone();
        match keep_document(&app.shop, person, about.market.code, upload).await {
            Ok(hash) => (sent.form.stored, sent.form.stored_name) = (hash, name),
            Err(Failure::Fault(fault)) => return Err(fault),
            Err(_) => {
                sent.form.stored.clear();
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if sent.form.stored.is_empty() {
        return Ok(true);
    }
    // A form names only what is theirs to see.
    let hash = std::mem::take(&mut sent.form.stored);
    let found = document(&app.shop, person, hash).await?;
    let is_there = found.is_some();
    if let Some(found) = found {
        (sent.form.stored, sent.form.stored_name) = (found.hash, found.name);
    }
    Ok(is_there)
}

fn missing(t: &Text, form: &GrantForm) -> Vec<(String, String)> {
    let wanted = [
        ("number", "staff-number", &form.number),
        ("issuer", "staff-issuer", &form.issuer),
        ("issued_on", "staff-from", &form.issued_on),
        ("reason", "staff-reason", &form.reason),
    ];
    let empty = wanted.into_iter().filter(|(_, _, value)| value.is_empty());
    empty
        .map(|(field, label, _)| {
            let label = t.get(label);
            let problem = t.get("field-missing");
            let words = t.two("staff-field-bad", "field", label, "problem", problem);
            (field.to_owned(), words.into_owned())
        })
        .collect()
}

/// The evidence as a row. Its code follows from the form's key, so that a form sent twice names the
/// same evidence.
fn row(
    app: &App,
    person: &Person,
    about: &About<'_>,
    country: Country,
    form: &GrantForm,
    key: &str,
) -> GrantRow {
    let hash = app.shop.keys.staff_secret(format!("{} {key}", person.id).as_bytes());
    let mark = &kontor_base::id::encode(hash)[1..9].to_uppercase();
    let model = form.covers == "model";
    let today = app.shop.now().date();
    GrantRow {
        code: format!("{}-{mark}", form.clearance),
        kind: "grant".to_owned(),
        clearance: form.clearance.clone(),
        country: country.to_string(),
        model: if model { about.model.code.to_string() } else { String::new() },
        sku: if model { String::new() } else { about.variant.sku.to_string() },
        number: form.number.clone(),
        issuer: form.issuer.clone(),
        issued_on: form.issued_on.clone(),
        expires_on: form.expires_on.clone(),
        verified_how: form.verified_how.clone(),
        verified_by: person.name.to_string(),
        verified_on: today.to_string(),
        source: format!("recorded by {}", person.name),
        confidence: "S1".to_owned(),
        ..GrantRow::default()
    }
}
