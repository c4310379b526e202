//! Contacts in lists: pages and counts by whatever is asked.
//!
//! A page is chosen by index alone, as far as what is asked stands in one, and its rows are read then. Where an order
//! has an index, many contacts are read along it and few are sorted.

use app::{
    Result,
    ports::{ContactOrder, ContactPage},
};
use domain::{AccountId, Contact};

use super::{
    attributes::{ADDITIONAL, Noun},
    conditions::{self, LAST_ACTIVE, Lead, Reach, plain},
    contacts::{contact, contact_columns},
    draft::{Bound, Draft},
    number, words,
};
use crate::engine::Engine;

/// Those who can be reached or told apart. The text is that of the partial indexes.
const KNOWN: &str = "(t.email IS NOT NULL OR t.phone IS NOT NULL OR t.identifier IS NOT NULL)";
const SHOWN: &str = concat!("SELECT ", contact_columns!());
/// Contacts up to which it is dearer to look for them in order than to sort them.
const FEW: i64 = 5_000;

/// A page of an account's contacts: a statement that chooses and shows it, and at most one more for each condition
/// that leads to few, one that counts and one for those who have nothing to be ordered by.
pub(super) fn list(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<Vec<Contact>> {
    let Some(keyed) = Keyed::of(page.order) else {
        return match page.order {
            ContactOrder::Added => added(engine, account, page),
            _ => sorted(engine, account, page),
        };
    };
    let total = match page.total {
        Some(total) => total,
        None => up_to_few(engine, account, page)?,
    };
    if total <= FEW {
        return sorted(engine, account, page);
    }
    let mut found = keyed.having(engine, account, page)?;
    let rest = page.limit - i64::try_from(found.len()).unwrap_or(0);
    if rest > 0 {
        let before = match found.len() {
            0 if page.offset > 0 => keyed.count(engine, account, page)?,
            _ => page.offset,
        };
        found.extend(keyed.lacking(engine, account, page, (rest, page.offset - before))?);
    }
    Ok(found)
}

/// In the order in which they were added. Found by words they come in that order, and reading ends with the page.
fn added(engine: &impl Engine, account: AccountId, page: &ContactPage<'_>) -> Result<Vec<Contact>> {
    let mut draft = begin(account, page);
    let way = way(page);
    let found = match (page.containing, page.conditions) {
        (Some(text), []) => words::contacts(&mut draft, engine.words(), text),
        _ => None,
    };
    let chosen = match found {
        Some(found) => {
            let wheres = wheres(engine, &mut draft, page, Reach::Page, Leading::default())?;
            format!(
                "SELECT t.id AS id FROM contact_words w CROSS JOIN contacts t WHERE {found} \
                 AND t.id = w.rowid AND {wheres} ORDER BY w.rowid {way}"
            )
        }
        None => {
            let leading = Leading::of(engine, account, page, Reach::Page)?;
            let wheres = wheres(engine, &mut draft, page, Reach::Page, leading)?;
            format!("SELECT t.id AS id FROM contacts t WHERE {wheres} ORDER BY t.id {way}")
        }
    };
    show(engine, &draft, &chosen, &format!("t.id {way}"))
}

/// All who are meant are put into order.
fn sorted(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<Vec<Contact>> {
    let mut draft = begin(account, page);
    let leading = Leading::of(engine, account, page, Reach::Whole)?;
    let wheres = wheres(engine, &mut draft, page, Reach::Whole, leading)?;
    let way = way(page);
    let last =
        |of: &str| format!("CASE WHEN {of} IS NULL THEN 1 ELSE 0 END, {of} {way}, t.id {way}");
    let (join, order) = match page.order {
        ContactOrder::Added => (String::new(), format!("t.id {way}")),
        ContactOrder::Name => (String::new(), format!("t.name {way}, t.id {way}")),
        ContactOrder::Email => (String::new(), last("t.email")),
        ContactOrder::Phone => (String::new(), last("t.phone")),
        ContactOrder::ActiveAt => (String::new(), last(LAST_ACTIVE)),
        ContactOrder::Additional(key) => {
            let named = additional(&mut draft, key);
            let join = format!(" LEFT JOIN attributes o ON o.owner_id = t.id AND {named}");
            (join, last("o.value"))
        }
    };
    let chosen = format!("SELECT t.id AS id FROM contacts t{join} WHERE {wheres} ORDER BY {order}");
    let sql = format!(
        "{SHOWN} FROM ({chosen} LIMIT ?2 OFFSET ?3) p JOIN contacts t ON t.id = p.id{join} \
         ORDER BY {order}"
    );
    draft.all(engine, &sql, contact)
}

/// What contacts are ordered by where not everybody has it, each with an index of its own.
#[derive(Debug, Clone, Copy)]
enum Keyed<'a> {
    /// A column of theirs.
    Column(&'static str),
    /// Their latest conversation.
    Activity,
    /// An attribute that was learnt.
    Additional(&'a str),
}

impl<'a> Keyed<'a> {
    fn of(order: ContactOrder<'a>) -> Option<Self> {
        match order {
            ContactOrder::Added | ContactOrder::Name => None,
            ContactOrder::Email => Some(Self::Column("t.email")),
            ContactOrder::Phone => Some(Self::Column("t.phone")),
            ContactOrder::ActiveAt => Some(Self::Activity),
            ContactOrder::Additional(key) => Some(Self::Additional(key)),
        }
    }

    /// Those who have it, read along its index.
    fn having(
        self,
        engine: &impl Engine,
        account: AccountId,
        page: &ContactPage<'_>,
    ) -> Result<Vec<Contact>> {
        let mut draft = begin(account, page);
        let led = Leading {
            led: !matches!(self, Self::Column(_)),
            ..Leading::default()
        };
        let wheres = wheres(engine, &mut draft, page, Reach::Page, led)?;
        let way = way(page);
        let chosen = match self {
            Self::Column(column) => format!(
                "SELECT t.id AS id, {column} AS key FROM contacts t \
                 WHERE {wheres} AND {column} IS NOT NULL ORDER BY {column} {way}, t.id {way}"
            ),
            Self::Additional(key) => {
                let named = additional(&mut draft, key);
                format!(
                    "SELECT o.owner_id AS id, o.value AS key FROM attributes o CROSS JOIN contacts t \
                     WHERE o.account_id = ?1 AND {named} AND t.id = o.owner_id AND {wheres} \
                     ORDER BY o.value {way}, o.owner_id {way}"
                )
            }
            Self::Activity => {
                let lists: Vec<String> = (0..4).map(|it| active(it, &wheres, way)).collect();
                format!("{} ORDER BY key {way}, id {way}", lists.join(" UNION ALL "))
            }
        };
        show(engine, &draft, &chosen, &format!("p.key {way}, p.id {way}"))
    }

    /// That somebody has it.
    fn has(self, draft: &mut Draft) -> String {
        match self {
            Self::Column(column) => format!("{column} IS NOT NULL"),
            Self::Activity => {
                "EXISTS (SELECT 1 FROM conversations x WHERE x.contact_id = t.id)".to_owned()
            }
            Self::Additional(key) => {
                let named = additional(draft, key);
                format!("EXISTS (SELECT 1 FROM attributes o WHERE o.owner_id = t.id AND {named})")
            }
        }
    }

    /// How many have it.
    fn count(
        self,
        engine: &impl Engine,
        account: AccountId,
        page: &ContactPage<'_>,
    ) -> Result<i64> {
        let mut draft = Draft::of([account.0.into()]);
        let wheres = wheres(engine, &mut draft, page, Reach::Whole, Leading::default())?;
        let has = self.has(&mut draft);
        let sql = format!("SELECT count(*) FROM contacts t WHERE {wheres} AND {has}");
        let found = draft.first(engine, &sql, |row| row.int())?;
        Ok(found.unwrap_or(0))
    }

    /// Those who have it not, in the order in which they were added.
    fn lacking(
        self,
        engine: &impl Engine,
        account: AccountId,
        page: &ContactPage<'_>,
        (limit, offset): (i64, i64),
    ) -> Result<Vec<Contact>> {
        let mut draft = Draft::of([account.0.into(), limit.into(), offset.into()]);
        let wheres = wheres(engine, &mut draft, page, Reach::Page, Leading::default())?;
        let has = self.has(&mut draft);
        let way = way(page);
        let chosen = format!(
            "SELECT t.id AS id FROM contacts t WHERE {wheres} AND NOT ({has}) ORDER BY t.id {way}"
        );
        show(engine, &draft, &chosen, &format!("t.id {way}"))
    }
}

/// The latest conversations of a status with each contact, as the index of lists has them.
fn active(status: i64, wheres: &str, way: &str) -> String {
    format!(
        "SELECT id, key FROM (SELECT f.contact_id AS id, f.last_activity_at AS key \
         FROM conversations f CROSS JOIN contacts t \
         WHERE f.account_id = ?1 AND f.status = {status} AND t.id = f.contact_id AND {wheres} \
         AND NOT EXISTS (SELECT 1 FROM conversations x WHERE x.contact_id = f.contact_id \
         AND (x.last_activity_at, x.id) > (f.last_activity_at, f.id)) \
         ORDER BY f.last_activity_at {way}, f.contact_id {way}) s{status}"
    )
}

fn begin(account: AccountId, page: &ContactPage<'_>) -> Draft {
    Draft::of([account.0.into(), page.limit.into(), page.offset.into()])
}

fn way(page: &ContactPage<'_>) -> &'static str {
    if page.descending { "DESC" } else { "ASC" }
}

/// An attribute `o` that was learnt, by its key.
fn additional(draft: &mut Draft, key: &str) -> String {
    let kind = draft.bind(Noun::Contact.attributes(ADDITIONAL));
    let key = draft.bind(key.to_owned());
    format!("o.kind = {kind} AND o.key = {key}")
}

/// A page of what is chosen, with its rows.
fn show(engine: &impl Engine, draft: &Draft, chosen: &str, order: &str) -> Result<Vec<Contact>> {
    let sql = format!(
        "{SHOWN} FROM ({chosen} LIMIT ?2 OFFSET ?3) p JOIN contacts t ON t.id = p.id \
         ORDER BY {order}"
    );
    draft.all(engine, &sql, contact)
}

/// What leads to the contacts that are meant, so that the account's are not read.
#[derive(Debug, Clone, Copy, Default)]
struct Leading {
    /// A condition.
    condition: Lead,
    /// The words of the text that they contain.
    words: bool,
    /// Something else.
    led: bool,
}

impl Leading {
    fn of(
        engine: &impl Engine,
        account: AccountId,
        page: &ContactPage<'_>,
        reach: Reach,
    ) -> Result<Self> {
        let condition = conditions::lead(engine, account.0, Noun::Contact, page.conditions, reach)?;
        let words = match page.containing {
            Some(text) if condition.is_none() => words::lead_to_few(engine, text)?,
            _ => false,
        };
        Ok(Self {
            condition,
            words,
            led: condition.is_some() || words,
        })
    }
}

fn wheres(
    engine: &impl Engine,
    draft: &mut Draft,
    page: &ContactPage<'_>,
    reach: Reach,
    leading: Leading,
) -> Result<String> {
    let sign = if leading.led { "+" } else { "" };
    let mut all = vec![format!("{sign}t.account_id = ?1")];
    if page.known {
        all.push(KNOWN.to_owned());
    }
    if let Some(text) = page.containing {
        if leading.words
            && let Some(found) = words::contacts(draft, engine.words(), text)
        {
            all.push(format!(
                "t.id IN (SELECT w.rowid FROM contact_words w WHERE {found})"
            ));
        }
        let like = draft.bind(format!("%{}%", plain(text)));
        all.push(format!(
            "(lower(t.name) LIKE {like} ESCAPE '~' OR t.email LIKE {like} ESCAPE '~' \
             OR t.phone LIKE {like} ESCAPE '~' OR lower(t.identifier) LIKE {like} ESCAPE '~')"
        ));
    }
    let (noun, by) = (Noun::Contact, engine.words());
    let groups = conditions::groups(draft, noun, page.conditions, reach, leading.condition, by)?;
    if !groups.is_empty() {
        all.push(groups);
    }
    Ok(all.join(" AND "))
}

/// How many the whole list has: known without counting if nothing but being known is asked, or who is outside a set
/// besides.
pub(super) fn count(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<i64> {
    if page.containing.is_none() {
        if conditions::are_none(page.conditions) {
            let sql = "SELECT CASE WHEN CAST(?2 AS BIGINT) = 1 THEN known ELSE n END \
                       FROM contact_counts WHERE account_id = ?1";
            return number(engine, sql, &[account.0.into(), page.known.into()]);
        }
        if let Some((rest, members)) = conditions::without_outsiders(page.conditions)
            && conditions::are_none(&rest)
        {
            let of = |conditions| ContactPage {
                conditions,
                ..*page
            };
            return Ok(count(engine, account, &of(&rest))? - count(engine, account, &of(&members))?);
        }
    }
    counted(engine, account, page, None)
}

/// How many there are if these are few, or more than that.
fn up_to_few(engine: &impl Engine, account: AccountId, page: &ContactPage<'_>) -> Result<i64> {
    if page.containing.is_none() && conditions::are_none(page.conditions) {
        return count(engine, account, page);
    }
    counted(engine, account, page, Some(FEW + 1))
}

fn counted(
    engine: &impl Engine,
    account: AccountId,
    page: &ContactPage<'_>,
    most: Option<i64>,
) -> Result<i64> {
    let reach = match most {
        Some(_) => Reach::Page,
        None => Reach::Whole,
    };
    let leading = Leading::of(engine, account, page, reach)?;
    let mut draft = Draft::of([account.0.into()]);
    let wheres = wheres(engine, &mut draft, page, reach, leading)?;
    let sql = match most {
        None => format!("SELECT count(*) FROM contacts t WHERE {wheres}"),
        Some(most) => {
            let most = draft.bind(Bound::Int(most));
            format!(
                "SELECT count(*) FROM (SELECT t.id FROM contacts t WHERE {wheres} LIMIT {most}) s"
            )
        }
    };
    let found = draft.first(engine, &sql, |row| row.int())?;
    Ok(found.unwrap_or(0))
}
