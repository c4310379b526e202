//! Conversations in lists: pages and counts by whatever is asked.
//!
//! A page is chosen by index alone, as far as what is asked stands in one; the conversations, their people and newest
//! messages are joined to those few only. Counts by status, inbox, assignee, team, priority and label are kept by
//! triggers and only added up; anything else is counted along an index.

use app::{
    Result,
    limits::SOUGHT_MESSAGES,
    ports::{
        Condition, ConversationFilter, ConversationOrder, ConversationRow, Counts, Field, Given,
        MessageSearch, Test, Unread,
    },
};
use domain::{AccountId, AgentId, InboxId, LabelId, TeamId};

use super::{
    all,
    attributes::Noun,
    codes,
    conditions::{self, Lead, Reach},
    contacts::{address_columns, contact_columns},
    conversations::{conversation_columns, read_row},
    draft::{Bound, Draft},
    messages::message_columns,
    words,
};
use crate::engine::{Columns, Engine};

/// What every page shows.
pub(super) const SHOWN: &str = concat!(
    "SELECT ",
    conversation_columns!(),
    ", ",
    contact_columns!(),
    ", ",
    address_columns!(),
    ", ",
    message_columns!()
);
/// Whoever was chosen by inbox, agent or label belongs to one account, which is looked at here; the sign keeps engines
/// from beginning with all of its conversations.
const JOINED: &str = "p JOIN conversations c ON c.id = p.id AND +c.account_id = ?1 \
     JOIN contacts t ON t.id = c.contact_id JOIN addresses a ON a.id = c.address_id \
     LEFT JOIN messages m ON m.id = c.last_message_id";

/// The index along which a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The account's, which has everything.
    Account,
    /// The inbox's.
    Inbox,
    /// The assignee's.
    Assignee,
    /// The label's.
    Label,
    /// From one address, or from a set of few.
    Few(Lead),
}

impl Way {
    fn of(
        engine: &impl Engine,
        account: AccountId,
        filter: &ConversationFilter,
        reach: Reach,
    ) -> Result<Self> {
        if filter.source_id.is_some() || filter.words.is_some() {
            return Ok(Self::Few(None));
        }
        let (noun, groups) = (Noun::Conversation, &filter.conditions);
        let lead = conditions::lead(engine, account.0, noun, groups, reach)?;
        if lead.is_some() {
            return Ok(Self::Few(lead));
        }
        let plain = filter.team_id.is_none()
            && !filter.unattended
            && filter.changed_after.is_none()
            && filter.conditions.is_empty();
        Ok(if filter.label_id.is_some() {
            Self::Label
        } else if !plain || reach == Reach::Whole {
            Self::Account
        } else if matches!(filter.assignee, Some(Some(_))) {
            Self::Assignee
        } else if filter.inbox_id.is_some() {
            Self::Inbox
        } else {
            Self::Account
        })
    }

    fn lead(self) -> Lead {
        match self {
            Self::Few(lead) => lead,
            _ => None,
        }
    }
}

/// A label has an index in the order of last activity and counts of its own, but only alone: one that is asked for
/// among conditions is looked for there, and where neither helps it is a condition like any other.
fn settled(filter: &ConversationFilter, alone: bool) -> ConversationFilter {
    let mut filter = filter.clone();
    match (alone, filter.label_id) {
        (true, None) => filter.label_id = conditions::take_label(&mut filter.conditions),
        (false, Some(label)) => {
            filter.label_id = None;
            filter.require(Condition {
                field: Field::Label,
                test: Test::Is(vec![Given::Number(label.0)]),
            });
        }
        _ => {}
    }
    filter
}

