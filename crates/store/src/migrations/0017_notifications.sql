-- What agents are notified of: the latest of each conversation.
CREATE TABLE notifications (
    id {PK},
    account_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    message_id BIGINT,
    by_agent BIGINT,
    read_at BIGINT,
    snoozed_until BIGINT,
    active_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notifications_by_conversation ON notifications (conversation_id, agent_id);
CREATE INDEX notifications_by_agent ON notifications (agent_id, active_at, id, read_at, snoozed_until);
CREATE INDEX notifications_snoozed ON notifications (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Who takes part in a conversation (kind 0), with it as their numbers separated by commas, and who was named (1).
ALTER TABLE conversations ADD COLUMN participants TEXT;
CREATE TABLE involvements (
    agent_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    PRIMARY KEY (agent_id, kind, conversation_id)
);
CREATE INDEX involvements_by_conversation ON involvements (conversation_id);

-- Of what agents want to be told by e-mail and on their devices: kinds, separated by commas.
ALTER TABLE agents ADD COLUMN email_wishes TEXT NOT NULL DEFAULT '1';
ALTER TABLE agents ADD COLUMN push_wishes TEXT NOT NULL DEFAULT '1';
