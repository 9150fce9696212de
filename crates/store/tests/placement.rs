//! Every table of the migrations stands in `docs/operating/scale.md` with the key by which its rows
//! are spread, and that key is part of its primary key.

use std::collections::BTreeMap;

use kontor_store::MIGRATIONS;

const DOCUMENT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating/scale.md"));
/// The tables that a back end makes for itself.
const OWN: [(&str, &str); 2] = [("schema_migration", "number"), ("store_writer", "session")];

/// The columns of the primary keys, by table.
fn keys() -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<_, _> =
        OWN.iter().map(|(table, key)| ((*table).to_owned(), vec![(*key).to_owned()])).collect();
    for migration in MIGRATIONS {
        let lines = migration.sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        let sql: String = lines.collect::<Vec<_>>().join("\n");
        for table in sql.split("CREATE TABLE ").skip(1) {
            let (name, rest) = table.split_once('(').expect("columns");
            let body = rest.split(");").next().expect("an end");
            let columns = match body.split_once("PRIMARY KEY (") {
                Some((_, key)) => key.split(')').next().expect("an end"),
                None => {
                    let line = body.lines().find(|line| line.contains("PRIMARY KEY"));
                    let line = line.unwrap_or_else(|| panic!("{name} has no primary key"));
                    line.split_whitespace().next().expect("a column")
                }
            };
            let columns = columns.split(',').map(|column| column.trim().to_owned()).collect();
            keys.insert(name.trim().to_owned(), columns);
        }
        // A table whose key changes is made anew beside the old one and takes its name.
        for dropped in sql.split("DROP TABLE ").skip(1).filter_map(|rest| rest.split(';').next()) {
            keys.remove(dropped.trim());
        }
        for renamed in sql.split("ALTER TABLE ").skip(1).filter_map(|rest| rest.split(';').next()) {
            if let Some((old, new)) = renamed.split_once(" RENAME TO ")
                && let Some(columns) = keys.remove(old.trim())
            {
                keys.insert(new.trim().to_owned(), columns);
            }
        }
        for forbidden in
            ["CREATE TRIGGER", "BIGSERIAL", "CREATE SEQUENCE", "AUTOINCREMENT", "AS IDENTITY"]
        {
            assert!(!sql.to_uppercase().contains(forbidden), "{}: {forbidden}", migration.name);
        }
    }
    keys
}

#[test]
fn every_table_is_placed_by_a_part_of_its_primary_key() {
    let mut placed = BTreeMap::new();
    for line in DOCUMENT.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        placed.insert(cells[1].to_owned(), cells[2].to_owned());
    }
    let keys = keys();
    assert!(keys.len() > 50, "only {} tables were found", keys.len());
    for (table, columns) in &keys {
        let key = placed.remove(table);
        let key = key.unwrap_or_else(|| panic!("{table} is not in docs/operating/scale.md"));
        assert!(columns.contains(&key), "{table}: {key} is not in its primary key {columns:?}");
    }
    assert!(placed.is_empty(), "docs/operating/scale.md has tables that are not there: {placed:?}");
}
