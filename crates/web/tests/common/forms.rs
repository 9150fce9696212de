//! The forms of a page, as a browser reads them: enough to send one of them somewhere else.

/// A form.
#[derive(Clone, Debug)]
pub(crate) struct PageForm {
    /// Where it is sent.
    pub(crate) action: String,
    /// Names and values, with something in every field that was empty.
    pub(crate) fields: Vec<(String, String)>,
    /// It carries files.
    pub(crate) multipart: bool,
}

impl PageForm {
    /// Its fields as they are sent.
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The forms of a page that are posted.
pub(crate) fn forms(page: &str) -> Vec<PageForm> {
    let all = page.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    all.filter(|form| tag(form).contains("method=\"post\"")).map(read).collect()
}

/// The fields of the form that is sent to `action`, exactly as the page has filled them: what a browser
/// sends when somebody presses the button and types nothing. Of several such forms the first counts.
pub(crate) fn as_it_stands(page: &str, action: &str) -> Vec<(String, String)> {
    let all = page.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    let mut of_action = all
        .filter(|form| attribute(&format!(" {}", tag(form)), "action").as_deref() == Some(action));
    let form = of_action.next().unwrap_or_else(|| panic!("no form for {action} in {page}"));
    let mut fields = Vec::new();
    for piece in form.split('<').skip(1) {
        let head = tag(piece);
        let Some(name) = attribute(head, "name") else { continue };
        let value = attribute(head, "value").unwrap_or_default();
        let kind = attribute(head, "type").unwrap_or_default();
        if piece.starts_with("input") {
            let picked = kind != "checkbox" && kind != "radio" || head.ends_with(" checked");
            if picked && kind != "file" {
                fields.push((name, value));
            }
        } else if piece.starts_with("textarea") {
            let text = piece.split_once('>').map_or("", |(_, text)| text);
            fields.push((name, plain(text.strip_prefix('\n').unwrap_or(text))));
        } else if piece.starts_with("select") {
            let options = form.split_once(head).map_or("", |(_, rest)| rest);
            let options = options.split("</select>").next().unwrap_or_default();
            let all: Vec<&str> = options.split("<option").skip(1).map(tag).collect();
            let picked = all.iter().find(|option| option.ends_with(" selected")).or(all.first());
            let value = picked.map(|option| match attribute(option, "value") {
                Some(value) => value,
                // Without a value an option is sent as it is shown.
                None => plain(
                    options
                        .split_once(&format!("<option{option}>"))
                        .map_or("", |(_, shown)| shown.split('<').next().unwrap_or_default()),
                ),
            });
            fields.push((name, value.unwrap_or_default()));
        }
    }
    fields
}

/// What stands before the end of the first tag.
fn tag(text: &str) -> &str {
    text.split('>').next().unwrap_or_default()
}

fn read(form: &str) -> PageForm {
    let mut fields = Vec::new();
    for piece in form.split('<').skip(1) {
        let head = tag(piece);
        let Some(name) = attribute(head, "name") else { continue };
        let value = attribute(head, "value").unwrap_or_default();
        let kind = attribute(head, "type").unwrap_or_default();
        if piece.starts_with("input") && kind == "file" {
            continue;
        }
        if piece.starts_with("input") && (kind == "checkbox" || kind == "radio") {
            fields.push((name, if value.is_empty() { "on".to_owned() } else { value }));
        } else if piece.starts_with("input") {
            fields.push((name, if value.is_empty() { some(&kind) } else { value }));
        } else if piece.starts_with("button") {
            fields.push((name, value));
        } else if piece.starts_with("textarea") {
            let text = piece.split_once('>').map_or("", |(_, text)| text);
            fields.push((name, if text.is_empty() { some("") } else { plain(text) }));
        } else if piece.starts_with("select") {
            let options = form.split_once(head).map_or("", |(_, rest)| rest);
            let options = options.split("</select>").next().unwrap_or_default();
            let first = options.split("<option").skip(1).map(tag);
            let chosen = first.filter_map(|option| attribute(option, "value"));
            fields.push((name, chosen.into_iter().find(|v| !v.is_empty()).unwrap_or_default()));
        }
    }
    // Of several buttons the first is pressed, and of one field the first value counts.
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|(name, _)| seen.insert(name.clone()));
    let action = attribute(tag(form), "action").unwrap_or_default();
    let multipart = tag(form).contains("multipart/form-data");
    PageForm { action, fields, multipart }
}

/// What somebody would type into an empty field.
fn some(kind: &str) -> String {
    match kind {
        "date" => "2015-06-01",
        "datetime-local" => "2015-06-01T12:00",
        _ => "1",
    }
    .to_owned()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(plain(rest.split('"').next()?))
}

fn plain(text: &str) -> String {
    let entities =
        [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    let named = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let all = entities.into_iter().chain(named);
    all.fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}
