-- Agents who answer together. A team that was removed stays as a row, so that its number is never given again.
CREATE TABLE teams (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    assigns BIGINT NOT NULL,
    -- Agents' numbers, separated by commas.
    members TEXT NOT NULL,
    removed BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
