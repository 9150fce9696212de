-- The ROM: models, builds with their files, channels, rollouts, what devices report.

CREATE TABLE device_model (
    codename TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- The company's own devices, by the keyed hash of their id.
CREATE TABLE device_own (
    device BYTEA PRIMARY KEY,
    marked_at BIGINT NOT NULL
);

CREATE TABLE build (
    id BYTEA PRIMARY KEY,
    model TEXT NOT NULL REFERENCES device_model (codename),
    incremental TEXT NOT NULL,
    built_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (model, incremental)
);

-- What lies in the store of files, by its SHA-256 in hexadecimal digits.
CREATE TABLE build_file (
    sha256 TEXT PRIMARY KEY,
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL,
    checked_at BIGINT NOT NULL
);

CREATE INDEX build_file_by_check ON build_file (checked_at, sha256);

CREATE TABLE channel_build (
    model TEXT NOT NULL,
    channel TEXT NOT NULL,
    build BYTEA NOT NULL REFERENCES build (id),
    since BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    PRIMARY KEY (model, channel, build)
);

CREATE TABLE rollout (
    id BYTEA PRIMARY KEY,
    model TEXT NOT NULL,
    channel TEXT NOT NULL,
    build BYTEA NOT NULL REFERENCES build (id),
    state TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX rollout_by_channel ON rollout (model, channel, state);

-- Every step of a rollout, who or what took it, and the reports at that moment.
CREATE TABLE rollout_step (
    rollout BYTEA NOT NULL REFERENCES rollout (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (rollout, number)
);

-- One row per device, build and kind of report: the same report twice counts once.
CREATE TABLE rollout_report (
    build BYTEA NOT NULL,
    channel TEXT NOT NULL,
    device BYTEA NOT NULL,
    event TEXT NOT NULL,
    code TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (build, channel, device, event)
);

-- The reports counted by the hour: gates and curves read this, never the rows above.
CREATE TABLE rollout_count (
    build BYTEA NOT NULL,
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    hour BIGINT NOT NULL,
    devices BIGINT NOT NULL,
    PRIMARY KEY (build, channel, event, hour)
);

-- Failures by their code, at most a bounded number of codes a build.
CREATE TABLE rollout_failure (
    build BYTEA NOT NULL,
    channel TEXT NOT NULL,
    code TEXT NOT NULL,
    devices BIGINT NOT NULL,
    PRIMARY KEY (build, channel, code)
);
