-- What a sale's report is made from, and the codes of a sale.

-- When it was settled, and the value of its beacon, if it named one.
ALTER TABLE sale ADD COLUMN settled_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN beacon TEXT;

-- One market's way in: the digest of who was there when it went live, and how many were let in.
CREATE TABLE sale_channel (
    sale BYTEA NOT NULL,
    market TEXT NOT NULL,
    way TEXT NOT NULL,
    digest TEXT NOT NULL,
    admitted BIGINT NOT NULL,
    PRIMARY KEY (sale, market, way)
);

-- Entries whose purchase the rules of the sale have refused.
CREATE TABLE sale_refusal (
    sale BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sale, entry)
);

-- Codes that somebody has used or passed on. A code that is not here is fresh.
CREATE TABLE sale_code (
    sale BYTEA NOT NULL,
    number BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    email BYTEA,
    phone BYTEA,
    transferred BIGINT NOT NULL,
    PRIMARY KEY (sale, number)
);

CREATE INDEX sale_code_by_entry ON sale_code (sale, entry);
