-- The staff's log refuses to be changed. Every entry has a digest of all that it says and a seal that repeats
-- its short fields: as long as the seal is there, the database refuses to change them or to take the entry
-- away, whoever asks. Long texts have no room in an index; the digest tells when one was changed (ADR 0022).

-- NULL: an entry from before this, until a keeper has sealed it.
ALTER TABLE staff_log ADD COLUMN digest BYTEA;

CREATE UNIQUE INDEX staff_log_whole
    ON staff_log (id, made_at, account, person, act, market, subject, digest);

-- `account` is empty where the entry has none: a foreign key with a NULL in it holds nothing.
CREATE TABLE staff_log_seal (
    id BYTEA PRIMARY KEY,
    made_at BIGINT NOT NULL,
    account BYTEA NOT NULL,
    person TEXT NOT NULL,
    act TEXT NOT NULL,
    market TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest BYTEA NOT NULL,
    sealed_at BIGINT NOT NULL,
    FOREIGN KEY (id, made_at, account, person, act, market, subject, digest)
        REFERENCES staff_log (id, made_at, account, person, act, market, subject, digest)
        ON UPDATE RESTRICT ON DELETE RESTRICT
);

-- The entries in the order in which a keeper found them, without gaps: each link is made with the shop's key
-- from the one before, so that an entry and its seal cannot go together without being missed.
CREATE TABLE staff_log_chain (
    number BIGINT PRIMARY KEY,
    entry BYTEA NOT NULL UNIQUE REFERENCES staff_log_seal (id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    digest BYTEA NOT NULL,
    link BYTEA NOT NULL
);

-- Entries that wait for their link; those that are not sealed either (0) first, so that nothing is sealed
-- later than an entry of today has its place.
CREATE TABLE staff_log_unchained (
    id BYTEA PRIMARY KEY REFERENCES staff_log (id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    sealed BIGINT NOT NULL
);

CREATE INDEX staff_log_unchained_in_turn ON staff_log_unchained (sealed, id);

INSERT INTO staff_log_unchained (id, sealed) SELECT id, 0 FROM staff_log;
