-- What lists of the staff side walk: the movements of one account of the stock ledger in either
-- direction, and the proposals about one thing.

CREATE INDEX stock_transfer_by_from ON stock_transfer (from_account, id);
CREATE INDEX stock_transfer_by_to ON stock_transfer (to_account, id);
CREATE INDEX staff_proposal_by_subject ON staff_proposal (subject, id);
