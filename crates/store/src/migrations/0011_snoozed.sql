CREATE INDEX conversations_snoozed ON conversations (snoozed_until)
    WHERE status = 3 AND snoozed_until IS NOT NULL;
