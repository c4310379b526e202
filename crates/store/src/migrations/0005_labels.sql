-- The account's own words for its conversations.

CREATE TABLE label_categories (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    sort BIGINT NOT NULL
);
CREATE INDEX label_categories_by_account ON label_categories (account_id);

-- A label that was removed stays as a row, so that its number is never given again.
CREATE TABLE labels (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    color TEXT NOT NULL,
    sort BIGINT NOT NULL,
    category_id BIGINT,
    on_sidebar BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX labels_by_account ON labels (account_id) WHERE removed = 0;

-- A conversation's labels, with it: their numbers, separated by commas.
ALTER TABLE conversations ADD COLUMN labels TEXT;

-- The same by label, for lists: the latest active first.
CREATE TABLE conversation_labels (
    conversation_id BIGINT NOT NULL,
    label_id BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_labels_by_label
    ON conversation_labels (label_id, last_activity_at, conversation_id);
