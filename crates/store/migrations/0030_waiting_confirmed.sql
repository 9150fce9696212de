-- An address on a waiting list counts once it was confirmed from its mailbox. `customer` is the keyed hash
-- under which the address is known as a customer; none where the entry is older than this column and the
-- keeper has not come to it yet. `due_at` is when the keeper looks at it again; none: it is confirmed.
-- What the release before writes is due at once.

ALTER TABLE customer_waiting ADD COLUMN customer BYTEA;
ALTER TABLE customer_waiting ADD COLUMN asked_at BIGINT;
ALTER TABLE customer_waiting ADD COLUMN confirmed_at BIGINT;
ALTER TABLE customer_waiting ADD COLUMN due_at BIGINT DEFAULT 0;

CREATE INDEX customer_waiting_by_due ON customer_waiting (due_at);
CREATE INDEX customer_waiting_by_customer ON customer_waiting (customer);
