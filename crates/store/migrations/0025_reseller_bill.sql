-- Orders of resellers that were cancelled, and what resellers are billed with.

-- How an order was cancelled: who, when, why.
ALTER TABLE reseller_order ADD COLUMN cancelled TEXT;

-- One bill an order; its number is of the market's series.
CREATE TABLE reseller_bill (
    number TEXT PRIMARY KEY,
    order_id BYTEA NOT NULL,
    reseller BYTEA NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE UNIQUE INDEX reseller_bill_by_order ON reseller_bill (order_id);
CREATE INDEX reseller_bill_by_reseller ON reseller_bill (reseller, number);

-- The last number that was given out. It is raised in the transaction that writes the bill, so that
-- there are no gaps.
CREATE TABLE reseller_bill_series (
    market TEXT PRIMARY KEY,
    last_number BIGINT NOT NULL
);
