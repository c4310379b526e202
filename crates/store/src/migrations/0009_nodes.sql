-- The servers that share this store.
CREATE TABLE nodes (
    id {PK},
    name TEXT NOT NULL,
    mark TEXT NOT NULL,
    beats BIGINT NOT NULL
);
CREATE UNIQUE INDEX nodes_by_name ON nodes (name);
