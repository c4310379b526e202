-- Counts follow what they count.

CREATE TRIGGER conversations_counted AFTER INSERT ON conversations
BEGIN
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    VALUES (new.account_id, 0, new.inbox_id, new.status, new.assignee_id, new.team_id, new.priority,
        (new.first_reply_at IS NULL OR new.waiting_since IS NOT NULL), 1)
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER conversations_counted_again AFTER UPDATE ON conversations
WHEN old.status <> new.status OR old.assignee_id IS NOT new.assignee_id OR old.inbox_id <> new.inbox_id
    OR old.team_id IS NOT new.team_id OR old.priority IS NOT new.priority
    OR (old.first_reply_at IS NULL OR old.waiting_since IS NOT NULL) <>
        (new.first_reply_at IS NULL OR new.waiting_since IS NOT NULL)
BEGIN
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    SELECT old.account_id, l.label_id, old.inbox_id, old.status, old.assignee_id,
        old.team_id, old.priority, (old.first_reply_at IS NULL OR old.waiting_since IS NOT NULL), -1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = old.id) l WHERE true
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    SELECT new.account_id, l.label_id, new.inbox_id, new.status, new.assignee_id,
        new.team_id, new.priority, (new.first_reply_at IS NULL OR new.waiting_since IS NOT NULL), 1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = new.id) l WHERE true
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER conversations_not_counted AFTER DELETE ON conversations
BEGIN
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    SELECT old.account_id, l.label_id, old.inbox_id, old.status, old.assignee_id,
        old.team_id, old.priority, (old.first_reply_at IS NULL OR old.waiting_since IS NOT NULL), -1
    FROM (SELECT 0 AS label_id UNION ALL SELECT label_id FROM conversation_labels
        WHERE conversation_id = old.id) l WHERE true
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
    DELETE FROM conversation_labels WHERE conversation_id = old.id;
END;
CREATE TRIGGER labels_counted AFTER INSERT ON conversation_labels
BEGIN
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    SELECT c.account_id, new.label_id, c.inbox_id, c.status, c.assignee_id, c.team_id, c.priority,
        (c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL), 1
    FROM conversations c WHERE c.id = new.conversation_id
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER labels_not_counted AFTER DELETE ON conversation_labels
BEGIN
    INSERT INTO conversation_counts (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    SELECT c.account_id, old.label_id, c.inbox_id, c.status, c.assignee_id, c.team_id, c.priority,
        (c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL), -1
    FROM conversations c WHERE c.id = old.conversation_id
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = n + excluded.n;
END;

CREATE TRIGGER contacts_counted AFTER INSERT ON contacts
BEGIN
    INSERT INTO contact_counts (account_id, known, n)
    VALUES (new.account_id, (new.email IS NOT NULL OR new.phone IS NOT NULL OR new.identifier IS NOT NULL), 1)
    ON CONFLICT (account_id) DO UPDATE SET known = known + excluded.known, n = n + 1;
END;
CREATE TRIGGER contacts_counted_again AFTER UPDATE ON contacts
WHEN (old.email IS NOT NULL OR old.phone IS NOT NULL OR old.identifier IS NOT NULL) <>
    (new.email IS NOT NULL OR new.phone IS NOT NULL OR new.identifier IS NOT NULL)
BEGIN
    UPDATE contact_counts SET known = known + (new.email IS NOT NULL OR new.phone IS NOT NULL OR new.identifier IS NOT NULL)
        - (old.email IS NOT NULL OR old.phone IS NOT NULL OR old.identifier IS NOT NULL)
    WHERE account_id = new.account_id;
END;
CREATE TRIGGER contacts_not_counted AFTER DELETE ON contacts
BEGIN
    UPDATE contact_counts SET n = n - 1, known = known
        - (old.email IS NOT NULL OR old.phone IS NOT NULL OR old.identifier IS NOT NULL)
    WHERE account_id = old.account_id;
END;

-- What was kept before.
INSERT INTO attributes SELECT o.id, 0, j.key, o.account_id,
    CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE lower(j.value) END,
    CASE WHEN j.type IN ('integer', 'real') AND abs(j.value) < 9e12 THEN CAST(round(j.value * 1000000) AS INTEGER) END
    FROM conversations o, json_each(o.custom_attributes) j
    WHERE json_valid(o.custom_attributes) AND j.type NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 1, j.key, o.account_id,
    CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE lower(j.value) END,
    CASE WHEN j.type IN ('integer', 'real') AND abs(j.value) < 9e12 THEN CAST(round(j.value * 1000000) AS INTEGER) END
    FROM conversations o, json_each(o.additional_attributes) j
    WHERE json_valid(o.additional_attributes) AND j.type NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 2, j.key, o.account_id,
    CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE lower(j.value) END,
    CASE WHEN j.type IN ('integer', 'real') AND abs(j.value) < 9e12 THEN CAST(round(j.value * 1000000) AS INTEGER) END
    FROM contacts o, json_each(o.custom_attributes) j
    WHERE json_valid(o.custom_attributes) AND j.type NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 3, j.key, o.account_id,
    CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE lower(j.value) END,
    CASE WHEN j.type IN ('integer', 'real') AND abs(j.value) < 9e12 THEN CAST(round(j.value * 1000000) AS INTEGER) END
    FROM contacts o, json_each(o.additional_attributes) j
    WHERE json_valid(o.additional_attributes) AND j.type NOT IN ('object', 'array', 'null');
