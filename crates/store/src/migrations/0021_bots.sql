-- Which program answers first in an inbox. Such a program is a row of agents.
CREATE TABLE inbox_bots (
    inbox_id BIGINT NOT NULL PRIMARY KEY,
    agent_id BIGINT NOT NULL
);
