-- What the engine of a phone's session must remember: its credentials, and a key for everybody it has spoken with.
-- Values are sealed by the carrier.
CREATE TABLE session_keys (
    inbox_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    mark BIGINT NOT NULL,
    PRIMARY KEY (inbox_id, kind, key)
);
