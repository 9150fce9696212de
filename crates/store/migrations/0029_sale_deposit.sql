-- Deposits for places in the line of a batch. `person` and `phone` are the keyed hashes by which sales
-- know people; what they typed stands in the body and goes when they are erased.

CREATE TABLE sale_deposit (
    id BYTEA PRIMARY KEY,
    sale BYTEA NOT NULL,
    market TEXT NOT NULL,
    person BYTEA NOT NULL,
    phone BYTEA,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor BIGINT NOT NULL,
    payment BYTEA,
    -- The place in line, once it is paid for.
    entry BYTEA,
    -- The checkout and the order that it goes towards, and how much of it is with the order.
    checkout BYTEA,
    order_id BYTEA,
    applied_minor BIGINT NOT NULL,
    -- 1: its place in a line that was made is free, and nobody had a unit on it.
    vacated BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    paid_at BIGINT,
    changed_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX sale_deposit_by_person ON sale_deposit (person, id);
CREATE INDEX sale_deposit_by_phone ON sale_deposit (phone, id);
CREATE INDEX sale_deposit_by_entry ON sale_deposit (entry);
CREATE INDEX sale_deposit_by_sale ON sale_deposit (sale, state, id);
CREATE INDEX sale_deposit_by_state ON sale_deposit (state, changed_at, id);
