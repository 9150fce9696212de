-- How often a limit turned somebody away before they had anything: answers are counted, nobody is named.
CREATE TABLE sale_turned_away (
    sale BYTEA NOT NULL,
    market TEXT NOT NULL,
    way TEXT NOT NULL,
    met_at TEXT NOT NULL,
    rule TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (sale, market, way, met_at, rule)
);

-- Those who come to a batch after it went live stand behind the others: they are looked for again and again.
CREATE INDEX sale_entry_late ON sale_entry (sale, market, way, entry) WHERE present = 0;
