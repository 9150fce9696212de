-- What a seller needs in a country beside the clearances of the goods. Few rows, read whole.

CREATE TABLE opening_item (
    code TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- Every step of a market from stage to stage, with the plan that was checked at its moment.
CREATE TABLE opening_step (
    id BYTEA PRIMARY KEY,
    market TEXT NOT NULL,
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    plan TEXT
);

CREATE INDEX opening_step_by_market ON opening_step (market, made_at);
