-- The published figures, ranks, targets and forecasts: only ever added.

CREATE TABLE reach_record (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    place BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (code, kind),
    UNIQUE (code, kind, place, recorded_at, body)
);

-- Each record is sealed: as long as its seal is there, the database refuses to change a letter of the
-- record or to take it away, whoever asks. Both databases understand this; triggers they would not.
CREATE TABLE reach_seal (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    place BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (code, kind),
    FOREIGN KEY (code, kind, place, recorded_at, body)
        REFERENCES reach_record (code, kind, place, recorded_at, body)
        ON UPDATE RESTRICT ON DELETE RESTRICT
);
