-- How a lot stands, for the other lots of its way: units that are held, in checkout or sold, and
-- units that people have asked for in vain. Written with each batch of the lot.
ALTER TABLE sale_lot ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sale_lot ADD COLUMN wanted BIGINT NOT NULL DEFAULT 0;

-- When the list of entries was closed, of a sale that waits for a beacon: whoever enters afterwards
-- stands behind those who were there. Zero: it is open, or was never closed apart from going live.
ALTER TABLE sale ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
