//! A work place put together from blocks: tables, forms, facts, pictures of figures. One template draws
//! all of them, so that every work place reads alike: what there is on top, what can be done below it.

use askama::Template;

use super::StaffShell;

/// A cell of a table, or what a fact says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The words.
    pub text: String,
    /// A code or a remark below them.
    pub below: String,
    /// Where they lead.
    pub href: Option<String>,
    /// `good`, `warn`, `bad`, `quiet` or nothing.
    pub tone: &'static str,
    /// It is a code.
    pub code: bool,
    /// It is a number and stands to the right.
    pub number: bool,
    /// What stood there before.
    pub was: String,
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A code.
    #[must_use]
    pub fn code(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: true, ..Self::default() }
    }

    /// A number, as the language writes it.
    #[must_use]
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: true, ..Self::default() }
    }

    /// Words that lead somewhere.
    #[must_use]
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()), ..Self::default() }
    }

    /// The same with a mark in this tone.
    #[must_use]
    pub fn toned(mut self, tone: &'static str) -> Self {
        self.tone = tone;
        self
    }

    /// The same with something below.
    #[must_use]
    pub fn below(mut self, text: impl Into<String>) -> Self {
        self.below = text.into();
        self
    }

    /// The same with what stood there before.
    #[must_use]
    pub fn instead_of(mut self, was: impl Into<String>) -> Self {
        self.was = was.into();
        self
    }
}

/// A table. The first cell of each row names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name on the page.
    pub id: &'static str,
    /// Its title; empty: the page's own.
    pub title: String,
    /// A sentence below the title.
    pub hint: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// What is said where there are none.
    pub empty: String,
    /// The next page.
    pub next: Option<String>,
    /// The same as CSV.
    pub csv: Option<String>,
}

impl Table {
    /// Whether it becomes cards on a phone: more columns than these do not fit beside each other.
    const fn is_stacked(&self) -> bool {
        self.columns.len() > 3
    }

    /// The column of a cell, in words.
    fn label(&self, index: &usize) -> &str {
        self.columns.get(*index).map_or("", String::as_str)
    }

    fn is_number(&self, index: &usize) -> bool {
        self.rows.first().and_then(|row| row.get(*index)).is_some_and(|cell| cell.number)
    }
}

/// What is typed into a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line.
    Line,
    /// A line in the typeface of codes.
    Code,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A moment, in UTC.
    Moment,
    /// Several lines; how many are shown.
    Area(u8),
    /// One of these: the value and the words.
    Choice(Vec<(String, String)>),
    /// A file of these kinds.
    File(&'static str),
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the form.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// What is typed.
    pub value: String,
    /// What kind of thing.
    pub kind: Kind,
    /// A sentence that helps.
    pub hint: String,
    /// It may be left empty.
    pub optional: bool,
    /// The longest text, in characters.
    pub max: u32,
    /// What is wrong with it.
    pub error: String,
}

impl Field {
    /// A field that must be filled.
    #[must_use]
    pub fn new(name: &'static str, label: impl Into<String>, kind: Kind) -> Self {
        Self {
            name,
            label: label.into(),
            value: String::new(),
            kind,
            hint: String::new(),
            optional: false,
            max: 200,
            error: String::new(),
        }
    }

