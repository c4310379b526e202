-- Who answers in which inbox. Until now everybody of the account did.
CREATE TABLE inbox_members (
    inbox_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    PRIMARY KEY (inbox_id, agent_id)
);
INSERT INTO inbox_members SELECT i.id, a.id FROM inboxes i JOIN agents a ON a.account_id = i.account_id;

-- An agent who was removed stays as a row, so that nothing that was theirs becomes another's.
ALTER TABLE agents ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN display_name TEXT;
ALTER TABLE agents ADD COLUMN auto_offline BIGINT NOT NULL DEFAULT 1;
CREATE INDEX tokens_by_agent ON tokens (agent_id);
