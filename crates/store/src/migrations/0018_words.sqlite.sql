-- The words of messages, and any part of what contacts are called: kept by triggers, so that what is committed is found.

CREATE VIRTUAL TABLE message_words USING fts5 (account, words, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 0");
CREATE TRIGGER messages_found AFTER INSERT ON messages WHEN new.content IS NOT NULL
BEGIN
    INSERT INTO message_words (rowid, account, words)
    VALUES (new.id, 'a' || new.account_id, substr(new.content, 1, 20000));
END;
CREATE TRIGGER messages_found_again AFTER UPDATE OF content ON messages WHEN old.content IS NOT new.content
BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
    INSERT INTO message_words (rowid, account, words)
    SELECT new.id, 'a' || new.account_id, substr(new.content, 1, 20000) WHERE new.content IS NOT NULL;
END;
CREATE TRIGGER messages_lost AFTER DELETE ON messages
BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
END;
INSERT INTO message_words (rowid, account, words)
    SELECT id, 'a' || account_id, substr(content, 1, 20000) FROM messages WHERE content IS NOT NULL;

-- By three letters in a row. What is found is looked at once more, so their places need not be kept.
CREATE VIRTUAL TABLE contact_words USING fts5 (known, content='', contentless_delete=1, detail=none,
    tokenize="trigram");
CREATE TRIGGER contacts_found AFTER INSERT ON contacts
BEGIN
    INSERT INTO contact_words (rowid, known)
    VALUES (new.id, new.name || char(10) || coalesce(new.email, '') || char(10) || coalesce(new.phone, '')
        || char(10) || coalesce(new.identifier, ''));
END;
CREATE TRIGGER contacts_found_again AFTER UPDATE ON contacts
WHEN old.name <> new.name OR old.email IS NOT new.email OR old.phone IS NOT new.phone
    OR old.identifier IS NOT new.identifier
BEGIN
    DELETE FROM contact_words WHERE rowid = old.id;
    INSERT INTO contact_words (rowid, known)
    VALUES (new.id, new.name || char(10) || coalesce(new.email, '') || char(10) || coalesce(new.phone, '')
        || char(10) || coalesce(new.identifier, ''));
END;
CREATE TRIGGER contacts_lost AFTER DELETE ON contacts
BEGIN
    DELETE FROM contact_words WHERE rowid = old.id;
END;
INSERT INTO contact_words (rowid, known)
    SELECT t.id, t.name || char(10) || coalesce(t.email, '') || char(10) || coalesce(t.phone, '')
        || char(10) || coalesce(t.identifier, '') FROM contacts t;
