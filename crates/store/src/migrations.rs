//! The schema, as steps that are each taken once.

/// One step: its number, and statements separated as the engine's own batch runner takes them.
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) sql: &'static str,
}

/// Every step in order. A step that has landed is never changed.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_spine.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("migrations/0002_hooks.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("migrations/0003_sessions.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("migrations/0004_socket_apps.sql"),
    },
    Migration {
        number: 5,
        sql: include_str!("migrations/0005_labels.sql"),
    },
];
