-- What took time, case by case: first answers, answers, resolutions. Their sums are in tallies.
CREATE TABLE timings (
    id {PK},
    account_id BIGINT NOT NULL,
    measure BIGINT NOT NULL,
    number BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    agent_id BIGINT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX timings_listed ON timings (account_id, ended_at, id, measure, inbox_id, agent_id);
CREATE INDEX timings_of_conversation ON timings (account_id, number, id);
