-- The words of messages. Signs are taken for spaces, so that parts of addresses are words too.

CREATE FUNCTION words_of(content TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple'::regconfig, translate(left(content, 20000),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                '))
$$;
CREATE INDEX messages_by_words ON messages USING gin (words_of(content)) WHERE content IS NOT NULL;
