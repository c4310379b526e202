-- What inboxes do by themselves with their conversations, where somebody said so.
CREATE TABLE inbox_habits (
    inbox_id BIGINT NOT NULL PRIMARY KEY,
    assigns BIGINT NOT NULL,
    assigns_max BIGINT
);
