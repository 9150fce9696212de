-- The last number of a credit note that was given out in a market's series. It is raised in the transaction
-- that writes the note into its bill, so that there are no gaps.
CREATE TABLE reseller_credit_series (
    market TEXT PRIMARY KEY,
    last_number BIGINT NOT NULL
);
