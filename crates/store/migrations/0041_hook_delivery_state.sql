-- What an endpoint did not take, among everything that it was told.
CREATE INDEX hook_delivery_by_state ON hook_delivery (endpoint, state, id);
