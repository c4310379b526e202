//! Labels: adding, changing and removing the account's own words. Putting them on conversations is
//! [`conversations::label`](crate::conversations::label).

use std::sync::Arc;

use domain::{AccountId, Event, Kind, Label, LabelCategory, LabelId, Refusal};

use crate::{
    Core, Error, Result, Scope,
    conversations::{self, Relabel},
    directory::Directory,
    limits::{LABEL_CHARS, LABEL_DESCRIPTION_CHARS, LABELS, UNLABELED_AT_ONCE},
    ports::{RecentPage, Tx},
};

/// How a label is painted if nobody says.
pub const COLOR: &str = "#1f93ff";
/// Where a label or a category stands if nobody says.
pub const SORT: i64 = 100;

/// A label as somebody wants it. In a new label what is absent takes its default; in an old one it stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewLabel {
    /// What people read. A new label needs one.
    pub title: Option<String>,
    /// What it is for; `Some(None)` takes that away.
    pub description: Option<Option<String>>,
    /// How it is painted.
    pub color: Option<String>,
    /// Lower comes first.
    pub sort: Option<i64>,
    /// The group it is in; `Some(None)` takes it out.
    pub category: Option<Option<NewCategory>>,
    /// Whether agents are offered its conversations as a list of their own.
    pub on_sidebar: Option<bool>,
}

/// A group of labels by its name: one that is not there begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCategory {
    /// What people read.
    pub name: String,
    /// Lower comes first; stays as it is without.
    pub sort: Option<i64>,
}

