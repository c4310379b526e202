-- Listed in the order of its bytes, whatever language the database sorts by.
ALTER TABLE kept ALTER COLUMN name TYPE TEXT COLLATE "C";
