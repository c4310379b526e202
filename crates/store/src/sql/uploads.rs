//! Files that no message has.

use app::{Result, uploads::Upload};
use domain::{AccountId, StoredFile, Timestamp, UploadId};

use super::{Writing, all, first, number};
use crate::{engine::Engine, ids::Ids};

pub(super) fn find(engine: &impl Engine, id: UploadId) -> Result<Option<Upload>> {
    let sql = "SELECT id, account_id, name, content_type, bytes, checksum, key FROM loose_files \
               WHERE id = ?1 AND leaving = 0";
    first(engine, sql, &[id.0.into()], |row| {
        let (id, account) = (row.int()?, row.int()?);
        let (name, content_type, bytes) = (row.text()?, row.text()?, row.int()?);
        Ok(Upload {
            id: UploadId(id),
            account_id: AccountId(account),
            checksum: row.maybe_text()?,
            file: StoredFile {
                key: row.text()?,
                name,
                content_type,
                bytes,
            },
        })
    })
}

pub(super) fn count(engine: &impl Engine, account: AccountId) -> Result<i64> {
    let sql = "SELECT count(*) FROM loose_files WHERE account_id = ?1 AND leaving = 0";
    number(engine, sql, &[account.0.into()])
}

pub(super) fn is_any_due(engine: &impl Engine, before: Timestamp) -> Result<bool> {
    const OLD: &str = "SELECT id FROM loose_files WHERE id < ?1 ORDER BY id LIMIT 1";
    const LEAVING: &str =
        "SELECT id FROM loose_files WHERE leaving = 1 AND id > 0 ORDER BY id LIMIT 1";
    let old = first(engine, OLD, &[Ids::at(before).into()], |row| row.int())?;
    Ok(old.is_some() || first(engine, LEAVING, &[], |row| row.int())?.is_some())
}

pub(super) fn put<E: Engine>(tx: &mut Writing<'_, E>, it: &Upload) -> Result<()> {
    let file = &it.file;
    tx.put(
        "INSERT INTO loose_files (id, account_id, name, content_type, bytes, checksum, key, leaving) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         content_type = excluded.content_type, bytes = excluded.bytes, key = excluded.key",
        &[
            it.id.0.into(),
            it.account_id.0.into(),
            (&file.name).into(),
            (&file.content_type).into(),
            file.bytes.into(),
            it.checksum.as_ref().into(),
            (&file.key).into(),
        ],
    )
}

pub(super) fn delete<E: Engine>(tx: &mut Writing<'_, E>, id: UploadId) -> Result<()> {
    tx.put("DELETE FROM loose_files WHERE id = ?1", &[id.0.into()])
}

pub(super) fn discard<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    key: &str,
) -> Result<()> {
    let id = app::ports::Tx::new_id(tx);
    tx.put(
        "INSERT INTO loose_files (id, account_id, name, content_type, bytes, checksum, key, leaving) \
         VALUES (?1, ?2, '', '', 0, NULL, ?3, 1)",
        &[id.into(), account.0.into(), key.into()],
    )
}

pub(super) fn let_go<E: Engine>(
    tx: &mut Writing<'_, E>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(UploadId, String)>> {
    tx.put(
        "UPDATE loose_files SET leaving = 1 WHERE id IN (SELECT id FROM loose_files WHERE id < ?1 \
         ORDER BY id LIMIT ?2)",
        &[Ids::at(before).into(), limit.into()],
    )?;
    let sql = "SELECT id, key FROM loose_files WHERE leaving = 1 AND id > 0 ORDER BY id LIMIT ?1";
    all(tx.reading.0, sql, &[limit.into()], |row| {
        Ok((UploadId(row.int()?), row.text()?))
    })
}
