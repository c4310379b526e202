-- Inboxes that were removed and of which something is still to be erased.
CREATE TABLE removed_inboxes (
    id BIGINT NOT NULL PRIMARY KEY,
    removed_at BIGINT NOT NULL
);
