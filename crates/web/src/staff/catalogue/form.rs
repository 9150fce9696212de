//! The forms of the catalogue: fields from a stored row, and a row from what was sent.

use kontor_base::{Country, Language, Wrong};
use kontor_domain::catalogue::{ComponentKind, ProductClass};
use kontor_shop::exchange::{Cells, Sheet, Table};
use kontor_shop::staff::Act;
use kontor_shop::staff::goods::{Rows, edited};

use super::super::work::{Sent, Trouble};
use crate::kit::text::Text;
use crate::page::staff::{Field, Form, Kind};

/// The fields of a model, in the order in which they are asked for.
const MODEL: [&str; 8] =
    ["family", "brand", "class", "picture", "announced_on", "hs_code", "origin", "position"];

fn cell(row: Option<&Cells>, column: &str) -> String {
    row.and_then(|row| row.get(column)).cloned().unwrap_or_default()
}

/// The fields of a model; a new one has none of them yet.
pub(super) fn model_fields(t: &Text, row: Option<&Cells>) -> Vec<Field> {
    let with = |field: Field| {
        let value = cell(row, field.name);
        field.with(value)
    };
    let classes = ProductClass::ALL.map(|class| (class.word().to_owned(), class.word().to_owned()));
    vec![
        with(Field::new("family", t.get("goods-family"), Kind::Code).up_to(60)),
        with(Field::new("brand", t.get("goods-brand"), Kind::Code).up_to(60)),
        with(Field::new("class", t.get("goods-class"), Kind::Choice(classes.to_vec()))),
        with(Field::new("picture", t.get("goods-picture"), Kind::Code).up_to(60))
            .hint(t.get("goods-picture-hint")),
        with(Field::new("announced_on", t.get("goods-announced"), Kind::Date).optional()),
        with(Field::new("hs_code", t.get("goods-hs"), Kind::Code).up_to(7).optional())
            .hint(t.get("goods-hs-hint")),
        with(Field::new("origin", t.get("goods-origin"), Kind::Code).up_to(2))
            .hint(t.get("goods-origin-hint")),
        with(Field::new("position", t.get("goods-position"), Kind::Number).up_to(9))
            .hint(t.get("goods-position-hint")),
    ]
}

/// The change of a model that a form asks for.
pub(super) fn model_act(code: &str, row: Option<Cells>, sent: &Sent) -> Act {
    let mut cells: Vec<(&str, &str)> = vec![("code", code)];
    cells.extend(MODEL.map(|column| (column, sent.get(column))));
    rows(Table::Models, edited(row, &cells), sent)
}

/// The form of a model's text in a language.
pub(super) fn text_form(t: &Text, action: &str, row: Option<&Cells>, language: Language) -> Form {
    let tag = language.tag();
    let title = t.two(
        "goods-text-in",
        "language",
        language_words(t, language),
        "name",
        match cell(row, "name") {
            empty if empty.is_empty() => t.get("goods-text-none").into_owned(),
            name => name,
        },
    );
    let box_lines = cell(row, "in_the_box").replace('|', "\n");
    Form::new(format!("text-{tag}"), title, action)
        .folded()
        .hidden("what", "text")
        .hidden("language", tag)
        .field(
            Field::new("name", t.get("goods-name"), Kind::Line)
                .up_to(2_000)
                .with(cell(row, "name")),
        )
        .field(
            Field::new("line", t.get("goods-line"), Kind::Line)
                .up_to(2_000)
                .optional()
                .with(cell(row, "line")),
        )
        .field(
            Field::new("body", t.get("goods-body"), Kind::Area(5))
                .up_to(2_000)
                .optional()
                .with(cell(row, "body")),
        )
        .field(
            Field::new("in_the_box", t.get("goods-box"), Kind::Area(4))
                .up_to(2_000)
                .optional()
                .with(box_lines)
                .hint(t.get("goods-box-hint")),
        )
        .button(t.get("goods-save"), "")
}

pub(super) fn language_words(t: &Text, language: Language) -> String {
    let id = match language {
        Language::En => "goods-language-en",
        Language::De => "goods-language-de",
        Language::Zh => "goods-language-zh",
        Language::Hi => "goods-language-hi",
    };
    t.get(id).into_owned()
}

