-- What the account's people keep about a conversation: rarely there, never written by a message.
ALTER TABLE conversations ADD COLUMN priority BIGINT;
ALTER TABLE conversations ADD COLUMN team_id BIGINT;
ALTER TABLE conversations ADD COLUMN custom_attributes TEXT;
ALTER TABLE conversations ADD COLUMN additional_attributes TEXT;
CREATE INDEX conversations_by_contact ON conversations (contact_id, id);

ALTER TABLE contacts ADD COLUMN additional_attributes TEXT NOT NULL DEFAULT '{}';
CREATE INDEX contacts_by_identifier ON contacts (account_id, identifier)
    WHERE identifier IS NOT NULL;
CREATE INDEX contacts_by_email ON contacts (account_id, email) WHERE email IS NOT NULL;
CREATE INDEX contacts_by_phone ON contacts (account_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX addresses_by_contact ON addresses (contact_id, id);

ALTER TABLE messages ADD COLUMN content_type TEXT;
