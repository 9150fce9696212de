-- Photographs of models, by the hash of their bytes. Few and small: they lie with the facts that name
-- them, so that one backup has both.

CREATE TABLE catalogue_photo (
    model TEXT NOT NULL REFERENCES catalogue_model (code),
    hash TEXT NOT NULL,
    media TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    content BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    added_by BYTEA NOT NULL,
    PRIMARY KEY (model, hash)
);

CREATE INDEX catalogue_photo_by_hash ON catalogue_photo (hash);
