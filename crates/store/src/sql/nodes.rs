//! The nodes that share the store.

use app::{Result, nodes::Node};

use super::{Writing, all};
use crate::engine::Engine;

pub(super) fn list(engine: &impl Engine) -> Result<Vec<Node>> {
    let sql = "SELECT id, name, mark, beats FROM nodes ORDER BY id";
    all(engine, sql, &[], |row| {
        Ok(Node {
            id: row.int()?,
            name: row.text()?,
            mark: row.text()?,
            beats: row.int()?,
        })
    })
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &Node) -> Result<()> {
    tx.put(
        "INSERT INTO nodes (id, name, mark, beats) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, beats = excluded.beats",
        &[
            it.id.into(),
            (&it.name).into(),
            (&it.mark).into(),
            it.beats.into(),
        ],
    )
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: i64) -> Result<()> {
    tx.put("DELETE FROM nodes WHERE id = ?1", &[id.into()])
}
