CREATE TABLE documents (
    id {PK},
    account_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    owner BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX documents_by_owner ON documents (account_id, kind, owner, id);
CREATE INDEX contacts_by_account ON contacts (account_id, id);
CREATE INDEX contacts_by_name ON contacts (account_id, name, id);
