-- Files that no message has: what was uploaded and waits to be used, and what is to be forgotten.
CREATE TABLE loose_files (
    id {PK},
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    -- What its bytes must add up to, if that was told before they came.
    checksum TEXT,
    -- Where it is kept; empty until it has come.
    key TEXT NOT NULL,
    -- Whether it is to be forgotten.
    leaving BIGINT NOT NULL
);
CREATE INDEX loose_files_by_account ON loose_files (account_id, leaving, id);
CREATE INDEX loose_files_leaving ON loose_files (id) WHERE leaving = 1;
