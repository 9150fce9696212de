-- The maker's people: accounts, sessions, what waits for a second person, and the log of what was done.

CREATE TABLE staff_account (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    held TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The address in its normal form: one account for one mailbox, also on distributed databases,
-- where a unique index would have to be kept over all shards.
CREATE TABLE staff_address (
    email TEXT PRIMARY KEY,
    account BYTEA NOT NULL
);

CREATE TABLE staff_recovery (
    account BYTEA NOT NULL,
    code BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, code)
);

CREATE TABLE staff_session (
    token BYTEA PRIMARY KEY,
    account BYTEA NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    browser TEXT NOT NULL,
    shown_as TEXT NOT NULL
);

CREATE INDEX staff_session_by_account ON staff_session (account, seen_at);

-- Append-only: nothing in the program changes or removes a row.
CREATE TABLE staff_log (
    id BYTEA PRIMARY KEY,
    made_at BIGINT NOT NULL,
    account BYTEA,
    person TEXT NOT NULL,
    act TEXT NOT NULL,
    market TEXT NOT NULL,
    subject TEXT NOT NULL,
    was TEXT NOT NULL,
    is_now TEXT NOT NULL
);

CREATE INDEX staff_log_by_act ON staff_log (act, id);
CREATE INDEX staff_log_by_account ON staff_log (account, id);
CREATE INDEX staff_log_by_subject ON staff_log (subject, id);

CREATE TABLE staff_proposal (
    id BYTEA PRIMARY KEY,
    author BYTEA NOT NULL,
    permission TEXT NOT NULL,
    market TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by BYTEA,
    decided_at BIGINT,
    remark TEXT NOT NULL
);

CREATE INDEX staff_proposal_by_state ON staff_proposal (state, id);

-- Papers that evidence rests on, by the hash of their bytes. Small and few: they lie with the facts
-- that name them, so that one backup has both.
CREATE TABLE staff_document (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    content BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    added_by BYTEA NOT NULL
);
