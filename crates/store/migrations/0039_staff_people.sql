-- The list of accounts is read by name, page by page, from where the page before has ended.
CREATE INDEX staff_account_by_name ON staff_account (name, id);
