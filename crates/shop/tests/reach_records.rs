//! The published records through the importer: added, left alone, never edited, put right by name.

use kontor_base::{Clock, Instant, Random};
use kontor_scratch::Scratch;
use kontor_shop::exchange::{Csv, ImportError, Mode, Report, Table, export, import, published};
use kontor_store::{Db, reach};

struct Records {
    _scratch: Scratch,
    db: Db,
    clock: Clock,
}

impl Records {
    fn open() -> Self {
        let scratch = Scratch::chosen();
        let db = scratch.open();
        let clock = Clock::fixed(Instant::start_of("2026-11-28".parse().expect("a day")));
        Self { _scratch: scratch, db, clock }
    }

    async fn import(&self, table: Table, text: &str, mode: Mode) -> Result<Report, ImportError> {
        let file = Csv { table, name: "f.csv".to_owned(), bytes: text.as_bytes().to_vec() };
        import(&self.db, &self.clock, &Random::seeded(1), file, mode).await
    }

    /// The problems of a file that must be bad, as `line column`.
    async fn problems(&self, table: Table, text: &str) -> Vec<String> {
        match self.import(table, text, Mode::Apply).await {
            Err(ImportError::Bad(bad)) => bad
                .problems
                .iter()
                .map(|p| format!("{} {}", p.line, p.column.as_deref().unwrap_or("-")))
                .collect(),
            other => panic!("{other:?}"),
        }
    }
}

const FIGURES: &str = "\
code,subject,title_en,period,value,unit,definition_en,said_by,source_url,source,confidence,corrects
sold-2014,phones,Phones sold,2014,61.12,million,as the firm says,The firm,https://example.org/a,A paper,S2,
shipped-2014,phones,Phones shipped,2014,57.7,million,as IDC says,IDC,https://example.org/b,IDC,S1,
";
const TARGETS: &str = "\
code,subject,period,value,unit,said_by,said_on,source_url,source,confidence
target-2015,phones,2015,100,million,The firm,2014-04,https://example.org/c,A paper,S2
";

#[tokio::test]
async fn a_file_twice_adds_nothing_the_second_time_and_a_dry_run_nothing_at_all() {
    let records = Records::open();
    let dry = records.import(Table::Figures, FIGURES, Mode::DryRun).await.expect("a report");
    assert_eq!((dry.new, dry.unchanged), (2, 0));
    let first = records.import(Table::Figures, FIGURES, Mode::Apply).await.expect("a report");
    assert_eq!((first.new, first.unchanged), (2, 0));
    let second = records.import(Table::Figures, FIGURES, Mode::Apply).await.expect("a report");
    assert_eq!((second.new, second.unchanged), (0, 2));
}

#[tokio::test]
async fn an_edit_is_refused_with_its_line_and_changes_nothing() {
    let records = Records::open();
    records.import(Table::Figures, FIGURES, Mode::Apply).await.expect("a report");
    records.import(Table::Targets, TARGETS, Mode::Apply).await.expect("a report");
    let edited = FIGURES.replace("57.7", "60.0").replace("sold-2014,", "sold-2014-new,");
    assert_eq!(records.problems(Table::Figures, &edited).await, ["3 code"]);
    let easier = TARGETS.replace("100", "70");
    assert_eq!(records.problems(Table::Targets, &easier).await, ["2 code"]);
    let reach = records.db.read("read", reach::read).await.expect("it is read");
    assert_eq!((reach.figures.len(), reach.targets.len()), (2, 1));
    assert_eq!(reach.targets[0].record.value.to_string(), "100");
}

#[tokio::test]
async fn a_correction_is_a_new_record_and_the_old_one_stays() {
    let records = Records::open();
    records.import(Table::Figures, FIGURES, Mode::Apply).await.expect("a report");
    let header = FIGURES.lines().next().expect("a header");
    let correction = format!(
        "{header}\nshipped-2014-2,phones,Phones shipped,2014,57.6,million,as IDC says,IDC,\
         https://example.org/d,IDC,S1,shipped-2014\n"
    );
    let report = records.import(Table::Figures, &correction, Mode::Apply).await.expect("a report");
    assert_eq!(report.new, 1);
    let reach = records.db.read("read", reach::read).await.expect("it is read");
    assert_eq!(reach.figures.len(), 3);
    let standing: Vec<&str> =
        reach.standing_figures().iter().map(|figure| figure.code.as_str()).collect();
    assert_eq!(standing, ["sold-2014", "shipped-2014-2"]);
    let again = correction.replace("shipped-2014-2,", "shipped-2014-3,");
    assert_eq!(records.problems(Table::Figures, &again).await, ["2 corrects"]);
}

#[tokio::test]
async fn bad_rows_are_named_by_line_and_column() {
    let records = Records::open();
    let bad = "\
code,subject,title_en,period,value,unit,definition_en,said_by,source_url,source,confidence
Sold 2014,phones,Phones,2014,1,million,d,f,https://example.org/,s,S1
a,phones,Phones,2014-H3,1,million,d,f,https://example.org/,s,S1
b,phones,Phones,2014,about 1,million,d,f,https://example.org/,s,S1
c,phones,Phones,2014,1,million,d,f,javascript:alert(1),s,S1
d,phones,Phones,2014,1,million,d,f,,s,S1
e,phones,Phones,2014,1,million,d,f,https://example.org/,s,S9
f,phones,Phones,2014,1,million,,f,https://example.org/,s,S1
";
    let problems = records.problems(Table::Figures, bad).await;
    assert_eq!(
        problems,
        [
            "2 code",
            "3 period",
            "4 value",
            "5 source_url",
            "6 source_url",
            "7 confidence",
            "8 definition_en"
        ]
    );
}

#[tokio::test]
async fn what_is_exported_is_read_again_as_the_same() {
    let records = Records::open();
    let shipped = include_str!("../../../data/reach/figures.csv");
    let first = records.import(Table::Figures, shipped, Mode::Apply).await.expect("a report");
    assert!(first.new >= 56, "{first}");
    let mut exported = Vec::new();
    export(&records.db, Table::Figures, &mut exported).await.expect("it is exported");
    let text = String::from_utf8(exported.clone()).expect("UTF-8");
    assert_eq!(text, shipped, "the file that ships is written as an export writes it");
    let second = records.import(Table::Figures, &text, Mode::Apply).await.expect("a report");
    assert_eq!(second.unchanged, first.new);
    let reach = records.db.read("read", reach::read).await.expect("it is read");
    assert_eq!(published(&reach, Table::Figures), Some(exported));
    assert_eq!(published(&reach, Table::Markets), None);
}
