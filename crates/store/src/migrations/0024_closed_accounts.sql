-- When an account was closed; 0 once everything of it is erased, and only its number is left.
ALTER TABLE accounts ADD COLUMN removed_at BIGINT;
