//! The nouns as kept inside a record.

use std::{borrow::Cow, sync::Arc};

use app::{Result, StoreError};
use domain::{
    Account, AccountId, Address, AddressId, Agent, AgentId, Attachment, Contact, ContactId,
    Conversation, ConversationId, Details, Former, Inbox, InboxId, InboxState, Label,
    LabelCategory, LabelCategoryId, LabelId, Message, MessageId, MessageStatus, Notification,
    NotificationId, NotificationKind, Notified, Session, StoredFile, Team, TeamId, Timestamp,
    Wishes,
};
use serde::{Deserialize, Serialize};

use crate::sql::codes;

type Text<'a> = Cow<'a, str>;

pub(super) fn at(micros: i64) -> Result<Timestamp> {
    codes::time(micros)
}

fn maybe_at(micros: Option<i64>) -> Result<Option<Timestamp>> {
    micros.map(at).transpose()
}

fn micros(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_microsecond)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn borrowed(text: &Option<String>) -> Option<Text<'_>> {
    text.as_deref().map(Cow::Borrowed)
}

fn owned(text: Option<Text<'_>>) -> Option<String> {
    text.map(Cow::into_owned)
}

#[derive(Serialize, Deserialize)]
pub(super) struct AccountRecord<'a> {
    id: i64,
    n: Text<'a>,
    ca: i64,
}

