-- From a claim to an order, and who may not take part.

-- Claims that are being paid: what the keeper compares with the holds of their checkouts.
CREATE INDEX sale_claim_in_checkout ON sale_claim (lot, expires_at, sequence)
    WHERE state = 'checkout';

-- Claims whose checkout or order has changed, and whose lot has not been told yet.
CREATE TABLE sale_recheck (
    lot BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (lot, sequence)
);

-- Keyed hashes of people who may not take part in any sale.
CREATE TABLE sale_excluded (
    trait BYTEA PRIMARY KEY,
    reason TEXT NOT NULL,
    added_at BIGINT NOT NULL
);

-- The limit of one person counts sales of the same item.
ALTER TABLE sale_bought ADD COLUMN sku TEXT NOT NULL DEFAULT '';

-- The buyer's request that waits for a payment's answer, so that whoever finishes the payment can
-- keep the answer under the request's key.
ALTER TABLE payment ADD COLUMN request BYTEA;
ALTER TABLE payment ADD COLUMN request_body BYTEA;
