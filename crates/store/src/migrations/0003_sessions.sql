-- How an inbox that is somebody's phone is joined to its network.
CREATE TABLE sessions (
    inbox_id BIGINT NOT NULL PRIMARY KEY,
    state BIGINT NOT NULL,
    number TEXT,
    note TEXT,
    changed_at BIGINT NOT NULL
);

-- What a carrier or a door keeps for itself: opaque text that only its keeper reads.
CREATE TABLE kept (
    keeper TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (keeper, name)
);
