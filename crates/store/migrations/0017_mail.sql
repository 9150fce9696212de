-- Letters that were caused and are to be sent. Nobody's address stands here: it is read from what the
-- letter is about when it is sent, so that whoever is erased there is not written to any more.

CREATE TABLE mail_letter (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    about BYTEA NOT NULL,
    state TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    done_at BIGINT,
    body TEXT NOT NULL
);

CREATE INDEX mail_letter_by_due ON mail_letter (state, due_at);
CREATE INDEX mail_letter_by_about ON mail_letter (about, id);
