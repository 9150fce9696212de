-- Rollouts of several models that run as one, and the company's own devices as the count knows them.

CREATE TABLE rollout_campaign (
    rollout BYTEA PRIMARY KEY,
    campaign BYTEA NOT NULL
);

CREATE INDEX rollout_campaign_by_campaign ON rollout_campaign (campaign, rollout);

-- The keeper asks every second for those that can change by themselves.
CREATE INDEX rollout_by_state ON rollout (state, build, channel);

-- None where the device was marked before this column was there.
ALTER TABLE device_own ADD COLUMN counted BIGINT;