/// A page of an account's conversations. One statement, and one more for each condition on a label or an attribute
/// until one is found that few conversations meet.
pub(super) fn page(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ConversationRow>> {
    if says_nothing(filter) {
        return Ok(Vec::new());
    }
    let by_activity = match filter.order {
        ConversationOrder::LatestActive => Some("DESC"),
        ConversationOrder::LongestSilent => Some("ASC"),
        _ => None,
    };
    // What no index orders is read to its end.
    let reach = match by_activity {
        Some(_) => Reach::Page,
        None => Reach::Whole,
    };
    let filter = &settled(filter, by_activity.is_some());
    let way = Way::of(engine, account, filter, reach)?;
    let mut draft = Draft::of([account.0.into(), limit.into(), offset.into()]);
    let wheres = wheres(engine, &mut draft, account, filter, way, reach)?;
    let chosen = match (way, by_activity) {
        (Way::Label, Some(way)) => format!(
            "SELECT w.conversation_id AS id FROM conversation_labels w \
             JOIN conversations f ON f.id = w.conversation_id WHERE {wheres} \
             ORDER BY w.last_activity_at {way}, w.conversation_id {way} LIMIT ?2 OFFSET ?3"
        ),
        (Way::Account | Way::Inbox | Way::Assignee, Some(way)) => merged(filter, &wheres, way),
        _ => format!(
            "SELECT f.id AS id FROM conversations f WHERE {wheres} ORDER BY {} LIMIT ?2 OFFSET ?3",
            order(filter.order, "f")
        ),
    };
    let order = order(filter.order, "c");
    let sql = format!("{SHOWN} FROM ({chosen}) {JOINED} ORDER BY {order}");
    draft.all(engine, &sql, read_row)
}

/// An index orders the conversations of one status only, so those of any status are merged from four lists, each of
/// which says its order: PostgreSQL would otherwise read all and sort.
fn merged(filter: &ConversationFilter, wheres: &str, way: &str) -> String {
    let of_status = |status: &str| {
        format!(
            "SELECT f.id AS id, f.last_activity_at AS last_activity_at FROM conversations f \
             WHERE {wheres}{status} ORDER BY f.last_activity_at {way}, f.id {way}"
        )
    };
    if filter.status.is_some() {
        return format!("{} LIMIT ?2 OFFSET ?3", of_status(""));
    }
    let lists: Vec<String> = (0..4)
        .map(|status| {
            let list = of_status(&format!(" AND f.status = {status}"));
            format!("SELECT id, last_activity_at FROM ({list}) s{status}")
        })
        .collect();
    format!(
        "{} ORDER BY last_activity_at {way}, id {way} LIMIT ?2 OFFSET ?3",
        lists.join(" UNION ALL ")
    )
}

fn order(order: ConversationOrder, of: &str) -> String {
    let last = |column: &str| format!("CASE WHEN {of}.{column} IS NULL THEN 1 ELSE 0 END");
    let (priority, waiting) = (last("priority"), last("waiting_since"));
    match order {
        ConversationOrder::LatestActive => format!("{of}.last_activity_at DESC, {of}.id DESC"),
        ConversationOrder::LongestSilent => format!("{of}.last_activity_at, {of}.id"),
        ConversationOrder::Newest => format!("{of}.created_at DESC, {of}.id DESC"),
        ConversationOrder::Oldest => format!("{of}.created_at, {of}.id"),
        ConversationOrder::MostUrgent => {
            format!("{priority}, {of}.priority DESC, {of}.last_activity_at DESC, {of}.id DESC")
        }
        ConversationOrder::LeastUrgent => {
            format!("{priority}, {of}.priority, {of}.last_activity_at DESC, {of}.id DESC")
        }
        ConversationOrder::MostUrgentOldest => {
            format!("{priority}, {of}.priority DESC, {of}.created_at, {of}.id")
        }
        ConversationOrder::WaitingLongest => {
            format!("{waiting}, {of}.waiting_since, {of}.created_at, {of}.id")
        }
        ConversationOrder::WaitingShortest => {
            format!("{waiting}, {of}.waiting_since DESC, {of}.created_at, {of}.id")
        }
    }
}

/// What must hold of a conversation `f` that is read along this way. The signs keep engines to it.
fn wheres(
    engine: &impl Engine,
    draft: &mut Draft,
    account: AccountId,
    filter: &ConversationFilter,
    way: Way,
    reach: Reach,
) -> Result<String> {
    let mut all = Vec::new();
    match way {
        Way::Account => all.push("f.account_id = ?1".to_owned()),
        Way::Few(_) => all.push("+f.account_id = ?1".to_owned()),
        Way::Inbox | Way::Assignee => {}
        Way::Label => {
            let label = draft.bind(filter.label_id.map(|id| id.0));
            all.push(format!("w.label_id = {label}"));
        }
    }
    if let Some(status) = filter.status {
        let status = draft.bind(codes::CONVERSATION_STATUSES.code(status));
        all.push(format!("f.status = {status}"));
    }
    if let Some(inbox) = filter.inbox_id {
        let sign = if way == Way::Inbox { "" } else { "+" };
        all.push(format!("{sign}f.inbox_id = {}", draft.bind(inbox.0)));
    }
    match filter.assignee {
        Some(Some(agent)) => {
            let sign = if way == Way::Assignee { "" } else { "+" };
            all.push(format!("{sign}f.assignee_id = {}", draft.bind(agent.0)));
        }
        Some(None) => all.push("+f.assignee_id IS NULL".to_owned()),
        None if filter.assigned => all.push("+f.assignee_id IS NOT NULL".to_owned()),
        None => {}
    }
    if let Some(team) = filter.team_id {
        all.push(format!("f.team_id = {}", draft.bind(team.0)));
    }
    if filter.unattended {
        all.push("(f.first_reply_at IS NULL OR f.waiting_since IS NOT NULL)".to_owned());
    }
    if let Some(after) = filter.changed_after {
        let after = draft.bind(after.as_microsecond());
        all.push(format!("f.updated_at > {after}"));
    }
    if let (Some(label), false) = (filter.label_id, way == Way::Label) {
        let label = draft.bind(label.0);
        all.push(format!(
            "EXISTS (SELECT 1 FROM conversation_labels w \
             WHERE w.conversation_id = f.id AND w.label_id = {label})"
        ));
    }
    match filter.words.as_deref() {
        None | Some([]) => {}
        Some(sought) => {
            let search = MessageSearch {
                words: sought,
                inboxes: None,
                limit: SOUGHT_MESSAGES,
                offset: 0,
            };
            let found = words::messages(engine, draft, account, &search)?;
            all.push(format!(
                "f.id IN (SELECT o.conversation_id FROM ({found}) q JOIN messages o ON o.id = q.id)"
            ));
        }
    }
    if let Some(source) = &filter.source_id {
        let source = draft.bind(source.clone());
        all.push(format!(
            "f.address_id IN (SELECT a.id FROM addresses a WHERE a.source_id = {source} \
             AND a.inbox_id IN (SELECT i.id FROM inboxes i WHERE i.account_id = ?1))"
        ));
    }
    let groups = conditions::groups(
        draft,
        Noun::Conversation,
        &filter.conditions,
        reach,
        way.lead(),
        engine.words(),
    )?;
    if !groups.is_empty() {
        all.push(groups);
    }
    // By inbox or assignee alone there is always the one.
    Ok(all.join(" AND "))
}

/// Whether words are asked for that have no letter: they are nowhere.
fn says_nothing(filter: &ConversationFilter) -> bool {
    filter.words.as_ref().is_some_and(Vec::is_empty)
}

/// How many there are, whoever has them. Of what is counted already and a set of whose members none is meant, the
/// members are counted and taken off.
pub(super) fn count(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    if says_nothing(filter) {
        return Ok(Counts::default());
    }
    let filter = ConversationFilter {
        assignee: None,
        assigned: false,
        ..settled(filter, true)
    };
    if are_kept(&filter) {
        return added_up(engine, account, &filter, me);
    }
    if let Some((rest, members)) = conditions::without_outsiders(&filter.conditions) {
        let rest = ConversationFilter {
            conditions: rest,
            ..filter.clone()
        };
        if are_kept(&rest) {
            let of = ConversationFilter {
                conditions: members,
                ..filter
            };
            let members = count(engine, account, &of, me)?;
            return Ok(added_up(engine, account, &rest, me)?.less(members));
        }
    }
    counted(engine, account, &settled(&filter, false), me)
}

/// Whether triggers have counted all that is asked.
fn are_kept(filter: &ConversationFilter) -> bool {
    filter.changed_after.is_none()
        && filter.source_id.is_none()
        && filter.words.is_none()
        && conditions::are_counted(&filter.conditions)
}

/// Counts along an index.
fn counted(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    let way = Way::of(engine, account, filter, Reach::Whole)?;
    let mut draft = Draft::of([account.0.into(), me.0.into()]);
    let wheres = wheres(engine, &mut draft, account, filter, way, Reach::Whole)?;
    let sql = format!(
        "SELECT count(*), count(f.assignee_id), count(CASE WHEN f.assignee_id = ?2 THEN 1 END) \
         FROM conversations f WHERE {wheres}"
    );
    let counts = draft.first(engine, &sql, read_counts)?;
    Ok(counts.unwrap_or_default())
}

/// Adds up what triggers have counted.
fn added_up(
    engine: &impl Engine,
    account: AccountId,
    filter: &ConversationFilter,
    me: AgentId,
) -> Result<Counts> {
    let label = filter.label_id.map_or(0, |id| id.0);
    let mut draft = Draft::of([account.0.into(), me.0.into(), Bound::Int(label)]);
    let mut all = vec!["f.account_id = ?1 AND f.label_id = ?3".to_owned()];
    if let Some(status) = filter.status {
        let status = draft.bind(codes::CONVERSATION_STATUSES.code(status));
        all.push(format!("f.status = {status}"));
    }
    if let Some(inbox) = filter.inbox_id {
        all.push(format!("f.inbox_id = {}", draft.bind(inbox.0)));
    }
    if let Some(team) = filter.team_id {
        all.push(format!("f.team_id = {}", draft.bind(team.0)));
    }
    if filter.unattended {
        all.push("f.unattended = 1".to_owned());
    }
    let noun = Noun::Conversation;
    let (reach, by) = (Reach::Whole, engine.words());
    let groups = conditions::groups(&mut draft, noun, &filter.conditions, reach, None, by)?;
    if !groups.is_empty() {
        all.push(groups);
    }
    let sql = format!(
        "SELECT CAST(coalesce(sum(f.n), 0) AS BIGINT), \
         CAST(coalesce(sum(CASE WHEN f.assignee_id IS NULL THEN 0 ELSE f.n END), 0) AS BIGINT), \
         CAST(coalesce(sum(CASE WHEN f.assignee_id = ?2 THEN f.n ELSE 0 END), 0) AS BIGINT) \
         FROM conversation_counts f WHERE {}",
        all.join(" AND ")
    );
    let counts = draft.first(engine, &sql, read_counts)?;
    Ok(counts.unwrap_or_default())
}

fn read_counts(row: &mut Columns<'_>) -> Result<Counts> {
    let (all, assigned, mine) = (row.int()?, row.int()?, row.int()?);
    Ok(Counts {
        mine,
        assigned,
        unassigned: all - assigned,
        all,
    })
}

pub(super) fn count_unread(engine: &impl Engine, account: AccountId) -> Result<Vec<Unread>> {
    let sql = "SELECT label_id, inbox_id, team_id, n FROM unread_counts WHERE account_id = ?1 AND n <> 0 \
               ORDER BY label_id, inbox_id, team_id";
    all(engine, sql, &[account.0.into()], |row| {
        let (label, inbox, team) = (row.int()?, row.int()?, row.int()?);
        Ok(Unread {
            label_id: (label != 0).then_some(LabelId(label)),
            inbox_id: InboxId(inbox),
            team_id: (team != 0).then_some(TeamId(team)),
            count: row.int()?,
        })
    })
}
