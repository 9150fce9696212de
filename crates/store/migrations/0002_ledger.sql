-- The ledgers: stock and money. A balance is a projection of the transfers; `kontor audit` proves it.

CREATE TABLE stock_account (
    account TEXT PRIMARY KEY,
    market TEXT NOT NULL,
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    balance BIGINT NOT NULL
);

CREATE INDEX stock_account_by_state ON stock_account (state, market, item);

CREATE TABLE stock_transfer (
    id BYTEA PRIMARY KEY,
    made_at BIGINT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    units BIGINT NOT NULL,
    cause TEXT NOT NULL,
    reference TEXT NOT NULL
);

CREATE TABLE stock_hold (
    id BYTEA PRIMARY KEY,
    state TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    lines TEXT NOT NULL
);

CREATE INDEX stock_hold_by_end ON stock_hold (state, expires_at);

-- The money ledger, by the same rule.

CREATE TABLE money_account (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance_minor BIGINT NOT NULL,
    PRIMARY KEY (account, currency)
);

CREATE TABLE money_transfer (
    id BYTEA PRIMARY KEY,
    order_id BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    cause TEXT NOT NULL,
    reference TEXT NOT NULL
);

CREATE INDEX money_transfer_by_order ON money_transfer (order_id);
