-- Installations: which folder counts, and how many devices the maker has produced.

-- The count lies in a folder, not in the database. One folder counts for all nodes: this says
-- which, by the identity that is in it.
CREATE TABLE install_home (
    name TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- Serial numbers that the maker has given out, by model and batch.
CREATE TABLE install_produced (
    model TEXT NOT NULL,
    batch TEXT NOT NULL,
    units BIGINT NOT NULL,
    until TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (model, batch)
);
