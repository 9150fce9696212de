-- Carts that were refused for a clearance: how many a day, by market, country and class of products.
-- Nobody is named. A mark is a keyed hash of cart, country and class, so that a cart counts once.

CREATE TABLE cart_refused (
    market TEXT NOT NULL,
    country TEXT NOT NULL,
    class TEXT NOT NULL,
    day TEXT NOT NULL,
    carts BIGINT NOT NULL,
    PRIMARY KEY (market, country, class, day)
);

CREATE TABLE cart_refused_mark (
    mark BYTEA PRIMARY KEY,
    day TEXT NOT NULL
);

CREATE INDEX cart_refused_mark_by_day ON cart_refused_mark (day, mark);
