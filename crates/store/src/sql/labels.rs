//! Labels, their groups, and which conversations carry them.

use app::{Result, StoreError};
use domain::{AccountId, Conversation, Label, LabelCategory, LabelCategoryId, LabelId};

use super::{Writing, all, codes, conversations, directory::micros, number};
use crate::engine::{Columns, Engine};

macro_rules! label_select {
    ($where:literal) => {
        concat!(
            "SELECT l.id, l.account_id, l.title, l.description, l.color, l.sort, l.on_sidebar, \
             l.created_at, g.id, g.name, g.sort FROM labels l \
             LEFT JOIN label_categories g ON g.id = l.category_id WHERE l.removed = 0",
            $where
        )
    };
}

fn label(row: &mut Columns<'_>) -> Result<Label> {
    Ok(Label {
        id: LabelId(row.int()?),
        account_id: AccountId(row.int()?),
        title: row.text()?,
        description: row.maybe_text()?,
        color: row.text()?,
        sort: row.int()?,
        on_sidebar: row.flag()?,
        created_at: codes::time(row.int()?)?,
        category: if row.next_is_null()? {
            None
        } else {
            Some(category(row)?)
        },
    })
}

fn category(row: &mut Columns<'_>) -> Result<LabelCategory> {
    Ok(LabelCategory {
        id: LabelCategoryId(row.int()?),
        name: row.text()?,
        sort: row.int()?,
    })
}

pub(super) fn list(engine: &impl Engine) -> Result<Vec<Label>> {
    all(engine, label_select!(""), &[], label)
}

pub(super) fn list_of(engine: &impl Engine, account: AccountId) -> Result<Vec<Label>> {
    const SQL: &str = label_select!(" AND l.account_id = ?1");
    all(engine, SQL, &[account.0.into()], label)
}

pub(super) fn categories_of(
    engine: &impl Engine,
    account: AccountId,
) -> Result<Vec<LabelCategory>> {
    let sql = "SELECT id, name, sort FROM label_categories WHERE account_id = ?1";
    all(engine, sql, &[account.0.into()], category)
}

pub(super) fn insert<E: Engine>(tx: &mut Writing<'_, E>, it: &Label) -> Result<LabelId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM labels", &[])?;
    tx.put(
        "INSERT INTO labels (id, account_id, title, description, color, sort, category_id, \
         on_sidebar, removed, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)",
        &[
            id.into(),
            it.account_id.0.into(),
            (&it.title).into(),
            it.description.as_ref().into(),
            (&it.color).into(),
            it.sort.into(),
            it.category.as_ref().map(|it| it.id.0).into(),
            it.on_sidebar.into(),
            micros(it.created_at),
        ],
    )?;
    Ok(LabelId(id))
}

pub(super) fn update<E: Engine>(tx: &mut Writing<'_, E>, it: &Label) -> Result<()> {
    tx.put(
        "UPDATE labels SET title = ?2, description = ?3, color = ?4, sort = ?5, category_id = ?6, \
         on_sidebar = ?7 WHERE id = ?1",
        &[
            it.id.0.into(),
            (&it.title).into(),
            it.description.as_ref().into(),
            (&it.color).into(),
            it.sort.into(),
            it.category.as_ref().map(|it| it.id.0).into(),
            it.on_sidebar.into(),
        ],
    )?;
    Ok(())
}

pub(super) fn remove<E: Engine>(tx: &mut Writing<'_, E>, id: LabelId) -> Result<()> {
    let sql = "UPDATE labels SET removed = 1 WHERE id = ?1";
    tx.put(sql, &[id.0.into()])?;
    Ok(())
}

pub(super) fn insert_category<E: Engine>(
    tx: &mut Writing<'_, E>,
    account: AccountId,
    name: &str,
    sort: i64,
) -> Result<LabelCategoryId> {
    let id = 1 + number(tx.reading.0, "SELECT max(id) FROM label_categories", &[])?;
    tx.put(
        "INSERT INTO label_categories (id, account_id, name, sort) VALUES (?1, ?2, ?3, ?4)",
        &[id.into(), account.0.into(), name.into(), sort.into()],
    )?;
    Ok(LabelCategoryId(id))
}

pub(super) fn update_category<E: Engine>(
    tx: &mut Writing<'_, E>,
    it: &LabelCategory,
) -> Result<()> {
    let sql = "UPDATE label_categories SET name = ?2, sort = ?3 WHERE id = ?1";
    tx.put(sql, &[it.id.0.into(), (&it.name).into(), it.sort.into()])?;
    Ok(())
}

pub(super) fn put_on<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    let text = to_text(&it.labels);
    tx.put(
        "UPDATE conversations SET labels = ?2 WHERE id = ?1",
        &[it.id.0.into(), text.as_ref().into()],
    )?;
    let sql = "DELETE FROM conversation_labels WHERE conversation_id = ?1";
    tx.put(sql, &[it.id.0.into()])?;
    for label in &it.labels {
        tx.put(
            "INSERT INTO conversation_labels (conversation_id, label_id, last_activity_at) \
             VALUES (?1, ?2, ?3)",
            &[it.id.0.into(), label.0.into(), micros(it.last_activity_at)],
        )?;
    }
    conversations::update(tx, it)
}

/// Keeps lists by label in the order of what happens.
pub(super) fn follow_activity<E: Engine>(tx: &mut Writing<'_, E>, it: &Conversation) -> Result<()> {
    tx.put(
        "UPDATE conversation_labels SET last_activity_at = ?2 \
         WHERE conversation_id = ?1 AND last_activity_at <> ?2",
        &[it.id.0.into(), micros(it.last_activity_at)],
    )?;
    Ok(())
}

/// A conversation's labels as its row keeps them; `None` if it has none.
fn to_text(labels: &[LabelId]) -> Option<String> {
    if labels.is_empty() {
        return None;
    }
    let numbers: Vec<String> = labels.iter().map(ToString::to_string).collect();
    Some(numbers.join(","))
}

/// The labels in a row's text.
pub(super) fn from_text(text: Option<&str>) -> Result<Vec<LabelId>> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let bad = || StoreError::Corrupt(format!("{text} are no labels"));
    let ids = text.split(',');
    ids.map(|id| id.parse().map(LabelId).map_err(|_| bad().into()))
        .collect()
}
