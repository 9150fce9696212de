-- Several people type one address. Each of them has it from then on, not only whoever typed it first:
-- what any of them buys counts for the household.
CREATE TABLE sale_person_each (
    trait BYTEA NOT NULL,
    sale BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (trait, sale, entry)
);

INSERT INTO sale_person_each (trait, sale, entry) SELECT trait, sale, entry FROM sale_person;

DROP TABLE sale_person;

ALTER TABLE sale_person_each RENAME TO sale_person;
