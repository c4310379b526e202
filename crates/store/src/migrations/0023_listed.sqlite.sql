CREATE INDEX contacts_listed ON contacts (account_id, id, name, email, phone, identifier, blocked, created_at);
