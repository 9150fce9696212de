-- Since when an order of a reseller may not leave; empty while it may. Whoever ordered is written to when
-- that changes, and so it has to be known what was true before.
ALTER TABLE reseller_order ADD COLUMN held_since BIGINT;
