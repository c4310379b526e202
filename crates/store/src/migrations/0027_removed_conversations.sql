-- Conversations that were removed and of which something is still to be erased: what was said there, and what the
-- journal tells of it.
CREATE TABLE removed_conversations (
    id {PK},
    account_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
