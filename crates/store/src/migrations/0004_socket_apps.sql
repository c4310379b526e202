-- Socket applications are an account's: those there are were made with the first account.
ALTER TABLE socket_apps ADD COLUMN account_id BIGINT NOT NULL DEFAULT 1;
ALTER TABLE socket_apps ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE socket_apps ADD COLUMN subscription_counts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE socket_apps ADD COLUMN authorized_only BIGINT NOT NULL DEFAULT 0;
