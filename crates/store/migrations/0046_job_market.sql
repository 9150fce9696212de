-- The market of the order whose money a job is about, for jobs that were given up: whoever looks after a
-- market is told of its own, and walks no others. '?': nobody has looked yet; empty: it is of no market.
ALTER TABLE job ADD COLUMN market TEXT NOT NULL DEFAULT '?';
CREATE INDEX job_given_up_by_market ON job (market, id) WHERE state = 'given_up';
