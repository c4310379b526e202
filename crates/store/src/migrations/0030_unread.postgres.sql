-- Counts follow what they count. One that goes is counted off before its labels are.

CREATE FUNCTION count_unread(c conversations, label BIGINT, by BIGINT) RETURNS void LANGUAGE sql AS $$
    INSERT INTO unread_counts AS k (account_id, label_id, inbox_id, team_id, n)
    SELECT c.account_id, label, c.inbox_id, coalesce(c.team_id, 0), by WHERE c.status = 0 AND c.unread_count > 0
    ON CONFLICT (account_id, label_id, inbox_id, team_id) DO UPDATE SET n = k.n + excluded.n
$$;
CREATE FUNCTION count_unread_of_all(c conversations, by BIGINT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l BIGINT;
BEGIN
    PERFORM count_unread(c, 0, by);
    FOR l IN SELECT label_id FROM conversation_labels WHERE conversation_id = c.id LOOP
        PERFORM count_unread(c, l, by);
    END LOOP;
END
$$;
CREATE FUNCTION unread_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM count_unread_of_all(OLD, -1);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM count_unread_of_all(NEW, 1);
    RETURN NEW;
END
$$;
CREATE TRIGGER unread_counted AFTER INSERT ON conversations FOR EACH ROW
    WHEN (NEW.status = 0 AND NEW.unread_count > 0) EXECUTE FUNCTION unread_is_counted();
CREATE TRIGGER unread_counted_again AFTER UPDATE ON conversations FOR EACH ROW
    WHEN ((OLD.status = 0 AND OLD.unread_count > 0) <> (NEW.status = 0 AND NEW.unread_count > 0)
        OR (NEW.status = 0 AND NEW.unread_count > 0 AND OLD.team_id IS DISTINCT FROM NEW.team_id))
    EXECUTE FUNCTION unread_is_counted();
CREATE TRIGGER unread_not_counted BEFORE DELETE ON conversations FOR EACH ROW
    WHEN (OLD.status = 0 AND OLD.unread_count > 0) EXECUTE FUNCTION unread_is_counted();
CREATE FUNCTION unread_labels_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM count_unread(c, NEW.label_id, 1) FROM conversations c WHERE c.id = NEW.conversation_id;
    ELSE
        PERFORM count_unread(c, OLD.label_id, -1) FROM conversations c WHERE c.id = OLD.conversation_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER unread_labels_counted AFTER INSERT OR DELETE ON conversation_labels
    FOR EACH ROW EXECUTE FUNCTION unread_labels_are_counted();
