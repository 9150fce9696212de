-- What devices trust: signed documents, what waits for offline signatures, online keys; deltas; and
-- reports that no offer stands behind.

-- Every file of the repository, by its name. Names with a version never change.
CREATE TABLE signing_document (
    name TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    written_at BIGINT NOT NULL
);

-- The next document of a role, with the signatures so far.
CREATE TABLE signing_pending (
    role TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

-- Keys that sign on the server, sealed with its secret.
CREATE TABLE signing_key (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sealed TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

-- The whole image of a build, where devices get images rather than packages.
CREATE TABLE build_image (
    build BYTEA PRIMARY KEY REFERENCES build (id),
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL
);

-- Deltas that are wanted, being made, or there.
CREATE TABLE delta (
    from_build BYTEA NOT NULL REFERENCES build (id),
    to_build BYTEA NOT NULL REFERENCES build (id),
    model TEXT NOT NULL,
    state TEXT NOT NULL,
    done_bytes BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    whole_bytes BIGINT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    from_sha256 TEXT NOT NULL,
    to_sha256 TEXT NOT NULL,
    to_bytes BIGINT NOT NULL,
    note TEXT NOT NULL,
    worker TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (from_build, to_build)
);

CREATE INDEX delta_by_state ON delta (state, changed_at);

-- Whether the device had been offered the build: only then does a report count for a gate. Those from
-- before this column were counted.
ALTER TABLE rollout_report ADD COLUMN proven BIGINT NOT NULL DEFAULT 1;

-- Reports without such a proof, counted apart.
CREATE TABLE rollout_apart (
    build BYTEA NOT NULL,
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    devices BIGINT NOT NULL,
    PRIMARY KEY (build, channel, event)
);
