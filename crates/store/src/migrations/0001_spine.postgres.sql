CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END
$$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
