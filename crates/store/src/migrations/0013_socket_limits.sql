-- Socket applications have several keys, may be disabled, and have limits of their own.
ALTER TABLE socket_apps ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE socket_apps ADD COLUMN connections_max BIGINT;
ALTER TABLE socket_apps ADD COLUMN event_data_bytes_max BIGINT;
ALTER TABLE socket_apps ADD COLUMN client_events_per_second_max BIGINT;
ALTER TABLE socket_apps ADD COLUMN presence_members_max BIGINT;

-- Those beside the oldest.
CREATE TABLE socket_app_keys (
    app_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (app_id, number)
);
CREATE UNIQUE INDEX socket_app_keys_by_key ON socket_app_keys (key);