impl<'a> AccountRecord<'a> {
    pub(super) fn of(it: &'a Account) -> Self {
        Self {
            id: it.id.0,
            n: Cow::Borrowed(&it.name),
            ca: it.created_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Account> {
        Ok(Account {
            id: AccountId(self.id),
            name: self.n.into_owned(),
            created_at: at(self.ca)?,
        })
    }
}

fn kinds(all: &[NotificationKind]) -> Vec<i64> {
    let all = all.iter();
    all.map(|it| codes::NOTIFICATION_KINDS.code(*it)).collect()
}

fn read_kinds(codes: Vec<i64>) -> Result<Vec<NotificationKind>> {
    let codes = codes.into_iter();
    codes
        .map(|it| codes::NOTIFICATION_KINDS.value(it))
        .collect()
}

#[derive(Serialize, Deserialize)]
pub(super) struct NotifiedRecord {
    id: i64,
    a: i64,
    g: i64,
    v: i64,
    k: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    m: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    su: Option<i64>,
    la: i64,
    ca: i64,
    c: i64,
    u: i64,
}

impl NotifiedRecord {
    pub(super) fn of(told: &Notified) -> Self {
        let it = &told.notification;
        Self {
            id: it.id.0,
            a: it.account_id.0,
            g: it.agent_id.0,
            v: it.conversation_id.0,
            k: codes::NOTIFICATION_KINDS.code(it.kind),
            m: it.message_id.map(|id| id.0),
            by: it.by.map(|id| id.0),
            r: micros(it.read_at),
            su: micros(it.snoozed_until),
            la: it.active_at.as_microsecond(),
            ca: it.created_at.as_microsecond(),
            c: codes::NOTIFICATION_CHANGES.code(told.change),
            u: told.unread,
        }
    }

    pub(super) fn read(self) -> Result<Notified> {
        Ok(Notified {
            notification: Notification {
                id: NotificationId(self.id),
                account_id: AccountId(self.a),
                agent_id: AgentId(self.g),
                conversation_id: ConversationId(self.v),
                kind: codes::NOTIFICATION_KINDS.value(self.k)?,
                message_id: self.m.map(MessageId),
                by: self.by.map(AgentId),
                read_at: maybe_at(self.r)?,
                snoozed_until: maybe_at(self.su)?,
                active_at: at(self.la)?,
                created_at: at(self.ca)?,
            },
            change: codes::NOTIFICATION_CHANGES.value(self.c)?,
            unread: self.u,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct AgentRecord<'a> {
    id: i64,
    a: i64,
    n: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dn: Option<Text<'a>>,
    e: Text<'a>,
    r: i64,
    av: i64,
    /// Whether they stay as they say while they are not connected.
    #[serde(default, skip_serializing_if = "is_false")]
    st: bool,
    /// Of what they want to be told, if it is not what everybody does at first: by e-mail and on devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wi: Option<(Vec<i64>, Vec<i64>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<i64>,
    g: i64,
    ca: i64,
}

impl<'a> AgentRecord<'a> {
    pub(super) fn of(it: &'a Agent) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: Cow::Borrowed(&it.name),
            dn: borrowed(&it.display_name),
            e: Cow::Borrowed(&it.email),
            r: codes::ROLES.code(it.role),
            av: codes::AVAILABILITIES.code(it.availability),
            st: !it.auto_offline,
            wi: (it.wishes != Wishes::default())
                .then(|| (kinds(&it.wishes.email), kinds(&it.wishes.push))),
            w: micros(it.working_since),
            g: it.token_generation,
            ca: it.created_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Arc<Agent>> {
        Ok(Arc::new(Agent {
            id: AgentId(self.id),
            account_id: AccountId(self.a),
            name: self.n.into_owned(),
            display_name: owned(self.dn),
            email: self.e.into_owned(),
            role: codes::ROLES.value(self.r)?,
            availability: codes::AVAILABILITIES.value(self.av)?,
            auto_offline: !self.st,
            wishes: match self.wi {
                Some((email, push)) => Wishes {
                    email: read_kinds(email)?,
                    push: read_kinds(push)?,
                },
                None => Wishes::default(),
            },
            working_since: maybe_at(self.w)?,
            token_generation: self.g,
            created_at: at(self.ca)?,
        }))
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct InboxRecord<'a> {
    id: i64,
    a: i64,
    n: Text<'a>,
    c: Text<'a>,
    l: i64,
    m: Text<'a>,
    ad: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<Text<'a>>,
    ca: i64,
}

impl<'a> InboxRecord<'a> {
    pub(super) fn of(it: &'a Inbox) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: Cow::Borrowed(&it.name),
            c: Cow::Borrowed(&it.carrier),
            l: it.license_id,
            m: Cow::Borrowed(&it.messenger),
            ad: Cow::Borrowed(&it.address),
            p: match &it.state {
                InboxState::Active => None,
                InboxState::Paused { reason } => Some(Cow::Borrowed(reason)),
            },
            ca: it.created_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Arc<Inbox>> {
        Ok(Arc::new(Inbox {
            id: InboxId(self.id),
            account_id: AccountId(self.a),
            name: self.n.into_owned(),
            carrier: self.c.into_owned(),
            license_id: self.l,
            messenger: self.m.into_owned(),
            address: self.ad.into_owned(),
            state: match self.p {
                None => InboxState::Active,
                Some(reason) => InboxState::Paused {
                    reason: reason.into_owned(),
                },
            },
            created_at: at(self.ca)?,
        }))
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SessionRecord<'a> {
    i: i64,
    s: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<Text<'a>>,
    at: i64,
}

impl<'a> SessionRecord<'a> {
    pub(super) fn of(it: &'a Session) -> Self {
        Self {
            i: it.inbox_id.0,
            s: codes::SESSION_STATES.code(it.state),
            n: borrowed(&it.number),
            o: borrowed(&it.note),
            at: it.changed_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Session> {
        Ok(Session {
            inbox_id: InboxId(self.i),
            state: codes::SESSION_STATES.value(self.s)?,
            number: owned(self.n),
            note: owned(self.o),
            changed_at: at(self.at)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ContactRecord<'a> {
    id: i64,
    a: i64,
    n: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    b: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cu: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ad: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pi: Option<Text<'a>>,
    ca: i64,
    ua: i64,
}

impl<'a> ContactRecord<'a> {
    pub(super) fn of(it: &'a Contact) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: Cow::Borrowed(&it.name),
            e: borrowed(&it.email),
            p: borrowed(&it.phone),
            i: borrowed(&it.identifier),
            b: it.blocked,
            cu: (it.custom_attributes != "{}").then_some(Cow::Borrowed(&it.custom_attributes)),
            ad: (it.additional_attributes != "{}")
                .then_some(Cow::Borrowed(&it.additional_attributes)),
            pi: borrowed(&it.picture),
            ca: it.created_at.as_microsecond(),
            ua: it.updated_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Contact> {
        Ok(Contact {
            id: ContactId(self.id),
            account_id: AccountId(self.a),
            name: self.n.into_owned(),
            email: owned(self.e),
            phone: owned(self.p),
            identifier: owned(self.i),
            blocked: self.b,
            custom_attributes: owned(self.cu).unwrap_or_else(|| "{}".to_owned()),
            additional_attributes: owned(self.ad).unwrap_or_else(|| "{}".to_owned()),
            picture: owned(self.pi),
            created_at: at(self.ca)?,
            updated_at: at(self.ua)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct AddressRecord<'a> {
    id: i64,
    c: i64,
    i: i64,
    s: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    v: bool,
    ca: i64,
    ua: i64,
}

impl<'a> AddressRecord<'a> {
    pub(super) fn of(it: &'a Address) -> Self {
        Self {
            id: it.id.0,
            c: it.contact_id.0,
            i: it.inbox_id.0,
            s: Cow::Borrowed(&it.source_id),
            n: borrowed(&it.told_name),
            v: it.verified,
            ca: it.created_at.as_microsecond(),
            ua: it.updated_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Address> {
        Ok(Address {
            id: AddressId(self.id),
            contact_id: ContactId(self.c),
            inbox_id: InboxId(self.i),
            source_id: self.s.into_owned(),
            told_name: owned(self.n),
            verified: self.v,
            created_at: at(self.ca)?,
            updated_at: at(self.ua)?,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct DetailsRecord<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pr: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    te: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    cu: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    ad: Option<Text<'a>>,
}

impl<'a> DetailsRecord<'a> {
    pub(super) fn of(it: &'a Details) -> Self {
        Self {
            pr: it.priority.map(|it| codes::PRIORITIES.code(it)),
            te: it.team_id.map(|id| id.0),
            cu: borrowed(&it.custom_attributes),
            ad: borrowed(&it.additional_attributes),
        }
    }

    pub(super) fn read(self) -> Result<Details> {
        let priority = self.pr.map(|code| codes::PRIORITIES.value(code));
        Ok(Details {
            priority: priority.transpose()?,
            team_id: self.te.map(TeamId),
            custom_attributes: owned(self.cu),
            additional_attributes: owned(self.ad),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ConversationRecord<'a> {
    id: i64,
    a: i64,
    n: i64,
    i: i64,
    c: i64,
    ad: i64,
    s: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    su: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ag: Option<i64>,
    u: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    h: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wo: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fr: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ls: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cs: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lm: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lb: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pa: Vec<i64>,
    la: i64,
    ca: i64,
    ua: i64,
    v: i64,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    de: Option<DetailsRecord<'a>>,
}

impl<'a> ConversationRecord<'a> {
    pub(super) fn of(it: &'a Conversation) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: it.number,
            i: it.inbox_id.0,
            c: it.contact_id.0,
            ad: it.address_id.0,
            s: codes::CONVERSATION_STATUSES.code(it.status),
            su: micros(it.snoozed_until),
            ag: it.assignee_id.map(|id| id.0),
            u: it.unread_count,
            w: micros(it.waiting_since),
            h: micros(it.heard_at),
            wo: it.window_opened_by.map(|id| id.0),
            fr: micros(it.first_reply_at),
            ls: micros(it.agent_last_seen_at),
            cs: micros(it.contact_last_seen_at),
            lm: it.last_message_id.map(|id| id.0),
            lb: it.labels.iter().map(|id| id.0).collect(),
            pa: it.participants.iter().map(|id| id.0).collect(),
            la: it.last_activity_at.as_microsecond(),
            ca: it.created_at.as_microsecond(),
            ua: it.updated_at.as_microsecond(),
            v: it.version,
            de: (it.details != Details::default()).then(|| DetailsRecord::of(&it.details)),
        }
    }

    pub(super) fn read(self) -> Result<Conversation> {
        Ok(Conversation {
            id: ConversationId(self.id),
            account_id: AccountId(self.a),
            number: self.n,
            inbox_id: InboxId(self.i),
            contact_id: ContactId(self.c),
            address_id: AddressId(self.ad),
            status: codes::CONVERSATION_STATUSES.value(self.s)?,
            snoozed_until: maybe_at(self.su)?,
            assignee_id: self.ag.map(AgentId),
            unread_count: self.u,
            waiting_since: maybe_at(self.w)?,
            heard_at: maybe_at(self.h)?,
            window_opened_by: self.wo.map(MessageId),
            first_reply_at: maybe_at(self.fr)?,
            agent_last_seen_at: maybe_at(self.ls)?,
            contact_last_seen_at: maybe_at(self.cs)?,
            last_message_id: self.lm.map(MessageId),
            labels: self.lb.into_iter().map(LabelId).collect(),
            participants: self.pa.into_iter().map(AgentId).collect(),
            last_activity_at: at(self.la)?,
            created_at: at(self.ca)?,
            updated_at: at(self.ua)?,
            version: self.v,
            details: match self.de {
                Some(details) => details.read()?,
                None => Details::default(),
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
struct CategoryRecord<'a> {
    id: i64,
    n: Text<'a>,
    o: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LabelRecord<'a> {
    id: i64,
    a: i64,
    n: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<Text<'a>>,
    c: Text<'a>,
    o: i64,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    g: Option<CategoryRecord<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    s: bool,
    ca: i64,
}

impl<'a> LabelRecord<'a> {
    pub(super) fn of(it: &'a Label) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: Cow::Borrowed(&it.title),
            d: borrowed(&it.description),
            c: Cow::Borrowed(&it.color),
            o: it.sort,
            g: it.category.as_ref().map(|it| CategoryRecord {
                id: it.id.0,
                n: Cow::Borrowed(&it.name),
                o: it.sort,
            }),
            s: it.on_sidebar,
            ca: it.created_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Arc<Label>> {
        Ok(Arc::new(Label {
            id: LabelId(self.id),
            account_id: AccountId(self.a),
            title: self.n.into_owned(),
            description: owned(self.d),
            color: self.c.into_owned(),
            sort: self.o,
            category: self.g.map(|it| LabelCategory {
                id: LabelCategoryId(it.id),
                name: it.n.into_owned(),
                sort: it.o,
            }),
            on_sidebar: self.s,
            created_at: at(self.ca)?,
        }))
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct TeamRecord<'a> {
    id: i64,
    a: i64,
    n: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    s: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    m: Vec<i64>,
    ca: i64,
    ua: i64,
}

impl<'a> TeamRecord<'a> {
    pub(super) fn of(it: &'a Team) -> Self {
        Self {
            id: it.id.0,
            a: it.account_id.0,
            n: Cow::Borrowed(&it.name),
            d: borrowed(&it.description),
            s: it.assigns,
            m: it.members.iter().map(|id| id.0).collect(),
            ca: it.created_at.as_microsecond(),
            ua: it.updated_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Arc<Team>> {
        Ok(Arc::new(Team {
            id: TeamId(self.id),
            account_id: AccountId(self.a),
            name: self.n.into_owned(),
            description: owned(self.d),
            assigns: self.s,
            members: self.m.into_iter().map(AgentId).collect(),
            created_at: at(self.ca)?,
            updated_at: at(self.ua)?,
        }))
    }
}

#[derive(Serialize, Deserialize)]
struct FileRecord<'a> {
    k: Text<'a>,
    n: Text<'a>,
    t: Text<'a>,
    b: i64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AttachmentRecord<'a> {
    id: i64,
    k: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    f: Option<FileRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    g: Option<(f64, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<Text<'a>>,
}

impl<'a> AttachmentRecord<'a> {
    fn of(it: &'a Attachment) -> Self {
        Self {
            id: it.id,
            k: codes::ATTACHMENT_KINDS.code(it.kind),
            f: it.file.as_ref().map(|file| FileRecord {
                k: Cow::Borrowed(&file.key),
                n: Cow::Borrowed(&file.name),
                t: Cow::Borrowed(&file.content_type),
                b: file.bytes,
            }),
            t: borrowed(&it.title),
            g: it.coordinates,
            d: borrowed(&it.detail),
        }
    }

    fn read(self) -> Result<Attachment> {
        Ok(Attachment {
            id: self.id,
            kind: codes::ATTACHMENT_KINDS.value(self.k)?,
            file: self.f.map(|file| StoredFile {
                key: file.k.into_owned(),
                name: file.n.into_owned(),
                content_type: file.t.into_owned(),
                bytes: file.b,
            }),
            title: owned(self.t),
            coordinates: self.g,
            detail: owned(self.d),
        })
    }
}

/// A message's attachments as the text that its row keeps; `None` if it has none.
pub(crate) fn attachments_to_text(attachments: &[Attachment]) -> Result<Option<String>> {
    if attachments.is_empty() {
        return Ok(None);
    }
    let records: Vec<_> = attachments.iter().map(AttachmentRecord::of).collect();
    serde_json::to_string(&records).map(Some).map_err(corrupt)
}

/// The attachments in a row's text.
pub(crate) fn attachments_from_text(text: Option<&str>) -> Result<Vec<Attachment>> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let records: Vec<AttachmentRecord<'_>> = serde_json::from_str(text).map_err(corrupt)?;
    records.into_iter().map(AttachmentRecord::read).collect()
}

pub(super) fn corrupt(error: serde_json::Error) -> app::Error {
    StoreError::Corrupt(format!("a record is not readable: {error}")).into()
}

#[derive(Serialize, Deserialize)]
pub(super) struct MessageRecord<'a> {
    id: i64,
    a: i64,
    i: i64,
    c: i64,
    d: i64,
    #[serde(default, skip_serializing_if = "is_false")]
    p: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    f: Vec<AttachmentRecord<'a>>,
    sk: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    si: Option<i64>,
    s: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rx: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    k: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ec: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ap: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    j: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ct: Option<Text<'a>>,
    sa: i64,
    ca: i64,
    ua: i64,
}

impl<'a> MessageRecord<'a> {
    pub(super) fn of(it: &'a Message) -> Self {
        let (sender_kind, sender_id) = codes::sender(it.sender);
        Self {
            id: it.id.0,
            a: it.account_id.0,
            i: it.inbox_id.0,
            c: it.conversation_id.0,
            d: codes::DIRECTIONS.code(it.direction),
            p: it.private,
            t: borrowed(&it.content),
            f: it.attachments.iter().map(AttachmentRecord::of).collect(),
            sk: sender_kind,
            si: sender_id,
            s: codes::MESSAGE_STATUSES.code(it.status),
            e: borrowed(&it.error),
            x: borrowed(&it.external_id),
            rx: borrowed(&it.reply_to_external),
            r: it.reply_to.map(|id| id.0),
            k: borrowed(&it.client_key),
            ec: borrowed(&it.echo),
            ap: borrowed(&it.client_app),
            j: borrowed(&it.extra),
            ct: borrowed(&it.content_type),
            sa: it.sent_at.as_microsecond(),
            ca: it.created_at.as_microsecond(),
            ua: it.updated_at.as_microsecond(),
        }
    }

    pub(super) fn read(self) -> Result<Message> {
        Ok(Message {
            id: MessageId(self.id),
            account_id: AccountId(self.a),
            inbox_id: InboxId(self.i),
            conversation_id: ConversationId(self.c),
            direction: codes::DIRECTIONS.value(self.d)?,
            private: self.p,
            content: owned(self.t),
            attachments: self
                .f
                .into_iter()
                .map(AttachmentRecord::read)
                .collect::<Result<_>>()?,
            sender: codes::sender_of(self.sk, self.si)?,
            status: codes::MESSAGE_STATUSES.value(self.s)?,
            error: owned(self.e),
            external_id: owned(self.x),
            reply_to_external: owned(self.rx),
            reply_to: self.r.map(MessageId),
            client_key: owned(self.k),
            echo: owned(self.ec),
            client_app: owned(self.ap),
            extra: owned(self.j),
            content_type: owned(self.ct),
            sent_at: at(self.sa)?,
            created_at: at(self.ca)?,
            updated_at: at(self.ua)?,
        })
    }
}

/// What of a message was otherwise before it changed. What is absent is as it is now; a text in brackets was it, and
/// empty brackets are none.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct FormerRecord<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    t: Option<Vec<Text<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    e: Option<Vec<Text<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    x: Option<Vec<Text<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    j: Option<Vec<Text<'a>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ua: Option<i64>,
}

impl<'a> FormerRecord<'a> {
    pub(super) fn of(was: &'a Former, now: &Message) -> Self {
        let other = |was: &'a Option<String>, now: &Option<String>| {
            let bracketed = || borrowed(was).into_iter().collect();
            (was != now).then(bracketed)
        };
        let later = was.updated_at != now.updated_at;
        Self {
            t: other(&was.content, &now.content),
            e: other(&was.error, &now.error),
            x: other(&was.external_id, &now.external_id),
            j: other(&was.extra, &now.extra),
            ua: later.then(|| was.updated_at.as_microsecond()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.t.is_none()
            && self.e.is_none()
            && self.x.is_none()
            && self.j.is_none()
            && self.ua.is_none()
    }

    pub(super) fn read(self, status: MessageStatus, now: &Message) -> Result<Former> {
        let was = |it: Option<Vec<Text<'_>>>, now: &Option<String>| match it {
            None => now.clone(),
            Some(texts) => owned(texts.into_iter().next()),
        };
        Ok(Former {
            status,
            content: was(self.t, &now.content),
            error: was(self.e, &now.error),
            external_id: was(self.x, &now.external_id),
            extra: was(self.j, &now.extra),
            updated_at: self.ua.map(at).transpose()?.unwrap_or(now.updated_at),
        })
    }
}
