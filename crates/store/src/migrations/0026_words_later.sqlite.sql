-- The words of messages, written by a reader that comes after them: begun anew, it goes over everything.

DROP TRIGGER messages_found;
DROP TRIGGER messages_found_again;
DROP TRIGGER messages_lost;
DROP TABLE message_words;

-- Only which messages have a word: neither where in them nor how often. The text is prepared by the program, which
-- puts a space between words, and before them the account and the inbox as words with a sign.
CREATE VIRTUAL TABLE message_words USING fts5 (words, content='', contentless_delete=1, detail=none,
    prefix='1 2 3', tokenize="ascii tokenchars '@'");
CREATE VIRTUAL TABLE message_terms USING fts5vocab (message_words, instance);

-- What is no longer said is no longer found, at once; what is said instead waits for the reader.
CREATE TABLE changed_messages (
    id INTEGER PRIMARY KEY
);
INSERT INTO cursors (reader, seq) VALUES ('words', 0);
CREATE TRIGGER messages_changed AFTER UPDATE OF content ON messages
WHEN old.content IS NOT new.content AND old.id <= (SELECT seq FROM cursors WHERE reader = 'words')
BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
    INSERT OR IGNORE INTO changed_messages (id) VALUES (old.id);
END;
CREATE TRIGGER messages_lost AFTER DELETE ON messages
WHEN old.id <= (SELECT seq FROM cursors WHERE reader = 'words')
BEGIN
    DELETE FROM message_words WHERE rowid = old.id;
    DELETE FROM changed_messages WHERE id = old.id;
END;
