-- How many open conversations have something that no agent has seen, kept by triggers: of every label, and under label 0
-- of all; under team 0 what no team has.
CREATE TABLE unread_counts (
    account_id BIGINT NOT NULL,
    label_id BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (account_id, label_id, inbox_id, team_id)
);
INSERT INTO unread_counts SELECT account_id, 0, inbox_id, coalesce(team_id, 0), count(*) FROM conversations
    WHERE status = 0 AND unread_count > 0 GROUP BY 1, 2, 3, 4;
INSERT INTO unread_counts SELECT c.account_id, w.label_id, c.inbox_id, coalesce(c.team_id, 0), count(*)
    FROM conversation_labels w JOIN conversations c ON c.id = w.conversation_id
    WHERE c.status = 0 AND c.unread_count > 0 GROUP BY 1, 2, 3, 4;
