-- Listed from a name on, in the order of its bytes.
ALTER TABLE session_keys ALTER COLUMN key TYPE TEXT COLLATE "C";
