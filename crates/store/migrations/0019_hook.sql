-- Webhooks: who is called, what has happened, and every attempt to tell. Secrets are sealed with a key
-- that is not in the database; events say nothing of people.

CREATE TABLE hook_endpoint (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    markets TEXT NOT NULL,
    kinds TEXT NOT NULL,
    state TEXT NOT NULL,
    secret TEXT NOT NULL,
    secret_before TEXT,
    before_until BIGINT,
    failing_since BIGINT,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE hook_event (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    market TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    data TEXT NOT NULL,
    fanned BIGINT NOT NULL
);

CREATE INDEX hook_event_unfanned ON hook_event (id) WHERE fanned = 0;
CREATE INDEX hook_event_by_age ON hook_event (made_at);

CREATE TABLE hook_delivery (
    id BYTEA PRIMARY KEY,
    endpoint BYTEA NOT NULL,
    event BYTEA NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);

CREATE INDEX hook_delivery_by_due ON hook_delivery (state, due_at);
CREATE INDEX hook_delivery_by_endpoint ON hook_delivery (endpoint, id);
CREATE INDEX hook_delivery_by_event ON hook_delivery (event);

CREATE TABLE hook_attempt (
    delivery BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    status BIGINT,
    told TEXT NOT NULL,
    PRIMARY KEY (delivery, made_at)
);
