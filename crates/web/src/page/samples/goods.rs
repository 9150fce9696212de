//! Samples: the work places of markets and goods, which one template draws.

use kontor_base::Language;

use super::site;
use crate::page::staff::{
    Block, Cell, Chart, Facts, Field, Form, Kind, Place, Shot, StaffShell, Table, WorkPage,
};

fn shell(language: Language, place: Place) -> StaffShell {
    StaffShell {
        site: site(),
        language,
        person: Some("Ana Souza".to_owned()),
        place: Some(place),
        places: Place::ALL.to_vec(),
        waiting: 0,
        notice: None,
        find: String::new(),
    }
}

fn table(id: &'static str, title: &str) -> Table {
    Table {
        id,
        title: title.to_owned(),
        columns: ["Product", "State", "Units", "Changed"].map(str::to_owned).to_vec(),
        rows: vec![vec![
            Cell::link("Band <b>", "/admin/catalogue/band").below("band"),
            Cell::text("Available").toned("good"),
            Cell::number("1,200"),
            Cell::text("$13.49").instead_of("$14.99"),
        ]],
        next: Some("/admin/catalogue?after=band".to_owned()),
        csv: Some("/admin/exchange/models.csv".to_owned()),
        ..Table::default()
    }
}

/// A form with every kind of field.
fn form() -> Form {
    let choices = ["one", "two"].map(|word| (word.to_owned(), word.to_owned())).to_vec();
    let mut form = Form::new("edit", "Edit", "/admin/catalogue/band")
        .hidden("key", "k1")
        .field(Field::new("name", "Name", Kind::Line).with("Band \"7\"").hint("As people say it."))
        .field(Field::new("sku", "SKU", Kind::Code).with("BAND-BLACK"))
        .field(Field::new("units", "Units", Kind::Number).optional())
        .field(Field::new("from", "From", Kind::Date).optional())
        .field(Field::new("live_at", "Live", Kind::Moment).optional())
        .field(Field::new("body", "Text", Kind::Area(4)).with("</textarea><script>").up_to(2_000))
        .field(Field::new("class", "Class", Kind::Choice(choices)).with("two"))
        .field(Field::new("file", "File", Kind::File("image/png")).optional())
        .button("Save", "save")
        .button("Rehearse", "rehearse");
    form.hint = "A second person looks at it.".to_owned();
    form
}

impl WorkPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let list = Self::new(shell(language, Place::Catalogue), "Catalogue")
            .with(Block::Form(
                Form::filter("/admin/catalogue")
                    .field(Field::new("q", "Find", Kind::Line).optional())
                    .button("Show", ""),
            ))
            .with(Block::Table(table("products", "")));
        let empty =
            Self::new(shell(language, Place::Stock), "Stock, USA").with(Block::Table(Table {
                id: "accounts",
                empty: "No account like this.".to_owned(),
                ..Table::default()
            }));
        let mut full = Self::new(shell(language, Place::Sales), "Band, first sale")
            .below("/admin/sales", "Sales")
            .with(Block::Say("quiet", "The clock does the rest.".to_owned()))
            .with(Block::Links(vec![("/us/en/sale/x".to_owned(), "The public page".to_owned())]))
            .with(Block::Facts(Facts {
                title: "Times".to_owned(),
                id: "times",
                pairs: vec![("Live".to_owned(), Cell::text("June 3"))],
            }))
            .with(Block::Title("pictures", "Pictures".to_owned()))
            .with(Block::Shots(vec![Shot {
                src: "/pictures/0".to_owned(),
                size: (800, 600),
                alt: "Band".to_owned(),
                form: Some(Form::new("photo-0", "", "/admin/catalogue/band").button("Remove", "")),
            }]))
            .with(Block::Chart(Chart {
                id: "curve",
                title: "Units taken".to_owned(),
                svg: "<svg viewBox=\"0 0 1 1\" role=\"img\" aria-label=\"x\"></svg>".to_owned(),
                table: table("curve-table", ""),
            }))
            .with(Block::Form(form()))
            .with(Block::Form(
                Form::new("more", "More", "/admin/sales/x").folded().button("Go", ""),
            ));
        full.lead = Some(("good", "On sale now".to_owned()));
        full.tabs = vec![
            ("/admin/sales?a".to_owned(), "One".to_owned(), true),
            ("/admin/sales?b".to_owned(), "Two".to_owned(), false),
        ];
        full.live_s = Some(5);
        let mut wrong =
            Self::new(shell(language, Place::Catalogue), "Band, wrong").with(Block::Form(form()));
        wrong.complain("edit", "name", "name is empty");
        wrong.complain("edit", "", "nothing would change");
        vec![("list", list), ("empty", empty), ("full", full), ("wrong", wrong)]
    }
}
