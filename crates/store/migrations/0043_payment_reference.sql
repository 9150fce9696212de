-- A provider, or a bank, names a payment by its own reference: whoever has one in hand finds the order by it.
-- Attempts that were never answered have none, and are not in it.
CREATE INDEX payment_by_reference ON payment (provider_reference) WHERE provider_reference IS NOT NULL;
