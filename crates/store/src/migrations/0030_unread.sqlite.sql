-- Counts follow what they count. One that goes is counted off before its labels are.

CREATE TRIGGER unread_counted AFTER INSERT ON conversations
WHEN new.status = 0 AND new.unread_count > 0
BEGIN
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT new.account_id, l.label_id, new.inbox_id, coalesce(new.team_id, 0), 1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = new.id) l WHERE true
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER unread_counted_again AFTER UPDATE ON conversations
WHEN (old.status = 0 AND old.unread_count > 0) <> (new.status = 0 AND new.unread_count > 0)
    OR (new.status = 0 AND new.unread_count > 0 AND old.team_id IS NOT new.team_id)
BEGIN
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT old.account_id, l.label_id, old.inbox_id, coalesce(old.team_id, 0), -1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = old.id) l WHERE old.status = 0 AND old.unread_count > 0
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT new.account_id, l.label_id, new.inbox_id, coalesce(new.team_id, 0), 1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = new.id) l WHERE new.status = 0 AND new.unread_count > 0
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER unread_not_counted BEFORE DELETE ON conversations
WHEN old.status = 0 AND old.unread_count > 0
BEGIN
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT old.account_id, l.label_id, old.inbox_id, coalesce(old.team_id, 0), -1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = old.id) l WHERE true
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER unread_labels_counted AFTER INSERT ON conversation_labels
BEGIN
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT c.account_id, new.label_id, c.inbox_id, coalesce(c.team_id, 0), 1
    FROM conversations c WHERE c.id = new.conversation_id AND c.status = 0 AND c.unread_count > 0
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER unread_labels_not_counted AFTER DELETE ON conversation_labels
BEGIN
    INSERT INTO unread_counts (account_id, label_id, inbox_id, team_id, n)
    SELECT c.account_id, old.label_id, c.inbox_id, coalesce(c.team_id, 0), -1
    FROM conversations c WHERE c.id = old.conversation_id AND c.status = 0 AND c.unread_count > 0
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = n + excluded.n;
END;
