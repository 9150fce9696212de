-- The daily page asks what resellers have reported lately.
CREATE INDEX reseller_sell_out_by_report ON reseller_sell_out (reported_at, reseller, country);
