-- What has not left yet, in order: looked through whenever a clearance changes.
CREATE INDEX order_head_waiting ON order_head (id) WHERE fulfilment_state = 'waiting';
