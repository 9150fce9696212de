-- Sales. The hot table is sale_claim: one narrow row per claim, appended in the order of its lot.
-- Every table but the sale itself is placed by its lot or its sale.

CREATE TABLE sale (
    id BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    definition TEXT NOT NULL,
    secret TEXT NOT NULL,
    title TEXT NOT NULL
);

CREATE TABLE sale_lot (
    lot BIGINT PRIMARY KEY,
    sale BYTEA NOT NULL,
    market TEXT NOT NULL,
    way TEXT NOT NULL,
    stock_key TEXT NOT NULL,
    quota BIGINT NOT NULL,
    halted BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE INDEX sale_lot_by_sale ON sale_lot (sale, lot);

CREATE TABLE sale_claim (
    lot BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    request BYTEA NOT NULL,
    person BYTEA NOT NULL,
    body BIGINT NOT NULL,
    units BIGINT NOT NULL,
    state TEXT NOT NULL,
    ship_to TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    PRIMARY KEY (lot, sequence)
);

CREATE TABLE sale_waiting (
    lot BIGINT NOT NULL,
    place BIGINT NOT NULL,
    request BYTEA NOT NULL,
    person BYTEA NOT NULL,
    body BIGINT NOT NULL,
    units BIGINT NOT NULL,
    allowance BIGINT NOT NULL,
    ship_to TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    served BIGINT NOT NULL,
    PRIMARY KEY (lot, place)
);

-- One entry per person and sale; the person is found by any of their traits.
CREATE TABLE sale_entry (
    sale BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    market TEXT NOT NULL,
    way TEXT NOT NULL,
    present BIGINT NOT NULL,
    ticket TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    PRIMARY KEY (sale, entry)
);

CREATE TABLE sale_person (
    trait BYTEA NOT NULL,
    sale BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (trait, sale)
);

-- What an entry has bought: kept for the limit over several sales.
CREATE TABLE sale_bought (
    sale BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (sale, entry)
);
