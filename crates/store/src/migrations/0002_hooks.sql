-- Where an account's events are posted to, what is posted, and what came of it.

CREATE TABLE endpoints (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    dialect TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    inbox_id BIGINT,
    state BIGINT NOT NULL,
    disabled_because TEXT,
    in_order BIGINT NOT NULL,
    per_second BIGINT NOT NULL,
    in_flight BIGINT NOT NULL,
    since BIGINT NOT NULL,
    failing_since BIGINT,
    failures BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- In clear, because we sign with them.
CREATE TABLE endpoint_secrets (
    endpoint_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (endpoint_id, place)
);

CREATE TABLE hooks (
    id {PK},
    endpoint_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    seq BIGINT NOT NULL,
    state BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease_owner BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX hooks_first ON hooks (endpoint_id, id) WHERE state = 0 AND attempts = 0;
CREATE INDEX hooks_again ON hooks (endpoint_id, next_at) WHERE state = 0 AND attempts > 0;
CREATE INDEX hooks_in_order ON hooks (endpoint_id, id) WHERE state = 0;
CREATE INDEX hooks_next ON hooks (next_at, leased_until) WHERE state = 0;
CREATE INDEX hooks_by_endpoint ON hooks (endpoint_id, state, id);

-- Append-only.
CREATE TABLE attempts (
    hook_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status BIGINT,
    error TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (hook_id, number)
);

-- How far each durable reader of the journal has come.
CREATE TABLE cursors (
    reader TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);
