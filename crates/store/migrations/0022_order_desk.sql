-- What the staff side needs of orders: lists by market and state, finding by what people remember,
-- notes, refunds, and who a customer is.

-- The state that follows from the three others (the table in domain::order::state). It is written
-- beside them by the statements that write them, so that lists can walk an index of it.
ALTER TABLE order_head ADD COLUMN state TEXT NOT NULL DEFAULT '';

UPDATE order_head SET state = CASE
    WHEN payment_state = 'refunded' THEN 'refunded'
    WHEN fulfilment_state = 'cancelled' THEN 'cancelled'
    WHEN payment_state = 'partly_refunded' AND fulfilment_state IN ('delivered', 'returned')
        THEN 'partly_refunded'
    WHEN fulfilment_state = 'returned' THEN 'returned'
    WHEN fulfilment_state = 'delivered' THEN 'delivered'
    WHEN fulfilment_state = 'dispatched' THEN 'dispatched'
    WHEN payment_state IN ('failed', 'voided') THEN 'cancelled'
    WHEN clearance_state = 'held' THEN 'on_hold'
    WHEN payment_state IN ('created', 'authorising', 'needs_action') THEN 'awaiting_payment'
    ELSE 'paid'
END;

CREATE INDEX order_head_by_market ON order_head (market, id);
CREATE INDEX order_head_by_market_state ON order_head (market, state, id);

-- What an order is found by: words of names, ends of telephone numbers, addresses. Personal data in
-- clear, as in the order itself; it goes with it.
CREATE TABLE order_term (
    market TEXT NOT NULL,
    term TEXT NOT NULL,
    order_id BYTEA NOT NULL,
    PRIMARY KEY (market, term, order_id)
);

-- Orders that a keeper has to find terms for. A row is written in the transaction that places the
-- order: nothing is forgotten, and placing pays for one narrow row only.
CREATE TABLE order_unindexed (
    order_id BYTEA PRIMARY KEY
);

INSERT INTO order_unindexed (order_id) SELECT id FROM order_head;

-- What was ordered by day (days since 1970, UTC): for the figures of the staff side. Written with the
-- terms, by the keeper, so that placing an order meets no hot row.
CREATE TABLE order_day (
    market TEXT NOT NULL,
    day BIGINT NOT NULL,
    currency TEXT NOT NULL,
    orders BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    PRIMARY KEY (market, day, currency)
);

CREATE TABLE order_day_item (
    market TEXT NOT NULL,
    day BIGINT NOT NULL,
    sku TEXT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (market, day, sku)
);

CREATE TABLE order_note (
    order_id BYTEA NOT NULL,
    note BYTEA NOT NULL,
    written_at BIGINT NOT NULL,
    account BYTEA NOT NULL,
    person TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (order_id, note)
);

CREATE TABLE payment_refund (
    id BYTEA PRIMARY KEY,
    payment BYTEA NOT NULL,
    currency TEXT NOT NULL,
    minor BIGINT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    done_at BIGINT
);

CREATE INDEX payment_refund_by_payment ON payment_refund (payment, id);

-- A customer is an e-mail address in its normal form, named by its keyed hash. Several addresses of
-- one person have the same `same_as`.
CREATE TABLE customer_contact (
    person BYTEA PRIMARY KEY,
    same_as BYTEA NOT NULL,
    email TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE INDEX customer_contact_by_same ON customer_contact (same_as, person);

CREATE TABLE customer_order (
    person BYTEA NOT NULL,
    order_id BYTEA NOT NULL,
    market TEXT NOT NULL,
    PRIMARY KEY (person, order_id)
);

CREATE INDEX customer_waiting_by_list ON customer_waiting (market, model, person);

-- Jobs as a person looks through them: what was given up first.
CREATE INDEX job_by_state ON job (state, id);
