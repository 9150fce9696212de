-- What has become of a lot's units and how many stand in its line, as of its last batch: what lists of
-- sales show. Written with each batch by the statement that writes the rest of the row. A batch of the
-- release before leaves them as they were; the next one of this release puts them right.
ALTER TABLE sale_lot ADD COLUMN sold BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sale_lot ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sale_lot ADD COLUMN in_line BIGINT NOT NULL DEFAULT 0;

UPDATE sale_lot SET
    taken = (SELECT coalesce(sum(units), 0) FROM sale_claim
        WHERE sale_claim.lot = sale_lot.lot AND sale_claim.state IN ('held', 'checkout', 'sold')),
    sold = (SELECT coalesce(sum(units), 0) FROM sale_claim
        WHERE sale_claim.lot = sale_lot.lot AND sale_claim.state = 'sold'),
    ended = (SELECT coalesce(sum(units), 0) FROM sale_claim
        WHERE sale_claim.lot = sale_lot.lot AND sale_claim.state IN ('released', 'expired')),
    in_line = (SELECT count(*) FROM sale_waiting
        WHERE sale_waiting.lot = sale_lot.lot AND sale_waiting.served = 0);
