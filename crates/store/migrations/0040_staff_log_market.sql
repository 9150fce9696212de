-- The log of one market: walked from the newest entry down, as by act, account and subject.
CREATE INDEX staff_log_by_market ON staff_log (market, id);
