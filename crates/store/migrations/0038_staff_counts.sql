-- What the staff area's lists count and walk, without reading rows for it.

-- How many wait for what, and who has confirmed since a day: answered from the index alone.
CREATE INDEX customer_waiting_by_confirmed ON customer_waiting (market, model, confirmed_at, email);

-- Proposals by the right that decides about them: of those that are nobody's business none is read.
CREATE INDEX staff_proposal_by_right ON staff_proposal (state, market, permission, id, proposed_at);
CREATE INDEX staff_proposal_by_author ON staff_proposal (author, state, id, proposed_at);

-- How often what a list is counted from has changed: whoever keeps a count in memory asks for this and
-- counts anew when it is another one. A row per list, so that lists do not wait for each other.
CREATE TABLE fact_list (
    list TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- The devices of which what was sold, or where it stays, has changed, one row a change and the last of
-- them only: whoever keeps all sold units in memory reads these anew and no others.
CREATE TABLE stock_unit_change (
    version BIGINT PRIMARY KEY,
    device BIGINT NOT NULL
);

CREATE INDEX stock_serial_by_device ON stock_serial (device);
