CREATE TABLE stock (item bigint PRIMARY KEY, units bigint NOT NULL CHECK (units >= 0));
CREATE TABLE orders (id uuid PRIMARY KEY, person bigint NOT NULL, item bigint NOT NULL);
INSERT INTO stock (item, units) VALUES (1, 2112010);
