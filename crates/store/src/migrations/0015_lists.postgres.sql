-- Listed in the order of their bytes, whatever language the database sorts by.
ALTER TABLE contacts ALTER COLUMN name TYPE TEXT COLLATE "C", ALTER COLUMN email TYPE TEXT COLLATE "C",
    ALTER COLUMN phone TYPE TEXT COLLATE "C";

-- Counts follow what they count.

CREATE FUNCTION count_conversation(c conversations, label BIGINT, by BIGINT) RETURNS void LANGUAGE sql AS $$
    INSERT INTO conversation_counts AS k (account_id, label_id, inbox_id, status, assignee_id, team_id, priority, unattended, n)
    VALUES (c.account_id, label, c.inbox_id, c.status, c.assignee_id, c.team_id, c.priority,
        CASE WHEN c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL THEN 1 ELSE 0 END, by)
    ON CONFLICT (account_id, label_id, inbox_id, status, coalesce(assignee_id, 0), coalesce(team_id, 0),
        coalesce(priority, -1), unattended)
    DO UPDATE SET n = k.n + excluded.n
$$;
CREATE FUNCTION conversations_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    l BIGINT;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM count_conversation(OLD, 0, -1);
        FOR l IN SELECT label_id FROM conversation_labels WHERE conversation_id = OLD.id LOOP
            PERFORM count_conversation(OLD, l, -1);
        END LOOP;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM conversation_labels WHERE conversation_id = OLD.id;
        RETURN NULL;
    END IF;
    PERFORM count_conversation(NEW, 0, 1);
    FOR l IN SELECT label_id FROM conversation_labels WHERE conversation_id = NEW.id LOOP
        PERFORM count_conversation(NEW, l, 1);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER conversations_counted AFTER INSERT OR DELETE ON conversations
    FOR EACH ROW EXECUTE FUNCTION conversations_are_counted();
CREATE TRIGGER conversations_counted_again AFTER UPDATE ON conversations FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id OR OLD.inbox_id <> NEW.inbox_id
        OR OLD.team_id IS DISTINCT FROM NEW.team_id OR OLD.priority IS DISTINCT FROM NEW.priority
        OR (OLD.first_reply_at IS NULL OR OLD.waiting_since IS NOT NULL)
            <> (NEW.first_reply_at IS NULL OR NEW.waiting_since IS NOT NULL))
    EXECUTE FUNCTION conversations_are_counted();
CREATE FUNCTION labels_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM count_conversation(c, NEW.label_id, 1) FROM conversations c WHERE c.id = NEW.conversation_id;
    ELSE
        PERFORM count_conversation(c, OLD.label_id, -1) FROM conversations c WHERE c.id = OLD.conversation_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER labels_counted AFTER INSERT OR DELETE ON conversation_labels
    FOR EACH ROW EXECUTE FUNCTION labels_are_counted();

CREATE FUNCTION count_contact(c contacts, by BIGINT) RETURNS void LANGUAGE sql AS $$
    INSERT INTO contact_counts AS k (account_id, known, n)
    VALUES (c.account_id, CASE WHEN c.email IS NOT NULL OR c.phone IS NOT NULL OR c.identifier IS NOT NULL
        THEN by ELSE 0 END, by)
    ON CONFLICT (account_id) DO UPDATE SET known = k.known + excluded.known, n = k.n + excluded.n
$$;
CREATE FUNCTION contacts_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM count_contact(OLD, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM count_contact(NEW, 1);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_counted AFTER INSERT OR UPDATE OR DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION contacts_are_counted();
ALTER TABLE attributes ALTER COLUMN value TYPE TEXT COLLATE "C";

-- What was kept before.
INSERT INTO attributes SELECT o.id, 0, j.key, o.account_id, lower(j.value #>> '{}'),
    CASE WHEN jsonb_typeof(j.value) = 'number' AND abs(CAST(j.value #>> '{}' AS NUMERIC)) < 9e12
        THEN CAST(round(CAST(j.value #>> '{}' AS NUMERIC) * 1000000) AS BIGINT) END
    FROM conversations o CROSS JOIN LATERAL jsonb_each(CAST(o.custom_attributes AS JSONB)) j
    WHERE o.custom_attributes IS NOT NULL AND jsonb_typeof(j.value) NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 1, j.key, o.account_id, lower(j.value #>> '{}'),
    CASE WHEN jsonb_typeof(j.value) = 'number' AND abs(CAST(j.value #>> '{}' AS NUMERIC)) < 9e12
        THEN CAST(round(CAST(j.value #>> '{}' AS NUMERIC) * 1000000) AS BIGINT) END
    FROM conversations o CROSS JOIN LATERAL jsonb_each(CAST(o.additional_attributes AS JSONB)) j
    WHERE o.additional_attributes IS NOT NULL AND jsonb_typeof(j.value) NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 2, j.key, o.account_id, lower(j.value #>> '{}'),
    CASE WHEN jsonb_typeof(j.value) = 'number' AND abs(CAST(j.value #>> '{}' AS NUMERIC)) < 9e12
        THEN CAST(round(CAST(j.value #>> '{}' AS NUMERIC) * 1000000) AS BIGINT) END
    FROM contacts o CROSS JOIN LATERAL jsonb_each(CAST(o.custom_attributes AS JSONB)) j
    WHERE o.custom_attributes IS NOT NULL AND jsonb_typeof(j.value) NOT IN ('object', 'array', 'null');
INSERT INTO attributes SELECT o.id, 3, j.key, o.account_id, lower(j.value #>> '{}'),
    CASE WHEN jsonb_typeof(j.value) = 'number' AND abs(CAST(j.value #>> '{}' AS NUMERIC)) < 9e12
        THEN CAST(round(CAST(j.value #>> '{}' AS NUMERIC) * 1000000) AS BIGINT) END
    FROM contacts o CROSS JOIN LATERAL jsonb_each(CAST(o.additional_attributes AS JSONB)) j
    WHERE o.additional_attributes IS NOT NULL AND jsonb_typeof(j.value) NOT IN ('object', 'array', 'null');
