//! The schema, as steps that are each taken once.

/// One step: its number, and statements separated by semicolons.
pub(crate) struct Migration {
    pub(crate) number: i64,
    /// For every engine. `{PK}` is the type of a key that the program makes.
    pub(crate) sql: &'static str,
    /// After it, what only SQLite understands,
    pub(crate) sqlite: &'static str,
    /// and what only PostgreSQL does.
    pub(crate) postgres: &'static str,
}

impl Migration {
    /// A step that is the same for every engine.
    const fn portable(number: i64, sql: &'static str) -> Self {
        Self {
            number,
            sql,
            sqlite: "",
            postgres: "",
        }
    }
}

/// Every step in order. A step that has landed is never changed.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_spine.sql"),
        sqlite: include_str!("migrations/0001_spine.sqlite.sql"),
        postgres: include_str!("migrations/0001_spine.postgres.sql"),
    },
    Migration::portable(2, include_str!("migrations/0002_hooks.sql")),
    Migration {
        number: 3,
        sql: include_str!("migrations/0003_sessions.sql"),
        sqlite: "",
        postgres: include_str!("migrations/0003_sessions.postgres.sql"),
    },
    Migration::portable(4, include_str!("migrations/0004_socket_apps.sql")),
    Migration::portable(5, include_str!("migrations/0005_labels.sql")),
    Migration::portable(6, include_str!("migrations/0006_deliveries.sql")),
    Migration::portable(7, include_str!("migrations/0007_people.sql")),
    Migration::portable(8, include_str!("migrations/0008_workdays.sql")),
    Migration::portable(9, include_str!("migrations/0009_nodes.sql")),
    Migration::portable(10, include_str!("migrations/0010_documents.sql")),
    Migration::portable(11, include_str!("migrations/0011_snoozed.sql")),
    Migration::portable(12, include_str!("migrations/0012_teams.sql")),
    Migration::portable(13, include_str!("migrations/0013_socket_limits.sql")),
    Migration::portable(14, include_str!("migrations/0014_paces.sql")),
    Migration {
        number: 15,
        sql: include_str!("migrations/0015_lists.sql"),
        sqlite: include_str!("migrations/0015_lists.sqlite.sql"),
        postgres: include_str!("migrations/0015_lists.postgres.sql"),
    },
    Migration::portable(16, include_str!("migrations/0016_members.sql")),
    Migration::portable(17, include_str!("migrations/0017_notifications.sql")),
    Migration {
        number: 18,
        sql: include_str!("migrations/0018_words.sql"),
        sqlite: include_str!("migrations/0018_words.sqlite.sql"),
        postgres: include_str!("migrations/0018_words.postgres.sql"),
    },
    Migration::portable(19, include_str!("migrations/0019_tallies.sql")),
    Migration {
        number: 20,
        sql: include_str!("migrations/0020_session_keys.sql"),
        sqlite: "",
        postgres: include_str!("migrations/0020_session_keys.postgres.sql"),
    },
    Migration::portable(21, include_str!("migrations/0021_bots.sql")),
    Migration::portable(22, include_str!("migrations/0022_timings.sql")),
    Migration {
        number: 23,
        sql: include_str!("migrations/0023_listed.sql"),
        sqlite: include_str!("migrations/0023_listed.sqlite.sql"),
        postgres: include_str!("migrations/0023_listed.postgres.sql"),
    },
    Migration::portable(24, include_str!("migrations/0024_closed_accounts.sql")),
    Migration::portable(25, include_str!("migrations/0025_pictures.sql")),
    Migration {
        number: 26,
        sql: "",
        sqlite: include_str!("migrations/0026_words_later.sqlite.sql"),
        postgres: "",
    },
    Migration::portable(
        27,
        include_str!("migrations/0027_removed_conversations.sql"),
    ),
    Migration::portable(28, include_str!("migrations/0028_removed_inboxes.sql")),
    Migration::portable(29, include_str!("migrations/0029_seats.sql")),
    Migration {
        number: 30,
        sql: include_str!("migrations/0030_unread.sql"),
        sqlite: include_str!("migrations/0030_unread.sqlite.sql"),
        postgres: include_str!("migrations/0030_unread.postgres.sql"),
    },
    Migration::portable(31, include_str!("migrations/0031_loose_files.sql")),
    Migration::portable(32, include_str!("migrations/0032_habits.sql")),
];

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn step(sql: &Connection, number: i64) {
        let mut found = MIGRATIONS.iter().filter(|it| it.number == number);
        let text = found
            .next()
            .unwrap()
            .sql
            .replace("{PK}", "INTEGER PRIMARY KEY");
        sql.execute_batch(&text).unwrap();
    }

    #[test]
    fn messages_that_were_indexed_when_they_were_written_wait_to_be_indexed_anew() {
        let sql = Connection::open_in_memory().unwrap();
        let mut said = "INSERT INTO messages (id, account_id, inbox_id, conversation_id, direction, private, content, \
             sender_kind, status, sent_at, created_at, updated_at) VALUES (7, 1, 1, 1, 0, 0, 'kettle', 0, 0, 0, 0, 0)";
        for it in MIGRATIONS {
            if it.number == 26 {
                sql.execute_batch(std::mem::take(&mut said)).unwrap();
            }
            step(&sql, it.number);
            sql.execute_batch(it.sqlite).unwrap();
        }
        let count = |text: &str| sql.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT seq FROM cursors WHERE reader = 'words'"), 0);
        assert_eq!(count("SELECT count(*) FROM message_terms"), 0);
        // What is not indexed yet can be changed and deleted.
        sql.execute_batch("UPDATE messages SET content = 'teapot' WHERE id = 7")
            .unwrap();
        assert_eq!(count("SELECT count(*) FROM changed_messages"), 0);
        sql.execute_batch(
            "UPDATE cursors SET seq = 7 WHERE reader = 'words'; UPDATE messages SET content = NULL",
        )
        .unwrap();
        assert_eq!(count("SELECT min(id) FROM changed_messages"), 7);
        sql.execute_batch("DELETE FROM messages").unwrap();
        assert_eq!(count("SELECT count(*) FROM changed_messages"), 0);
    }

    #[test]
    fn what_was_owed_before_deliveries_were_one_table_is_owed_still() {
        let sql = Connection::open_in_memory().unwrap();
        step(&sql, 1);
        step(&sql, 2);
        sql.execute_batch(
            "INSERT INTO hooks VALUES (10, 4, 'message.created', '{}', 7, 0, 2, 50, 0, 0, 40, NULL), \
             (11, 4, 'message.created', '{}', 8, 1, 1, 51, 0, 0, 41, 60); \
             INSERT INTO attempts VALUES (10, 1, 45, 3, 500, 'it answered 500', ''); \
             INSERT INTO deliveries VALUES (12, 5, 100, 1000, 0, 2, 1, 52, 42), (13, 5, 100, 1000, 1, 2, 0, 53, 43), \
             (14, 5, 101, 1001, 0, 1, 0, 54, 44), (15, 6, 100, 1002, 0, 1, 0, 55, 45);",
        )
        .unwrap();
        step(&sql, 6);
        let mut rows = sql
            .prepare(
                "SELECT id || ' to ' || receiver || ' lane ' || lane || ' state ' || state || ' tries ' || tries \
                 || ' due ' || next_at || ' of ' || coalesce(message_id, event) FROM deliveries ORDER BY id",
            )
            .unwrap();
        let rows: Vec<String> = rows
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(
            rows,
            [
                "10 to 4 lane 0 state 0 tries 2 due 50 of message.created",
                "11 to 4 lane 0 state 1 tries 1 due 51 of message.created",
                "12 to -5 lane 100 state 0 tries 1 due 52 of 1000",
                "13 to -5 lane 100 state 3 tries 0 due 53 of 1000",
                "14 to -5 lane 101 state 0 tries 0 due 54 of 1001",
                "15 to -6 lane 100 state 0 tries 0 due 55 of 1002",
            ]
        );
        let kept = sql.query_row("SELECT delivery_id FROM attempts", [], |row| row.get(0));
        assert_eq!(kept, Ok(10));
    }
}
