//! Documents.

use app::Result;
use domain::{AccountId, Document, DocumentId, DocumentKind};

use super::{Writing, all, codes, directory::micros, first};
use crate::engine::{Columns, Engine};

macro_rules! document_select {
    ($tail:literal) => {
        concat!(
            "SELECT id, account_id, kind, owner, body, created_at, updated_at FROM documents ",
            $tail
        )
    };
}

/// Nobody is no number of anybody.
const NOBODY: i64 = 0;

fn document(row: &mut Columns<'_>) -> Result<Document> {
    Ok(Document {
        id: DocumentId(row.int()?),
        account_id: AccountId(row.int()?),
        kind: codes::DOCUMENT_KINDS.value(row.int()?)?,
        owner: Some(row.int()?).filter(|it| *it != NOBODY),
        body: row.text()?,
        created_at: codes::time(row.int()?)?,
        updated_at: codes::time(row.int()?)?,
    })
}

pub(super) fn find(
    engine: &impl Engine,
    account: AccountId,
    id: DocumentId,
) -> Result<Option<Document>> {
    const SQL: &str = document_select!("WHERE id = ?1 AND account_id = ?2");
    first(engine, SQL, &[id.0.into(), account.0.into()], document)
}

pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    kind: DocumentKind,
    owner: Option<i64>,
    limit: i64,
) -> Result<Vec<Document>> {
    const SQL: &str =
        document_select!("WHERE account_id = ?1 AND kind = ?2 AND owner = ?3 ORDER BY id LIMIT ?4");
    let values = [
        account.0.into(),
        codes::DOCUMENT_KINDS.code(kind).into(),
        owner.unwrap_or(NOBODY).into(),
        limit.into(),
    ];
    all(engine, SQL, &values, document)
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Document) -> Result<()> {
    tx.put(
        "INSERT INTO documents (id, account_id, kind, owner, body, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            codes::DOCUMENT_KINDS.code(it.kind).into(),
            it.owner.unwrap_or(NOBODY).into(),
            (&it.body).into(),
            micros(it.created_at),
            micros(it.updated_at),
        ],
    )
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Document) -> Result<()> {
    tx.put(
        "UPDATE documents SET body = ?2, updated_at = ?3 WHERE id = ?1",
        &[it.id.0.into(), (&it.body).into(), micros(it.updated_at)],
    )
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: DocumentId) -> Result<()> {
    tx.put("DELETE FROM documents WHERE id = ?1", &[id.0.into()])
}
