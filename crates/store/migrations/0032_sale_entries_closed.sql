-- How many were there when the list of entries was closed, counted in the transaction that closed it:
-- the digests and the order are made from exactly these. Empty: closed before this column was there.
ALTER TABLE sale ADD COLUMN present BIGINT;

-- Every list is closed now when its sale goes live, not only one that waits for a beacon. Those with a
-- digest are.
UPDATE sale SET closed_at = 1
WHERE closed_at = 0 AND EXISTS (SELECT 1 FROM sale_channel WHERE sale_channel.sale = sale.id);
