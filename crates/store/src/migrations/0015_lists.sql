-- What lists are filtered by, and how many there are of each.

-- Everything that a list asks of a conversation itself, in the order of its last activity: a filter reads no row.
DROP INDEX conversations_by_status;
CREATE INDEX conversations_listed ON conversations (account_id, status, last_activity_at, id, assignee_id, inbox_id,
    team_id, priority, waiting_since, first_reply_at, contact_id, number, created_at, updated_at);

-- How many conversations there are of each sort, kept by triggers: of every label, and under label 0 of all.
CREATE TABLE conversation_counts (
    account_id BIGINT NOT NULL,
    label_id BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    status BIGINT NOT NULL,
    assignee_id BIGINT,
    team_id BIGINT,
    priority BIGINT,
    unattended BIGINT NOT NULL,
    n BIGINT NOT NULL
);
CREATE UNIQUE INDEX conversation_counts_by_sort ON conversation_counts (account_id, label_id, inbox_id, status,
    coalesce(assignee_id, 0), coalesce(team_id, 0), coalesce(priority, -1), unattended);
INSERT INTO conversation_counts SELECT account_id, 0, inbox_id, status, assignee_id, team_id, priority,
    CASE WHEN first_reply_at IS NULL OR waiting_since IS NOT NULL THEN 1 ELSE 0 END, count(*)
    FROM conversations GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
DELETE FROM conversation_labels WHERE conversation_id NOT IN (SELECT id FROM conversations);
INSERT INTO conversation_counts SELECT c.account_id, w.label_id, c.inbox_id, c.status, c.assignee_id, c.team_id,
    c.priority, CASE WHEN c.first_reply_at IS NULL OR c.waiting_since IS NOT NULL THEN 1 ELSE 0 END, count(*)
    FROM conversation_labels w JOIN conversations c ON c.id = w.conversation_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- How many contacts an account has, and of how many more is known than where they write from.
CREATE TABLE contact_counts (
    account_id BIGINT NOT NULL PRIMARY KEY,
    known BIGINT NOT NULL,
    n BIGINT NOT NULL
);
INSERT INTO contact_counts SELECT account_id,
    count(CASE WHEN email IS NOT NULL OR phone IS NOT NULL OR identifier IS NOT NULL THEN 1 END), count(*)
    FROM contacts GROUP BY account_id;
CREATE INDEX contacts_known ON contacts (account_id, id)
    WHERE email IS NOT NULL OR phone IS NOT NULL OR identifier IS NOT NULL;
DROP INDEX contacts_by_name;
CREATE INDEX contacts_known_by_name ON contacts (account_id, name, id)
    WHERE email IS NOT NULL OR phone IS NOT NULL OR identifier IS NOT NULL;

-- Labels of contacts.
CREATE TABLE contact_labels (
    contact_id BIGINT NOT NULL,
    label_id BIGINT NOT NULL,
    PRIMARY KEY (contact_id, label_id)
);
CREATE INDEX contact_labels_by_label ON contact_labels (label_id, contact_id);

-- Free attributes, a row for each, to be found by: in lower case, and as millionths if it is a number.
CREATE TABLE attributes (
    owner_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    key TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    value TEXT NOT NULL,
    number BIGINT,
    PRIMARY KEY (owner_id, kind, key)
);
CREATE INDEX attributes_by_value ON attributes (account_id, kind, key, value, owner_id, number);
