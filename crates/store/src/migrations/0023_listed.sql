-- What lists of contacts are filtered and searched by stands in one index, so that neither reads a row.
DROP INDEX contacts_by_account;
