-- What every area uses: answers to idempotency keys, the job queue, settings.

CREATE TABLE idempotency (
    request BYTEA PRIMARY KEY,
    body BYTEA NOT NULL,
    answer TEXT NOT NULL,
    answered_at BIGINT NOT NULL
);

CREATE INDEX idempotency_by_age ON idempotency (answered_at);

CREATE TABLE job (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    body TEXT NOT NULL,
    last_error TEXT
);

CREATE INDEX job_by_due ON job (state, due_at);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
