-- Why somebody did it. Empty: no reason was asked for, or it stands in the proposal, where it can be erased.
ALTER TABLE staff_log ADD COLUMN reason TEXT NOT NULL DEFAULT '';
