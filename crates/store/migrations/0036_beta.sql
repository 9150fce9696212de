-- Who is let in to a market that is open to a limited circle, beside those who stand confirmed on its
-- waiting lists: they were told, and told people leave the list with their address. A keyed hash, no address.
CREATE TABLE customer_guest (
    market TEXT NOT NULL,
    customer BYTEA NOT NULL,
    model TEXT NOT NULL,
    let_in_at BIGINT NOT NULL,
    PRIMARY KEY (market, customer, model)
);

-- What was ordered while a market was in beta, by whom: the limit of a person and of a variant are counted
-- from it. Rows go when the order is cancelled, and all of a market's when it opens.
CREATE TABLE order_beta (
    order_id BYTEA NOT NULL,
    sku TEXT NOT NULL,
    market TEXT NOT NULL,
    customer BYTEA NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (order_id, sku)
);

CREATE INDEX order_beta_by_variant ON order_beta (market, sku, customer);
