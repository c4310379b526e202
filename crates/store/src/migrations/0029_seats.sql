-- For whom people work. Somebody may work for several accounts, as something else in each, and for none.
CREATE TABLE seats (
    agent_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    role BIGINT NOT NULL,
    availability BIGINT NOT NULL,
    auto_offline BIGINT NOT NULL,
    working_since BIGINT,
    email_wishes TEXT NOT NULL,
    push_wishes TEXT NOT NULL,
    PRIMARY KEY (agent_id, account_id)
);
INSERT INTO seats SELECT id, account_id, role, availability, auto_offline, working_since, email_wishes, push_wishes
    FROM agents WHERE removed = 0 AND account_id <> 0;
ALTER TABLE agents DROP COLUMN account_id;
ALTER TABLE agents DROP COLUMN role;
ALTER TABLE agents DROP COLUMN availability;
ALTER TABLE agents DROP COLUMN auto_offline;
ALTER TABLE agents DROP COLUMN working_since;
ALTER TABLE agents DROP COLUMN email_wishes;
ALTER TABLE agents DROP COLUMN push_wishes;
