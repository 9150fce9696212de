-- What decisions are made from: markets, catalogue, clearances, prices. Small, read whole into a
-- snapshot; the body is the domain's value as JSON, the columns are what statements look for.

CREATE TABLE fact_version (
    area TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Every change of a fact, so that the version kept with an order line can be read later.
CREATE TABLE fact_change (
    area TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (area, version, kind, code)
);

CREATE TABLE market (
    code TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE catalogue_model (
    code TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE catalogue_variant (
    sku TEXT PRIMARY KEY,
    model TEXT NOT NULL REFERENCES catalogue_model (code),
    position BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE catalogue_fit (
    accessory TEXT NOT NULL REFERENCES catalogue_model (code),
    device TEXT NOT NULL REFERENCES catalogue_model (code),
    PRIMARY KEY (accessory, device)
);

-- Rules, grants, orders of authorities and reviews: one kind of record each.
CREATE TABLE clearance_fact (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, code)
);

CREATE TABLE price_entry (
    market TEXT NOT NULL,
    sku TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (market, sku, valid_from)
);

CREATE TABLE price_tax_rate (
    jurisdiction TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, valid_from)
);
