-- Passkeys of the maker's people, and the questions that were asked and wait for one answer.

CREATE TABLE staff_passkey (
    id TEXT PRIMARY KEY,
    account BYTEA NOT NULL,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    copied BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX staff_passkey_by_account ON staff_passkey (account, made_at);

CREATE TABLE staff_challenge (
    challenge BYTEA PRIMARY KEY,
    account BYTEA,
    expires_at BIGINT NOT NULL
);

CREATE INDEX staff_challenge_by_end ON staff_challenge (expires_at);