/// The change of a text that a form asks for.
pub(super) fn text_act(code: &str, row: Option<Cells>, sent: &Sent) -> Act {
    let in_the_box = sent.lines("in_the_box").join("|");
    // A text is one line in the files; what was typed on several is joined.
    let body = sent.lines("body").join(" ");
    let cells = [
        ("model", code),
        ("language", sent.get("language")),
        ("name", sent.get("name")),
        ("line", sent.get("line")),
        ("body", body.as_str()),
        ("in_the_box", in_the_box.as_str()),
    ];
    rows(Table::Texts, edited(row, &cells), sent)
}

/// The fields of a variant.
pub(super) fn variant_fields(t: &Text, row: Option<&Cells>) -> Vec<Field> {
    let with = |field: Field| {
        let value = cell(row, field.name);
        field.with(value)
    };
    let attributes = cell(row, "attributes").replace(' ', "\n");
    vec![
        with(Field::new("option_en", t.get("goods-option-en"), Kind::Line).optional()),
        with(Field::new("option_de", t.get("goods-option-de"), Kind::Line).optional()),
        with(Field::new("revision", t.get("goods-revision"), Kind::Code).up_to(60)),
        with(Field::new("factory", t.get("goods-factory"), Kind::Code).up_to(60)),
        with(Field::new("weight_g", t.get("goods-weight"), Kind::Number).up_to(7)),
        Field::new("attributes", t.get("goods-attributes"), Kind::Area(8))
            .up_to(4_000)
            .optional()
            .with(attributes)
            .hint(t.get("goods-attributes-hint")),
    ]
}

/// The change of a variant that a form asks for.
pub(super) fn variant_act(model: &str, sku: &str, row: Option<Cells>, sent: &Sent) -> Act {
    let attributes = sent.get("attributes").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cells = vec![("sku", sku), ("model", model), ("attributes", attributes.as_str())];
    for column in ["option_en", "option_de", "revision", "factory", "weight_g"] {
        cells.push((column, sent.get(column)));
    }
    rows(Table::Variants, edited(row, &cells), sent)
}

/// The components of a variant as lines: kind, maker, part.
pub(super) fn component_lines(components: &[kontor_domain::catalogue::Component]) -> String {
    let line = |part: &kontor_domain::catalogue::Component| {
        format!("{} {} {}", part.kind.word(), part.maker, part.part)
    };
    components.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The list of components that a form asks for, with the sources that are known of them.
pub(super) fn components_act(sku: &str, known: &[Cells], sent: &Sent) -> Result<Act, Trouble> {
    let mut list = Vec::new();
    for line in sent.lines("components") {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [kind, maker, part] = words[..] else {
            let kinds = ComponentKind::ALL.map(ComponentKind::word).join(", ");
            let wrong = Wrong::NotComponent { cell: line.to_owned(), kinds };
            return Err(Trouble::field("components", wrong));
        };
        let cells = [("sku", sku), ("kind", kind), ("maker", maker), ("part", part)];
        list.push(edited(like(known, &cells), &cells));
    }
    Ok(whole_list(Table::Components, sku, &list))
}

/// The list of devices that an accessory fits.
pub(super) fn fits_act(accessory: &str, known: &[Cells], sent: &Sent) -> Act {
    let mut list = Vec::new();
    for device in sent.lines("devices") {
        let cells = [("accessory", accessory), ("device", device)];
        list.push(edited(like(known, &cells), &cells));
    }
    whole_list(Table::Fits, accessory, &list)
}

/// The stored row that says the same, for what is known of where it is from.
fn like(known: &[Cells], cells: &[(&str, &str)]) -> Option<Cells> {
    let same = |row: &&Cells| {
        cells.iter().all(|(column, text)| row.get(*column).is_some_and(|stored| stored == text))
    };
    known.iter().find(same).cloned()
}

fn whole_list(table: Table, owner: &str, list: &[Cells]) -> Act {
    let emptied = if list.is_empty() { vec![owner.to_owned()] } else { Vec::new() };
    let sheet = Sheet::of_rows(table, "form", list).with_emptied(emptied);
    Act::Rows(Rows { sheet, seen: None })
}

/// A change of one row.
fn rows(table: Table, row: Cells, sent: &Sent) -> Act {
    let seen = Some(sent.get("seen").to_owned()).filter(|seen| !seen.is_empty());
    Act::Rows(Rows { sheet: Sheet::of_rows(table, "form", &[row]), seen })
}

/// Names where it is not a country's code are told here, before the importer does it in its words.
pub(super) fn origin_problem(sent: &Sent) -> Option<Trouble> {
    let origin = sent.get("origin");
    origin
        .parse::<Country>()
        .is_err()
        .then(|| Trouble::field("origin", Wrong::NotCountry { cell: origin.to_owned() }))
}
