-- What import and export need beyond the facts themselves.

-- Where a row of the market and catalogue files is from, as the file said. No decision asks for
-- it; without it an export would give the figures back without their sources.
CREATE TABLE fact_source (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    source TEXT NOT NULL,
    confidence TEXT NOT NULL,
    PRIMARY KEY (kind, code)
);

-- Receipts only, which are few, so that a delivery that was booked is found again and is not
-- booked twice; selling does not pay for it.
CREATE INDEX stock_transfer_received ON stock_transfer (reference, to_account)
    WHERE cause = 'received';
