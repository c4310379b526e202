-- What was done, added up by quarters of an hour; under label 0 of all, and of each label besides.
CREATE TABLE tallies (
    account_id BIGINT NOT NULL,
    label_id BIGINT NOT NULL,
    measure BIGINT NOT NULL,
    quarter BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    seconds BIGINT NOT NULL,
    PRIMARY KEY (account_id, label_id, measure, quarter, inbox_id, agent_id, team_id)
);
