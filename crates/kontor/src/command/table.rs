//! What `import` and `export` share: the tables by their words.

use std::fmt::Write;

use kontor_shop::exchange::Table;

use super::CommandError;

/// The table with this word.
pub(super) fn table(word: &str) -> Result<Table, CommandError> {
    Table::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Table::ALL.into_iter().map(Table::word).collect();
        CommandError::Other(format!("there is no table {word:?}: take one of {}", words.join(", ")))
    })
}

/// Every table with what it is about, for the help.
pub(super) fn table_list() -> String {
    let mut text = "Tables, in the order in which they build on each other:\n".to_owned();
    for table in Table::ALL {
        let _ = writeln!(text, "  {:<12} {}", table.word(), table.about());
    }
    text.push_str(
        "\n`kontor export TABLE` shows the columns; docs/how-to/import-and-export.md explains them.",
    );
    text
}
