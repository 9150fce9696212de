-- Keys of other programs: only the keyed hash of each, so that a copy of the database opens nothing.
-- And the markets for which a paper was added: others do not see it.

CREATE TABLE staff_key (
    token BYTEA PRIMARY KEY,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    markets TEXT NOT NULL,
    made_by BYTEA,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    ended_at BIGINT
);

CREATE INDEX staff_key_by_id ON staff_key (id);

CREATE TABLE staff_document_market (
    hash TEXT NOT NULL,
    market TEXT NOT NULL,
    PRIMARY KEY (hash, market)
);
