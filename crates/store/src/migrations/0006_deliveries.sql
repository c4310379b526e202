-- Messages for networks and events for endpoints are owed alike: one table, one engine.

CREATE TABLE owed (
    id {PK},
    -- An endpoint's number, or an inbox's below zero.
    receiver BIGINT NOT NULL,
    lane BIGINT NOT NULL,
    event TEXT,
    body TEXT,
    seq BIGINT,
    message_id BIGINT,
    part BIGINT,
    parts BIGINT,
    state BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease_owner BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    settled_at BIGINT
);
INSERT INTO owed SELECT h.id, h.endpoint_id, 0, h.event, h.body, h.seq, NULL, NULL, NULL, h.state, h.attempts,
    h.attempts, h.next_at, h.leased_until, h.lease_owner, h.happened_at, h.settled_at FROM hooks h;
INSERT INTO owed SELECT d.id, -d.inbox_id, d.conversation_id, NULL, NULL, NULL, d.message_id, d.part, d.parts,
    CASE WHEN d.id = (SELECT min(e.id) FROM deliveries e WHERE e.inbox_id = d.inbox_id
        AND e.conversation_id = d.conversation_id) THEN 0 ELSE 3 END,
    d.attempts, d.attempts, d.next_at, 0, 0, d.created_at, NULL FROM deliveries d;
DROP TABLE hooks;
DROP TABLE deliveries;
ALTER TABLE owed RENAME TO deliveries;
ALTER TABLE attempts RENAME COLUMN hook_id TO delivery_id;

CREATE INDEX deliveries_first ON deliveries (receiver, id) WHERE state = 0 AND attempts = 0;
CREATE INDEX deliveries_again ON deliveries (receiver, next_at) WHERE state = 0 AND attempts > 0;
CREATE INDEX deliveries_next ON deliveries (next_at, leased_until) WHERE state = 0;
CREATE INDEX deliveries_by_state ON deliveries (state, receiver, id);
CREATE INDEX deliveries_in_lane ON deliveries (receiver, lane, id) WHERE lane <> 0 AND settled_at IS NULL;
CREATE INDEX deliveries_of_message ON deliveries (message_id)
    WHERE message_id IS NOT NULL AND settled_at IS NULL;
