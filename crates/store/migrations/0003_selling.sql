-- Carts, checkouts, payments, orders, waiting lists.

CREATE TABLE cart (
    id BYTEA PRIMARY KEY,
    market TEXT NOT NULL,
    version BIGINT NOT NULL,
    lines TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE order_checkout (
    id BYTEA PRIMARY KEY,
    cart BYTEA NOT NULL,
    market TEXT NOT NULL,
    state TEXT NOT NULL,
    hold BYTEA NOT NULL,
    payment BYTEA,
    order_id BYTEA,
    expires_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX order_checkout_by_end ON order_checkout (state, expires_at);

CREATE TABLE payment (
    id BYTEA PRIMARY KEY,
    checkout BYTEA NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor BIGINT NOT NULL,
    captured_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    provider_reference TEXT,
    order_id BYTEA,
    scenario TEXT NOT NULL,
    started_at BIGINT NOT NULL
);

-- Attempts that still wait for an outcome: what the keeper looks through.
CREATE INDEX payment_by_state ON payment (state, started_at);

CREATE TABLE order_head (
    id BYTEA PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    market TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    payment BYTEA NOT NULL,
    hold BYTEA NOT NULL,
    payment_state TEXT NOT NULL,
    fulfilment_state TEXT NOT NULL,
    clearance_state TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX order_head_by_state ON order_head (payment_state, placed_at);

CREATE TABLE order_line (
    order_id BYTEA NOT NULL,
    line BIGINT NOT NULL,
    sku TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE INDEX order_line_by_sku ON order_line (sku, order_id);

CREATE TABLE customer_waiting (
    person BYTEA PRIMARY KEY,
    market TEXT NOT NULL,
    model TEXT NOT NULL,
    language TEXT NOT NULL,
    email TEXT NOT NULL,
    signed_at BIGINT NOT NULL
);

CREATE INDEX customer_waiting_by_model ON customer_waiting (market, model);
