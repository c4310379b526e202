-- Long names and addresses would be more than an entry of an index holds here.
CREATE INDEX contacts_listed ON contacts (account_id, id);
