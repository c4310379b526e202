-- Agents' working days, when a contact last wrote, and how many pairs of tokens a program has made in a day.

ALTER TABLE agents ADD COLUMN working_since BIGINT;
ALTER TABLE conversations ADD COLUMN heard_at BIGINT;
ALTER TABLE conversations ADD COLUMN window_opened_by BIGINT;

CREATE TABLE token_makes (
    agent_id BIGINT NOT NULL,
    client TEXT NOT NULL,
    day BIGINT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (agent_id, client)
);
CREATE INDEX token_makes_by_day ON token_makes (day);
