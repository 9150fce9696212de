-- What resellers, papers and sales are found by: folded words of their names, and where each is seen.
-- A scope is a market's code, or what else says who may see it (see the files that write it). `words`
-- has all of them, so that several are looked for without reading the thing itself.
CREATE TABLE reseller_term (
    term TEXT NOT NULL,
    reseller BYTEA NOT NULL,
    scope TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (term, reseller, scope)
);

CREATE INDEX reseller_term_by_reseller ON reseller_term (reseller);

CREATE TABLE staff_document_term (
    term TEXT NOT NULL,
    hash TEXT NOT NULL,
    scope TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (term, hash, scope)
);

CREATE INDEX staff_document_term_by_hash ON staff_document_term (hash);

CREATE TABLE sale_term (
    term TEXT NOT NULL,
    sale BYTEA NOT NULL,
    scope TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (term, sale, scope)
);

CREATE INDEX sale_term_by_sale ON sale_term (sale);

-- Those whose terms a keeper has to find: whoever changes one writes a row here in the same transaction.
CREATE TABLE reseller_unindexed (
    reseller BYTEA PRIMARY KEY
);

CREATE TABLE staff_document_unindexed (
    hash TEXT PRIMARY KEY
);

CREATE TABLE sale_unindexed (
    sale BYTEA PRIMARY KEY
);

INSERT INTO reseller_unindexed (reseller) SELECT id FROM reseller;
INSERT INTO staff_document_unindexed (hash) SELECT hash FROM staff_document;
INSERT INTO sale_unindexed (sale) SELECT id FROM sale;

-- Sales that are halted, among all that are over.
CREATE INDEX sale_by_state ON sale (state, id);

-- What the list of proposals shows: everything but what they would do, which is megabytes in a bulk edit
-- and lies between the other columns of a row.
CREATE TABLE staff_proposal_head (
    id BYTEA PRIMARY KEY,
    author BYTEA NOT NULL,
    permission TEXT NOT NULL,
    market TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_at BIGINT
);

INSERT INTO staff_proposal_head (id, author, permission, market, subject, reason, proposed_at, decided_at)
    SELECT id, author, permission, market, subject, reason, proposed_at, decided_at FROM staff_proposal;