    /// The same with this in it.
    #[must_use]
    pub fn with(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The same with a sentence that helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, and it may stay empty.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same with room for longer texts.
    #[must_use]
    pub const fn up_to(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    fn is_chosen(&self, value: &str) -> bool {
        self.value == value
    }
}

/// A button of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub words: String,
    /// The value of `do` that it sends; empty: none.
    pub value: &'static str,
    /// It is not the first choice.
    pub plain: bool,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Its name on the page; the first part of its fields' names there.
    pub id: String,
    /// Its title; empty: none.
    pub title: String,
    /// A sentence below the title.
    pub hint: String,
    /// Where it goes.
    pub action: String,
    /// It only asks: a filter.
    pub asks: bool,
    /// It carries a file.
    pub has_file: bool,
    /// It is opened only when it is wanted.
    pub folded: bool,
    /// Values that are not typed.
    pub hidden: Vec<(&'static str, String)>,
    /// The fields.
    pub fields: Vec<Field>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

impl Form {
    /// A form that changes something.
    #[must_use]
    pub fn new(id: impl Into<String>, title: impl Into<String>, action: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), action: action.into(), ..Self::default() }
    }

    /// A form that asks.
    #[must_use]
    pub fn filter(action: impl Into<String>) -> Self {
        Self { id: "filter".to_owned(), action: action.into(), asks: true, ..Self::default() }
    }

    /// The same with a button.
    #[must_use]
    pub fn button(mut self, words: impl Into<String>, value: &'static str) -> Self {
        let plain = !self.buttons.is_empty();
        self.buttons.push(Button { words: words.into(), value, plain });
        self
    }

    /// The same with a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// The same with a value that is not typed.
    #[must_use]
    pub fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// The same, opened only when it is wanted.
    #[must_use]
    pub const fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// The same with what is wrong beside the field; gives whether there is such a field.
    fn complain(&mut self, name: &str, words: &str) -> bool {
        let Some(field) = self.fields.iter_mut().find(|field| field.name == name) else {
            return false;
        };
        // Whoever reads a column's word above a form knows its label, not its word.
        let own = words.strip_prefix(name).filter(|rest| rest.starts_with([' ', ':']));
        field.error = match own {
            Some(rest) => format!("{}: {}", field.label, rest.trim_start_matches([' ', ':'])),
            None => words.to_owned(),
        };
        self.folded = false;
        true
    }
}

/// Facts: what and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The title; empty: none.
    pub title: String,
    /// The name on the page.
    pub id: &'static str,
    /// What, and how it is.
    pub pairs: Vec<(String, Cell)>,
}

/// A picture of figures, with its table beneath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The name on the page.
    pub id: &'static str,
    /// The title.
    pub title: String,
    /// The drawing: made of numbers and of texts of this crate.
    pub svg: String,
    /// What it is drawn from.
    pub table: Table,
}

/// A photograph, with the form that takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Its address.
    pub src: String,
    /// Its size.
    pub size: (i64, i64),
    /// What it shows.
    pub alt: String,
    /// The form beneath; none for those who only look.
    pub form: Option<Form>,
}

/// A part of a work place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A table.
    Table(Table),
    /// A form.
    Form(Form),
    /// Facts.
    Facts(Facts),
    /// A picture of figures.
    Chart(Chart),
    /// Photographs.
    Shots(Vec<Shot>),
    /// Ways on: the address and the words.
    Links(Vec<(String, String)>),
    /// A sentence, with a tone.
    Say(&'static str, String),
    /// A title over the blocks that follow: its name on the page and its words.
    Title(&'static str, String),
}

/// A tab: address, words, whether one is there.
pub type Tab = (String, String, bool);

/// A work place.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/work.html")]
pub struct WorkPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Its title.
    pub title: String,
    /// What lies above it: address and words.
    pub over: Option<(String, String)>,
    /// A sentence below the title: its tone and its words.
    pub lead: Option<(&'static str, String)>,
    /// Its neighbours.
    pub tabs: Vec<Tab>,
    /// What is wrong: the field's name on the page and the words.
    pub errors: Vec<(String, String)>,
    /// How often it is looked at anew, in seconds.
    pub live_s: Option<u32>,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl WorkPage {
    /// A page with a title.
    #[must_use]
    pub fn new(shell: StaffShell, title: impl Into<String>) -> Self {
        Self {
            shell,
            title: title.into(),
            over: None,
            lead: None,
            tabs: Vec::new(),
            errors: Vec::new(),
            live_s: None,
            blocks: Vec::new(),
        }
    }

    /// The same below another page.
    #[must_use]
    pub fn below(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.over = Some((href.into(), words.into()));
        self
    }

    /// The same with a block.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Says what is wrong, beside the field of this form where there is one.
    pub fn complain(&mut self, form: &str, field: &str, words: &str) {
        for block in &mut self.blocks {
            if let Block::Form(own) = block
                && own.id == form
            {
                own.folded = false;
                let known = own.complain(field, words);
                let beside = own.fields.iter().find(|own| own.name == field);
                let words = beside.map_or(words, |own| own.error.as_str()).to_owned();
                let id = if known { format!("{form}-{field}") } else { form.to_owned() };
                self.errors.push((id, words));
                return;
            }
        }
        self.errors.push(("main".to_owned(), words.to_owned()));
    }
}