/// Adds a label. Refuses a title that the account has.
pub fn create(tx: &mut dyn Tx, scope: &Scope, new: &NewLabel) -> Result<Arc<Label>> {
    let known = tx.labels_of(scope.account_id)?;
    if known.len() >= LABELS {
        let text = format!("an account has at most {LABELS} labels");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let title = new.title.clone().unwrap_or_default();
    let mut label = Label {
        id: LabelId(0),
        account_id: scope.account_id,
        title,
        description: None,
        color: COLOR.to_owned(),
        sort: SORT,
        category: None,
        on_sidebar: false,
        created_at: tx.now(),
    };
    apply(tx, &mut label, new)?;
    check(&label, &known)?;
    label.id = tx.insert_label(&label)?;
    tell(tx, label)
}

/// Changes a label of the scope's account.
pub fn change(tx: &mut dyn Tx, scope: &Scope, id: LabelId, new: &NewLabel) -> Result<Arc<Label>> {
    let known = tx.labels_of(scope.account_id)?;
    let mut label = find(&known, id)?;
    apply(tx, &mut label, new)?;
    check(&label, &known)?;
    tx.update_label(&label)?;
    tell(tx, label)
}

/// Removes a label of the scope's account: first from every conversation, which is told of each, a few in a
/// transaction. If that breaks off, the label is still there, on fewer conversations.
pub async fn remove(core: &Core, scope: Scope, id: LabelId) -> Result<()> {
    loop {
        let (directory, scope) = (core.directory.clone(), scope.clone());
        let step = move |tx: &mut dyn Tx| remove_step(tx, &directory, &scope, id);
        if core.store.transact(step).await? {
            return Ok(());
        }
    }
}

/// Takes a label off the next few conversations that have it, and removes it when there are no more of them. Returns
/// whether it is removed.
pub fn remove_step(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    id: LabelId,
) -> Result<bool> {
    let label = find(&tx.labels_of(scope.account_id)?, id)?;
    let page = RecentPage {
        label_id: Some(id),
        limit: UNLABELED_AT_ONCE,
        ..RecentPage::default()
    };
    let found = tx.list_recent(scope.account_id, &page)?;
    let is_last = found.len() < usize::try_from(UNLABELED_AT_ONCE).unwrap_or_default();
    let change = Relabel::Remove(vec![id]);
    for row in found {
        let number = row.conversation.number;
        conversations::label(tx, directory, scope, number, &change)?;
    }
    if is_last {
        tx.remove_label(id)?;
        let label = Arc::new(label);
        tx.append(scope.account_id, Event::LabelRemoved { label })?;
    }
    Ok(is_last)
}

/// The label of this number among an account's.
pub(crate) fn find(known: &[Label], id: LabelId) -> Result<Label> {
    let found = known.iter().find(|it| it.id == id).cloned();
    found.ok_or_else(|| Error::not_found("label"))
}

fn tell(tx: &mut dyn Tx, label: Label) -> Result<Arc<Label>> {
    let label = Arc::new(label);
    let told = label.clone();
    tx.append(label.account_id, Event::LabelChanged { label: told })?;
    Ok(label)
}

fn apply(tx: &mut dyn Tx, label: &mut Label, new: &NewLabel) -> Result<()> {
    if let Some(title) = &new.title {
        title.trim().clone_into(&mut label.title);
    }
    if let Some(description) = &new.description {
        label.description = description.clone().filter(|it| !it.is_empty());
    }
    if let Some(color) = &new.color {
        color.trim().clone_into(&mut label.color);
    }
    label.sort = new.sort.unwrap_or(label.sort);
    label.on_sidebar = new.on_sidebar.unwrap_or(label.on_sidebar);
    match &new.category {
        None => {}
        Some(None) => label.category = None,
        Some(Some(wanted)) => label.category = Some(category(tx, label.account_id, wanted)?),
    }
    Ok(())
}

fn category(tx: &mut dyn Tx, account: AccountId, wanted: &NewCategory) -> Result<LabelCategory> {
    let name = wanted.name.trim();
    short("category", name)?;
    let lower = name.to_lowercase();
    let known = tx.label_categories_of(account)?;
    let Some(mut found) = known.into_iter().find(|it| it.name.to_lowercase() == lower) else {
        let sort = wanted.sort.unwrap_or(SORT);
        let id = tx.insert_label_category(account, name, sort)?;
        let name = name.to_owned();
        return Ok(LabelCategory { id, name, sort });
    };
    if let Some(sort) = wanted.sort.filter(|it| *it != found.sort) {
        found.sort = sort;
        tx.update_label_category(&found)?;
    }
    Ok(found)
}

fn check(label: &Label, known: &[Label]) -> Result<()> {
    short("title", &label.title)?;
    short("color", &label.color)?;
    let description = label.description.as_deref().unwrap_or_default();
    if description.chars().count() > LABEL_DESCRIPTION_CHARS {
        let text = format!("Description is too long (maximum is {LABEL_DESCRIPTION_CHARS})");
        return invalid("description", text);
    }
    let mut others = known.iter().filter(|it| it.id != label.id);
    if others.any(|it| it.is_titled(&label.title)) {
        return invalid("title", "Title has already been taken".to_owned());
    }
    Ok(())
}

fn short(field: &'static str, text: &str) -> Result<()> {
    if text.is_empty() || text.chars().count() > LABEL_CHARS {
        let text = format!("{field} must not be blank or longer than {LABEL_CHARS} characters");
        return invalid(field, text);
    }
    Ok(())
}

fn invalid<T>(field: &'static str, text: String) -> Result<T> {
    Err(Error::Refused(
        Refusal::new(Kind::Invalid, text).of_field(field),
    ))
}

/// The account's labels with these titles; those that nobody has made yet are made.
pub(crate) fn titled(tx: &mut dyn Tx, scope: &Scope, titles: &[String]) -> Result<Vec<Arc<Label>>> {
    let known = tx.labels_of(scope.account_id)?;
    let mut found: Vec<Arc<Label>> = Vec::new();
    for title in titles.iter().map(|it| it.trim()) {
        if found.iter().any(|it| it.is_titled(title)) {
            continue;
        }
        let label = match known.iter().find(|it| it.is_titled(title)) {
            Some(label) => Arc::new(label.clone()),
            None => {
                let title = Some(title.to_owned());
                let new = NewLabel {
                    title,
                    ..NewLabel::default()
                };
                create(tx, scope, &new)?
            }
        };
        found.push(label);
    }
    Ok(found)
}
