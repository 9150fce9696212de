\set person random(1, 1000000000000)
BEGIN;
SELECT units FROM stock WHERE item = 1 FOR UPDATE;
UPDATE stock SET units = units - 1 WHERE item = 1;
INSERT INTO orders (id, person, item) VALUES (gen_random_uuid(), :person, 1);
COMMIT;
