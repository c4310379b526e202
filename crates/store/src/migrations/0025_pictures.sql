-- Where contacts' pictures are kept.
ALTER TABLE contacts ADD COLUMN picture TEXT;
