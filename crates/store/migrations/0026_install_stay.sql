-- Where a sold device stays: the country it was seen in last, since when in no other, and the last
-- day. `device` is the keyed hash of its serial number, as in stock_serial. Nothing is kept of where
-- it was before.

CREATE TABLE install_stay (
    device BIGINT PRIMARY KEY,
    country TEXT NOT NULL,
    since TEXT NOT NULL,
    last_on TEXT NOT NULL
);

CREATE INDEX install_stay_by_last ON install_stay (last_on, device);
