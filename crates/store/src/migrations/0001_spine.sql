-- Every integer is BIGINT, every time is UTC microseconds, JSON is opaque TEXT.

-- One row: the numbers that the program makes are used up to here, or may be.
CREATE TABLE numbers (
    reserved BIGINT NOT NULL
);
INSERT INTO numbers (reserved) VALUES (0);

CREATE TABLE accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    next_conversation_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE agents (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role BIGINT NOT NULL,
    availability BIGINT NOT NULL,
    token_generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX agents_by_email ON agents (email);

CREATE TABLE inboxes (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    carrier TEXT NOT NULL,
    license_id BIGINT NOT NULL,
    messenger TEXT NOT NULL,
    address TEXT NOT NULL,
    settings TEXT NOT NULL,
    paused_because TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX inboxes_by_address ON inboxes (carrier, address);
CREATE UNIQUE INDEX inboxes_by_messenger ON inboxes (license_id, messenger);

CREATE TABLE socket_apps (
    id BIGINT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,
    secret TEXT NOT NULL,
    client_events BIGINT NOT NULL
);
CREATE UNIQUE INDEX socket_apps_by_key ON socket_apps (key);

-- Only hashes: a token is seen once, when it is handed out.
CREATE TABLE tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    pair BIGINT NOT NULL,
    client TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_pair ON tokens (pair);
CREATE INDEX tokens_by_end ON tokens (expires_at);

CREATE TABLE contacts (
    id {PK},
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    identifier TEXT,
    blocked BIGINT NOT NULL,
    custom_attributes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE addresses (
    id {PK},
    contact_id BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    told_name TEXT,
    verified BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX addresses_by_source ON addresses (inbox_id, source_id);

CREATE TABLE conversations (
    id {PK},
    account_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    address_id BIGINT NOT NULL,
    status BIGINT NOT NULL,
    snoozed_until BIGINT,
    assignee_id BIGINT,
    unread_count BIGINT NOT NULL,
    waiting_since BIGINT,
    first_reply_at BIGINT,
    agent_last_seen_at BIGINT,
    contact_last_seen_at BIGINT,
    last_message_id BIGINT,
    last_activity_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX conversations_by_number ON conversations (account_id, number);
CREATE INDEX conversations_by_address ON conversations (address_id, id);
-- Every message rewrites the entries of these three, so there is no fourth: a list of any status is merged from
-- lists of each. They end with what a list is filtered by and a count counts, so that neither reads a row.
CREATE INDEX conversations_by_status
    ON conversations (account_id, status, last_activity_at, id, assignee_id);
CREATE INDEX conversations_by_inbox
    ON conversations (inbox_id, status, last_activity_at, id, assignee_id);
CREATE INDEX conversations_by_assignee
    ON conversations (assignee_id, status, last_activity_at, id, inbox_id)
    WHERE assignee_id IS NOT NULL;

CREATE TABLE messages (
    id {PK},
    account_id BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    direction BIGINT NOT NULL,
    private BIGINT NOT NULL,
    content TEXT,
    attachments TEXT,
    sender_kind BIGINT NOT NULL,
    sender_id BIGINT,
    status BIGINT NOT NULL,
    error TEXT,
    external_id TEXT,
    reply_to_external TEXT,
    reply_to BIGINT,
    client_key TEXT,
    echo TEXT,
    client_app TEXT,
    extra TEXT,
    sent_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Exactly once: the same incoming message is one row however often it is brought.
CREATE UNIQUE INDEX messages_received ON messages (inbox_id, external_id)
    WHERE direction = 0 AND external_id IS NOT NULL;
CREATE INDEX messages_reported ON messages (inbox_id, external_id)
    WHERE direction = 1 AND external_id IS NOT NULL;
CREATE UNIQUE INDEX messages_by_client_key ON messages (conversation_id, client_key)
    WHERE client_key IS NOT NULL;
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);

CREATE TABLE deliveries (
    id {PK},
    inbox_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX deliveries_in_order ON deliveries (inbox_id, conversation_id, id);
CREATE INDEX deliveries_by_message ON deliveries (message_id);

CREATE TABLE early_reports (
    id {PK},
    inbox_id BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX early_reports_by_message ON early_reports (inbox_id, external_id);
CREATE INDEX early_reports_in_order ON early_reports (inbox_id, id);

-- One writer numbers the entries, so commit order and number order agree.
CREATE TABLE journal (
    seq {PK},
    account_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
