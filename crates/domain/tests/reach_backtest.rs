//! The back test: what simple methods would have said in January 2015 of a year that then brought
//! just over 70 million, value by value as `data/reach/backtest.csv` has them.

use kontor_domain::reach::{Growth, Method, Series, bass, needed, outlook, project};

const HALVES: [f64; 4] = [7.03, 11.67, 26.11, 35.01];
const YEARS: [f64; 2] = [18.70, 61.12];
const ALL_YEARS: [f64; 4] = [0.3, 7.19, 18.70, 61.12];
const TARGET: f64 = 100.0;

struct Row {
    method: String,
    forecast: String,
    error_pct: String,
    note: String,
}

fn rows() -> Vec<Row> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/reach/backtest.csv");
    let mut reader = csv::Reader::from_path(file).expect("the back test is there");
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let (method, forecast) = (at("method"), at("forecast_2015_m"));
    let (error, note) = (at("error_pct"), at("note"));
    reader
        .records()
        .map(|record| {
            let record = record.expect("a row");
            Row {
                method: record[method].to_owned(),
                forecast: record[forecast].to_owned(),
                error_pct: record[error].to_owned(),
                note: record[note].to_owned(),
            }
        })
        .collect()
}

fn series(points: &[f64], per_year: usize) -> Series {
    Series::try_new(points.to_vec(), per_year).expect("a series")
}

fn year(points: &[f64], per_year: usize, method: Method) -> f64 {
    project(&series(points, per_year), method, per_year).expect("a forecast").iter().sum()
}

/// What our own code says for a row; nothing for the rows about another library.
fn ours(method: &str) -> Option<f64> {
    let damped = |phi_pct| year(&HALVES, 2, Method::Damped { phi_pct });
    let fitted = |ceiling| bass(&series(&ALL_YEARS, 1), ceiling).expect("a fit").next;
    Some(match method {
        "last half year x 2" => year(&HALVES, 2, Method::RunRate),
        "last IDC quarter x 4" => year(&[16.6], 4, Method::RunRate),
        "random walk with drift on half years" => year(&HALVES, 2, Method::Drift),
        "damped log trend phi=0.3" => damped(30),
        "damped log trend phi=0.5" => damped(50),
        "damped log trend phi=0.8" => damped(80),
        "damped log trend phi=0.9" => damped(90),
        "constant mean log growth" => year(&HALVES, 2, Method::ConstantGrowth),
        "last year growth repeated" => year(&YEARS, 1, Method::LastYearAgain),
        "Bass, ceiling fixed at 200 M" => fitted(200.0),
        "Bass, ceiling fixed at 300 M" => fitted(300.0),
        "Bass, ceiling fixed at 1000 M" => fitted(1_000.0),
        "Bass, ceiling fixed at 5000 M" => fitted(5_000.0),
        "management target" => TARGET,
        _ => return None,
    })
}

#[test]
fn every_method_says_what_the_back_test_says() {
    let mut compared = 0;
    for row in rows() {
        let Some(ours) = ours(&row.method) else {
            let about_others =
                row.method.starts_with("augurs-ets") || row.method.starts_with("H1 actual");
            assert!(about_others, "no method of ours for {:?}", row.method);
            continue;
        };
        let told: f64 = row.forecast.parse().expect("a number");
        assert!((ours - told).abs() < 0.051, "{}: {ours} is not {told}", row.method);
        // Errors are told against the bound of 70 million that the company gave.
        if row.error_pct != "~0" {
            let told: i64 = row.error_pct.trim_start_matches('+').parse().expect("a number");
            assert_eq!(Growth::between(70.0, ours), Growth(told), "{}", row.method);
        }
        compared += 1;
    }
    assert_eq!(compared, 14);
}

#[test]
fn the_best_fit_of_bass_forecasts_worst() {
    let fits = [200.0, 300.0, 1_000.0, 5_000.0]
        .map(|ceiling| bass(&series(&ALL_YEARS, 1), ceiling).expect("a fit"));
    for (fit, told) in fits.iter().zip([1.58, 1.27, 1.04, 1.01]) {
        assert!((fit.error - told).abs() < 0.006, "{fit:?} is not {told}");
        let ceiling = format!("Bass, ceiling fixed at {} M", fit.ceiling);
        let row = rows().into_iter().find(|row| row.method == ceiling).expect("a row");
        assert!(row.note.contains(&format!("{told:.2}")), "{}", row.note);
    }
    assert!(
        fits.windows(2).all(|pair| pair[1].error < pair[0].error && pair[1].next > pair[0].next)
    );
}

#[test]
fn the_headline_of_january_and_the_update_of_july() {
    let seen = outlook(&series(&HALVES, 2), &[30, 50, 80, 90], Some(TARGET));
    let gap = seen.gap.expect("there is a target");
    assert_eq!(gap.growth, Growth(43), "+43 % over the last half-year, held all year");
    assert!((gap.run_rate - 70.02).abs() < 1e-9);
    assert!((gap.missing - 29.98).abs() < 1e-9);
    assert!((seen.low - 70.02).abs() < 1e-9 && seen.high > 161.0, "{} {}", seen.low, seen.high);
    let words: Vec<&str> = seen.projections.iter().map(|one| one.word.as_str()).collect();
    assert_eq!(
        words,
        [
            "run_rate",
            "damped_0.3",
            "damped_0.5",
            "damped_0.8",
            "drift",
            "damped_0.9",
            "constant_growth",
            "last_year_again"
        ]
    );
    let july = |target: f64| needed(target, 34.7, 34.7, 1).expect("half a year is left");
    assert_eq!(
        (format!("{:.1}", july(100.0).rest), july(100.0).growth),
        ("65.3".to_owned(), Growth(88))
    );
    assert_eq!(
        (format!("{:.1}", july(80.0).rest), july(80.0).growth),
        ("45.3".to_owned(), Growth(31))
    );
    let row = rows().into_iter().find(|row| row.method.starts_with("H1 actual")).expect("a row");
    assert_eq!(row.forecast, "H2 needs 65.3 for 100 M (+88% h/h), 45.3 for 80 M (+31%)");
}
