-- Opening, resellers, serial numbers, plans.

-- What getting a clearance costs, as somebody was told.
CREATE TABLE opening_cost (
    clearance TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- Units that have left, by serial number: where they were sold to, and through whom. `device` is the
-- keyed hash under which a device that reports its serial is counted; nobody can go back from it.
CREATE TABLE stock_serial (
    serial TEXT PRIMARY KEY,
    device BIGINT NOT NULL,
    item TEXT NOT NULL,
    model TEXT NOT NULL,
    country TEXT NOT NULL,
    sold_on TEXT NOT NULL,
    reference TEXT NOT NULL,
    reseller BYTEA
);

CREATE INDEX stock_serial_by_reseller ON stock_serial (reseller, serial);
CREATE INDEX stock_serial_by_reference ON stock_serial (reference, serial);

-- Whoever wants to resell, from the application on.
CREATE TABLE reseller (
    id BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX reseller_by_state ON reseller (state, id);

-- Contracts as they were agreed on.
CREATE TABLE reseller_contract (
    code TEXT PRIMARY KEY,
    reseller BYTEA NOT NULL,
    market TEXT NOT NULL,
    agreed_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX reseller_contract_by_reseller ON reseller_contract (reseller, code);

-- What a reseller signs in with, by its keyed hash.
CREATE TABLE reseller_key (
    hash BYTEA PRIMARY KEY,
    reseller BYTEA NOT NULL,
    label TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX reseller_key_by_reseller ON reseller_key (reseller, made_at);

-- Orders of resellers.
CREATE TABLE reseller_order (
    id BYTEA PRIMARY KEY,
    reseller BYTEA NOT NULL,
    market TEXT NOT NULL,
    contract TEXT NOT NULL,
    hold BYTEA NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX reseller_order_by_reseller ON reseller_order (reseller, id);
CREATE INDEX reseller_order_by_market ON reseller_order (market, state, id);

-- What resellers have sold on; each unit once.
CREATE TABLE reseller_sell_out (
    serial TEXT PRIMARY KEY,
    reseller BYTEA NOT NULL,
    country TEXT NOT NULL,
    sold_on TEXT NOT NULL,
    reported_at BIGINT NOT NULL
);

CREATE INDEX reseller_sell_out_by_reseller ON reseller_sell_out (reseller, serial);

-- Files from which plans are worked out, as somebody wrote them.
CREATE TABLE planning_sheet (
    kind TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by TEXT NOT NULL
);

-- Past openings: what was forecast, and what came.
CREATE TABLE planning_opening (
    country TEXT NOT NULL,
    class TEXT NOT NULL,
    signal TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (country, class, signal)
);
