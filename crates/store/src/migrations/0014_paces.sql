-- How fast an inbox sends, what has left it, and since when it does not.
CREATE TABLE paces (
    inbox_id BIGINT NOT NULL PRIMARY KEY,
    -- What its owner has said: all of it, or nothing.
    per_minute BIGINT,
    jitter_percent BIGINT,
    per_day BIGINT,
    warm_up TEXT,
    quiet TEXT,
    zone TEXT,
    -- What has left the number; days since 1970.
    number TEXT NOT NULL,
    first_day BIGINT,
    day BIGINT NOT NULL,
    today BIGINT NOT NULL,
    last_at BIGINT,
    spread BIGINT NOT NULL,
    free_at BIGINT NOT NULL,
    held_since BIGINT,
    stale_before BIGINT
);
CREATE INDEX paces_by_end ON paces (free_at);
