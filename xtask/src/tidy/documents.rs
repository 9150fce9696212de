//! Documents and migrations: complete lists, no gaps, nothing grown too long.

use super::Violation;
use crate::repo::File;

/// ARCHITECTURE.md is read in one sitting or not at all.
const ARCHITECTURE_LINES_MAX: usize = 300;

/// Checks ARCHITECTURE.md, `docs/adr` and every folder `migrations`.
pub(crate) fn check(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    if let Some(file) = files.iter().find(|file| file.path == "ARCHITECTURE.md") {
        let lines = file.text.lines().count();
        if lines > ARCHITECTURE_LINES_MAX {
            let sentence = format!(
                "{lines} lines are more than {ARCHITECTURE_LINES_MAX}; move detail to docs/"
            );
            violations.push(Violation::new(file, ARCHITECTURE_LINES_MAX + 1, sentence));
        }
    }
    decisions(files, &mut violations);
    migrations(files, &mut violations);
    violations
}

fn decisions(files: &[File], violations: &mut Vec<Violation>) {
    let list = files
        .iter()
        .find(|file| file.path == "docs/adr/README.md")
        .map_or("", |file| file.text.as_str());
    for file in files {
        let ["docs", "adr", name] = file.parts()[..] else { continue };
        if name != "README.md"
            && !list.contains(&format!("({name})"))
            && !list.contains(&format!("(./{name})"))
        {
            violations.push(Violation::new(
                file,
                1,
                format!("docs/adr/README.md has no link to {name}; add it"),
            ));
        }
        let number = name.split('-').next().unwrap_or_default();
        if name != "README.md" && !file.text.starts_with(&format!("# {number} ")) {
            violations.push(Violation::new(
                file,
                1,
                format!("the heading of decision {number} begins with `# {number} `"),
            ));
        }
    }
}

/// Files `NNNN_what.sql` count from 1 in each folder named `migrations`.
fn migrations(files: &[File], violations: &mut Vec<Violation>) {
    let mut folder = "";
    let mut expected = 1;
    for file in files.iter().filter(|file| file.path.starts_with("crates/")) {
        let Some((parent, name)) = file.path.rsplit_once('/') else { continue };
        if !parent.split('/').any(|part| part == "migrations") || !name.ends_with(".sql") {
            continue;
        }
        if parent != folder {
            folder = parent;
            expected = 1;
        }
        let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<u32>() {
            Err(_) => violations.push(Violation::new(
                file,
                1,
                "a migration's name begins with its number",
            )),
            Ok(number) => {
                if number != expected {
                    let sentence = format!(
                        "migration {number} stands where {expected} should; numbers have no gaps and no doubles"
                    );
                    violations.push(Violation::new(file, 1, sentence));
                }
                expected = number + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(files: &[File]) -> Vec<String> {
        check(files).into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn every_decision_is_linked() {
        let files = [
            File::sample("docs/adr/0001-one-writer.md", "# 0001 One writer"),
            File::sample("docs/adr/0002-areas.md", "# 0002 Areas"),
            File::sample("docs/adr/README.md", "- [One writer](0001-one-writer.md)\n"),
        ];
        assert_eq!(paths(&files), ["docs/adr/0002-areas.md"]);
    }

    #[test]
    fn a_decision_is_headed_by_its_number() {
        let list = File::sample("docs/adr/README.md", "(0001-a.md) (0002-b.md)");
        let files = [
            File::sample("docs/adr/0001-a.md", "# 0001 One writer"),
            File::sample("docs/adr/0002-b.md", "# 0001 Areas"),
            list,
        ];
        assert_eq!(paths(&files), ["docs/adr/0002-b.md"]);
    }

    #[test]
    fn migrations_have_no_gaps_and_no_doubles() {
        let file = |name: &str| File::sample(&format!("crates/store/migrations/{name}"), "");
        assert_eq!(paths(&[file("0001_market.sql"), file("0002_cart.sql")]), [""; 0]);
        assert_eq!(paths(&[file("0001_a.sql"), file("0003_b.sql"), file("0004_c.sql")]).len(), 1);
        assert_eq!(paths(&[file("0001_a.sql"), file("0001_b.sql"), file("x.sql")]).len(), 2);
    }

    #[test]
    fn the_architecture_is_short() {
        assert_eq!(paths(&[File::sample("ARCHITECTURE.md", &"x\n".repeat(300))]), [""; 0]);
        assert_eq!(paths(&[File::sample("ARCHITECTURE.md", &"x\n".repeat(301))]).len(), 1);
    }
}
