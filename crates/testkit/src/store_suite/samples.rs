//! One of everything: values with every field filled, and values with as few as possible.

use std::sync::Arc;

use app::{
    deliveries::{Attempt, Delivery, Notice, Parcel, Receiver},
    hooks::{Endpoint, EndpointSecret, EndpointState},
    letters::{Addressee, Letter, LetterKind, Piece},
    messages::NewAttachment,
    ports::{KeyPair, SocketApp, SocketLimits},
    uploads::Upload,
};
use domain::{
    Account, AccountId, Address, AddressId, Agent, AgentId, AppId, Attachment, AttachmentKind,
    Availability, Contact, ContactId, Conversation, ConversationId, ConversationStatus, DeliveryId,
    Details, Direction, Document, DocumentId, DocumentKind, EndpointId, Event, Former, Inbox,
    InboxId, InboxState, Label, LabelCategory, LabelCategoryId, LabelId, Message, MessageId,
    MessageStatus, Notification, NotificationChange, NotificationId, NotificationKind, Notified,
    Priority, Role, Sender, Session, SessionState, Spoken, StoredFile, Team, TeamId, Thread,
    Timestamp, UploadId, Via, Wishes,
};

/// Text that is easy to spoil on the way.
pub const AWKWARD: &str =
    "“Naïve” 'quotes', \"doubled\", \\back\\slash\n\ttab, \u{7f}\u{2028}, 👩🏽‍🚀 ﷽ ﬁ e\u{301}";

/// A time so many microseconds after 2026-01-01.
pub fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(1_767_225_600_000_000 + micros).unwrap()
}

/// An account.
pub fn account() -> Account {
    Account {
        id: AccountId(1),
        name: AWKWARD.to_owned(),
        created_at: at(1),
    }
}

/// An agent.
pub fn agent() -> Agent {
    Agent {
        id: AgentId(4),
        account_id: AccountId(1),
        name: "Ada \"the\" Agent".to_owned(),
        display_name: None,
        email: "ada@example.com".to_owned(),
        role: Role::Administrator,
        availability: Availability::Busy,
        auto_offline: true,
        wishes: Wishes::default(),
        working_since: None,
        token_generation: 3,
        created_at: at(2),
    }
}

/// An agent at work.
fn working() -> Arc<Agent> {
    Arc::new(Agent {
        working_since: Some(at(27)),
        ..agent()
    })
}

/// A file that waits for its message.
pub fn upload() -> Upload {
    Upload {
        id: UploadId(9_300),
        account_id: AccountId(1),
        file: StoredFile {
            key: "ab/cd/ef".to_owned(),
            name: "a.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: 4,
        },
        checksum: Some("CY9rzUYh03PK3k6DJie09g==".to_owned()),
    }
}

/// An inbox that does not send.
pub fn paused_inbox() -> Inbox {
    Inbox {
        id: InboxId(2),
        account_id: AccountId(1),
        name: "WhatsApp Größe".to_owned(),
        carrier: "sandbox".to_owned(),
        license_id: 51,
        messenger: "grWhatsApp".to_owned(),
        address: "+4930123456".to_owned(),
        state: InboxState::Paused {
            reason: "the password \"x\" is wrong".to_owned(),
        },
        created_at: at(3),
    }
}

/// A contact with everything.
pub fn contact() -> Contact {
    Contact {
        id: ContactId(1 << 52),
        account_id: AccountId(1),
        name: AWKWARD.to_owned(),
        email: Some("ann@example.com".to_owned()),
        phone: Some("+49301234567".to_owned()),
        identifier: Some("customer/17".to_owned()),
        blocked: true,
        custom_attributes: r#"{"size":"\"L\"","n":[1,2.5,null]}"#.to_owned(),
        additional_attributes: "{}".to_owned(),
        picture: None,
        created_at: at(4),
        updated_at: at(5),
    }
}

/// A contact with as little as possible.
pub fn bare_contact() -> Contact {
    Contact {
        name: String::new(),
        email: None,
        phone: None,
        identifier: None,
        blocked: false,
        custom_attributes: "{}".to_owned(),
        ..contact()
    }
}

/// An address with everything.
pub fn address() -> Address {
    Address {
        id: AddressId(6_001),
        contact_id: contact().id,
        inbox_id: InboxId(2),
        source_id: "49301234567@c.us".to_owned(),
        told_name: Some("Ann 👋".to_owned()),
        verified: true,
        created_at: at(6),
        updated_at: at(7),
    }
}

/// A conversation with everything.
pub fn conversation() -> Conversation {
    Conversation {
        id: ConversationId(7_001),
        account_id: AccountId(1),
        number: 12,
        inbox_id: InboxId(2),
        contact_id: contact().id,
        address_id: address().id,
        status: ConversationStatus::Snoozed,
        snoozed_until: Some(at(90)),
        assignee_id: Some(AgentId(4)),
        labels: Vec::new(),
        unread_count: 2,
        waiting_since: Some(at(8)),
        heard_at: None,
        window_opened_by: None,
        first_reply_at: Some(at(9)),
        participants: Vec::new(),
        agent_last_seen_at: Some(at(10)),
        contact_last_seen_at: Some(at(11)),
        last_message_id: Some(MessageId(8_001)),
        last_activity_at: at(12),
        created_at: at(13),
        updated_at: at(14),
        version: 15,
        details: Details::default(),
    }
}

/// Everything that people keep about a conversation.
pub fn details() -> Details {
    Details {
        priority: Some(Priority::High),
        team_id: Some(TeamId(3)),
        custom_attributes: Some(r#"{"order":"A-1"}"#.to_owned()),
        additional_attributes: Some(format!("{{\"referer\":\"{}\"}}", "https://shop.example/ö")),
    }
}

/// A thread about which everything is known.
pub fn described_thread() -> Box<Thread> {
    let mut thread = thread();
    thread.conversation.details = details();
    thread.contact.additional_attributes = r#"{"city":"Brno"}"#.to_owned();
    thread
}

/// A message that is more than text.
pub fn form() -> Box<Spoken> {
    let mut spoken = spoken();
    spoken.message.content_type = Some("input_select".to_owned());
    spoken
}

/// A conversation with as little as possible.
pub fn bare_conversation() -> Conversation {
    Conversation {
        status: ConversationStatus::Open,
        snoozed_until: None,
        assignee_id: None,
        unread_count: 0,
        waiting_since: None,
        first_reply_at: None,
        agent_last_seen_at: None,
        contact_last_seen_at: None,
        last_message_id: None,
        version: 0,
        ..conversation()
    }
}

/// One attachment of every kind, between them with every field.
pub fn attachments() -> Vec<Attachment> {
    let kinds = [
        AttachmentKind::Image,
        AttachmentKind::Video,
        AttachmentKind::Audio,
        AttachmentKind::Voice,
        AttachmentKind::Sticker,
        AttachmentKind::File,
        AttachmentKind::Location,
        AttachmentKind::Contact,
    ];
    (9_001..)
        .zip(kinds)
        .map(|(id, kind)| {
            let place = kind == AttachmentKind::Location;
            let card = kind == AttachmentKind::Contact;
            Attachment {
                id,
                kind,
                file: (!place && !card).then(|| StoredFile {
                    key: format!("2026/01/{id}"),
                    name: format!("Größe \"{id}\".bin"),
                    content_type: "application/octet-stream".to_owned(),
                    bytes: id * 1000,
                }),
                title: place.then(|| "Brandenburger Tor".to_owned()),
                // Digits that a careless reader of numbers does not get back.
                coordinates: place
                    .then_some((52.849_891_927_225_556, -0.000_000_123_456_789_012_3)),
                detail: card.then(|| r#"{"vcard":"BEGIN:VCARD\n"}"#.to_owned()),
            }
        })
        .collect()
}

/// The same, not attached yet.
pub fn new_attachments() -> Vec<NewAttachment> {
    attachments()
        .into_iter()
        .map(|it| NewAttachment {
            kind: it.kind,
            file: it.file,
            title: it.title,
            coordinates: it.coordinates,
            detail: it.detail,
        })
        .collect()
}

/// A message with everything.
pub fn message() -> Message {
    Message {
        id: MessageId(8_001),
        account_id: AccountId(1),
        inbox_id: InboxId(2),
        conversation_id: conversation().id,
        direction: Direction::Out,
        private: true,
        content: Some(AWKWARD.to_owned()),
        content_type: None,
        attachments: attachments(),
        sender: Sender::Agent(AgentId(4)),
        status: MessageStatus::Failed,
        error: Some("no such number".to_owned()),
        external_id: Some("wamid.8001".to_owned()),
        reply_to_external: Some("wamid.7999".to_owned()),
        reply_to: Some(MessageId(7_999)),
        client_key: Some("echo-1".to_owned()),
        echo: Some("e-7".to_owned()),
        client_app: Some("a bot".to_owned()),
        extra: Some(r#"{"forwarded":true}"#.to_owned()),
        sent_at: at(16),
        created_at: at(17),
        updated_at: at(18),
    }
}

/// A message with as little as possible.
pub fn bare_message() -> Message {
    Message {
        direction: Direction::In,
        private: false,
        content: None,
        attachments: Vec::new(),
        sender: Sender::Contact(contact().id),
        status: MessageStatus::Sent,
        error: None,
        external_id: None,
        reply_to_external: None,
        reply_to: None,
        client_key: None,
        echo: None,
        client_app: None,
        extra: None,
        ..message()
    }
}

/// A thread with everything.
pub fn thread() -> Box<Thread> {
    Box::new(Thread {
        inbox: Arc::new(paused_inbox()),
        contact: contact(),
        address: address(),
        conversation: conversation(),
        assignee: Some(Arc::new(agent())),
        labels: Vec::new(),
        team: None,
    })
}

/// A label with everything.
pub fn label() -> Label {
    Label {
        id: LabelId(9),
        account_id: AccountId(1),
        title: AWKWARD.to_owned(),
        description: Some("who pays \"late\"".to_owned()),
        color: "#1f93ff".to_owned(),
        sort: 100,
        category: Some(LabelCategory {
            id: LabelCategoryId(2),
            name: "money".to_owned(),
            sort: 50,
        }),
        on_sidebar: true,
        created_at: at(25),
    }
}

/// A label with as little as possible.
pub fn bare_label() -> Label {
    Label {
        id: LabelId(10),
        description: None,
        category: None,
        on_sidebar: false,
        ..label()
    }
}

/// A notification with everything.
pub fn notified() -> Notified {
    Notified {
        notification: Notification {
            id: NotificationId(12_001),
            account_id: AccountId(1),
            agent_id: AgentId(4),
            conversation_id: conversation().id,
            kind: NotificationKind::Mentioned,
            message_id: Some(MessageId(8_001)),
            by: Some(AgentId(5)),
            read_at: Some(at(34)),
            snoozed_until: Some(at(35)),
            active_at: at(36),
            created_at: at(37),
        },
        change: NotificationChange::Changed,
        unread: 7,
    }
}

/// A notification with as little as possible.
fn bare_notified() -> Notified {
    let full = notified();
    Notified {
        notification: Notification {
            kind: NotificationKind::Begun,
            message_id: None,
            by: None,
            read_at: None,
            snoozed_until: None,
            ..full.notification
        },
        change: NotificationChange::Removed,
        unread: 0,
    }
}

/// A team with everything.
pub fn team() -> Team {
    Team {
        id: TeamId(3),
        account_id: AccountId(1),
        name: AWKWARD.to_owned(),
        description: Some("who pays \"late\"".to_owned()),
        assigns: true,
        members: vec![AgentId(4), AgentId(5)],
        created_at: at(32),
        updated_at: at(33),
    }
}

/// A team with as little as possible.
pub fn bare_team() -> Team {
    Team {
        description: None,
        assigns: false,
        members: Vec::new(),
        ..team()
    }
}

/// A thread that is labeled.
pub fn labeled_thread() -> Box<Thread> {
    let mut thread = thread();
    thread.labels = vec![Arc::new(label()), Arc::new(bare_label())];
    thread.conversation.labels = thread.labels.iter().map(|it| it.id).collect();
    thread
}

/// A thread with as little as possible.
pub fn bare_thread() -> Box<Thread> {
    Box::new(Thread {
        inbox: Arc::new(Inbox {
            state: InboxState::Active,
            ..paused_inbox()
        }),
        contact: bare_contact(),
        address: Address {
            told_name: None,
            verified: false,
            ..address()
        },
        conversation: bare_conversation(),
        assignee: None,
        labels: Vec::new(),
        team: None,
    })
}

/// A message with its author.
pub fn spoken() -> Box<Spoken> {
    Box::new(Spoken {
        message: message(),
        author: Some(Arc::new(agent())),
        quoted: Some(Box::new(Message {
            id: MessageId(7_999),
            ..bare_message()
        })),
    })
}

/// A message without an author.
pub fn bare_spoken() -> Box<Spoken> {
    Box::new(Spoken {
        message: bare_message(),
        author: None,
        quoted: None,
    })
}

/// An endpoint with everything.
pub fn endpoint() -> Endpoint {
    let secret = |text: &str, expires_at: Option<Timestamp>| EndpointSecret {
        text: text.to_owned(),
        created_at: at(19),
        expires_at,
    };
    Endpoint {
        id: EndpointId(5),
        account_id: AccountId(1),
        dialect: "standard".to_owned(),
        name: AWKWARD.to_owned(),
        url: format!("https://crm.example/?{AWKWARD}"),
        events: vec!["message.created".to_owned(), AWKWARD.to_owned()],
        inbox_id: Some(InboxId(2)),
        state: EndpointState::Disabled {
            reason: AWKWARD.to_owned(),
        },
        ordered: true,
        per_second: 7,
        in_flight: 3,
        since: 20,
        failing_since: Some(at(21)),
        failures: 6,
        secrets: vec![secret("new", None), secret(AWKWARD, Some(at(99)))],
        created_at: at(22),
    }
}

/// An event that is owed.
pub fn event_owed() -> Delivery {
    let told = Notice {
        event: "message.created".to_owned(),
        body: AWKWARD.to_owned(),
        seq: 7,
    };
    let to = Receiver::Endpoint(endpoint().id);
    Delivery::new(DeliveryId(10_001), to, Parcel::Event(told), at(23), at(23))
}

/// A letter that is owed to the mail server.
pub fn letter_owed() -> Delivery {
    let letter = Letter {
        kind: LetterKind::Transcript,
        to: Addressee::Address("jana@shop.example".to_owned()),
        subject: "Said".to_owned(),
        body: vec![Piece::Text("Nothing".to_owned())],
        unless_seen: None,
    };
    let (to, what) = (
        Receiver::Mail(AccountId(1)),
        Parcel::Letter(Box::new(letter)),
    );
    Delivery::new(DeliveryId(92), to, what, at(0), at(0))
}

/// A part of a message that is owed.
pub fn part_owed() -> Delivery {
    let part = Parcel::Part {
        message_id: message().id,
        part: 1,
        parts: 3,
    };
    let to = Receiver::Inbox(InboxId(5));
    Delivery::new(DeliveryId(10_002), to, part, at(23), at(23)).in_lane(7)
}

/// An attempt that failed.
pub fn attempt() -> Attempt {
    Attempt {
        delivery_id: event_owed().id,
        number: 1,
        at: at(24),
        duration_ms: 12,
        status: Some(500),
        error: Some("it answered 500".to_owned()),
        answer: AWKWARD.to_owned(),
    }
}

/// A document.
pub fn document() -> Document {
    Document {
        id: DocumentId(11_001),
        account_id: AccountId(1),
        kind: DocumentKind::Note,
        owner: Some(contact().id.0),
        body: r#"{"content":"“cold” feet"}"#.to_owned(),
        created_at: at(30),
        updated_at: at(31),
    }
}

/// Every kind of event with everything.
pub fn full_events() -> Vec<Event> {
    let agent = Arc::new(agent());
    let mut events = events_of_people();
    events.extend(events_of_the_account());
    events.extend([
        Event::ContactCreated {
            contact: contact(),
            address: Some(Box::new(address())),
            by: None,
        },
        Event::ContactUpdated {
            contact: contact(),
            was: None,
            address: Some(Box::new(address())),
            by: None,
        },
        Event::ConversationCreated {
            thread: thread(),
            by: None,
        },
        Event::ConversationStatusChanged {
            thread: thread(),
            last_message: Some(spoken()),
            was: ConversationStatus::Resolved,
            put_off: None,
            by: Some(agent.id),
        },
        Event::ConversationAssigned {
            thread: thread(),
            last_message: Some(spoken()),
            was: Some(AgentId(5)),
            by: Some(agent.id),
            via: None,
        },
        Event::ConversationSeen {
            thread: thread(),
            by: agent.id,
        },
        Event::MessageCreated {
            waited: thread().conversation.waiting_since,
            thread: thread(),
            spoken: spoken(),
        },
        Event::MessageUpdated {
            thread: thread(),
            spoken: spoken(),
            was: Box::new(came_as_far_as(MessageStatus::Delivered, &spoken().message)),
            by: None,
        },
        Event::LabelChanged {
            label: Arc::new(label()),
        },
        Event::LabelRemoved {
            label: Arc::new(label()),
        },
        Event::ConversationLabeled {
            thread: labeled_thread(),
            last_message: Some(spoken()),
            added: vec![Arc::new(label()), Arc::new(bare_label())],
            removed: vec![Arc::new(label())],
            by: Some(agent.id),
        },
    ]);
    events
}

fn events_of_the_account() -> Vec<Event> {
    vec![
        Event::AccountChanged { account: account() },
        Event::AccountRemoved {
            inboxes: vec![Arc::new(paused_inbox())],
            apps: vec![AppId(3)],
        },
        Event::SocketAppChanged { app_id: AppId(3) },
        Event::EndpointChanged {
            endpoint_id: EndpointId(5),
        },
        Event::InboxChanged {
            inbox: Arc::new(paused_inbox()),
            was: None,
        },
        Event::InboxRemoved {
            inbox: Arc::new(paused_inbox()),
        },
        Event::SessionChanged {
            inbox: Arc::new(paused_inbox()),
            session: session(),
            was: SessionState::Loading,
        },
    ]
}

fn events_of_people() -> Vec<Event> {
    let agent = Arc::new(agent());
    vec![
        Event::AgentChanged {
            agent: agent.clone(),
            was: None,
        },
        Event::NotificationsChanged {
            thread: Some(thread()),
            about: Some(spoken()),
            notified: vec![notified(), notified()],
        },
        Event::AgentRemoved {
            agent: agent.clone(),
        },
        Event::InboxMembersChanged {
            inbox_id: InboxId(2),
            members: vec![AgentId(4), AgentId(5)],
        },
        Event::TeamChanged {
            team: Arc::new(team()),
        },
        Event::TeamRemoved {
            team: Arc::new(team()),
        },
        Event::AvailabilityChanged {
            agent: working(),
            was: Availability::Offline,
        },
        Event::WorkdayStarted { agent: working() },
        Event::WorkdayEnded { agent },
        Event::DocumentChanged {
            document_id: document().id,
        },
        Event::ContactMerged {
            contact: described_thread().contact,
            gone: ContactId(6_500),
            by: None,
        },
        Event::ContactDeleted {
            contact: contact(),
            by: None,
        },
        Event::ConversationRemoved {
            conversation_id: conversation().id,
        },
        Event::ConversationMoved {
            thread: described_thread(),
            last_message: Some(spoken()),
            was: ContactId(6_500),
            by: None,
        },
        Event::ConversationRead {
            thread: described_thread(),
            last_message: Some(form()),
        },
        Event::ConversationDescribed {
            thread: described_thread(),
            last_message: Some(form()),
            was: Box::new(details()),
            by: Some(AgentId(4)),
        },
    ]
}

/// A session with everything.
pub fn session() -> Session {
    Session {
        inbox_id: InboxId(2),
        state: SessionState::Offline,
        number: Some("447700900100".to_owned()),
        note: Some("out of reach".to_owned()),
        changed_at: at(7),
    }
}

/// The kinds of event that have something to leave out, without it.
pub fn bare_events() -> Vec<Event> {
    let (thread, spoken) = (bare_thread, bare_spoken);
    vec![
        Event::InboxChanged {
            inbox: thread().inbox,
            was: None,
        },
        Event::SessionChanged {
            inbox: thread().inbox,
            session: Session::new(InboxId(2), at(7)),
            was: SessionState::Idle,
        },
        Event::ContactCreated {
            contact: bare_contact(),
            address: None,
            by: None,
        },
        Event::ContactUpdated {
            contact: bare_contact(),
            was: None,
            address: None,
            by: None,
        },
        Event::ConversationCreated {
            thread: thread(),
            by: None,
        },
        Event::ConversationStatusChanged {
            thread: thread(),
            last_message: None,
            was: ConversationStatus::Open,
            put_off: None,
            by: None,
        },
        Event::ConversationAssigned {
            thread: thread(),
            last_message: None,
            was: None,
            by: None,
            via: None,
        },
        Event::ConversationRead {
            thread: thread(),
            last_message: None,
        },
        Event::ConversationDescribed {
            thread: thread(),
            last_message: None,
            was: Box::new(Details::default()),
            by: None,
        },
        Event::MessageCreated {
            waited: thread().conversation.waiting_since,
            thread: thread(),
            spoken: spoken(),
        },
        Event::MessageUpdated {
            thread: thread(),
            spoken: spoken(),
            was: Box::new(came_as_far_as(MessageStatus::Queued, &spoken().message)),
            by: None,
        },
        Event::LabelChanged {
            label: Arc::new(bare_label()),
        },
        Event::NotificationsChanged {
            thread: None,
            about: None,
            notified: vec![bare_notified()],
        },
        Event::TeamChanged {
            team: Arc::new(bare_team()),
        },
        Event::ConversationLabeled {
            thread: thread(),
            last_message: None,
            added: Vec::new(),
            removed: Vec::new(),
            by: None,
        },
    ]
}

/// Kinds of event that have grown since their first records, with what they have got.
pub fn grown_events() -> Vec<Event> {
    let mut thread = labeled_thread();
    thread.conversation.heard_at = Some(at(26));
    thread.conversation.window_opened_by = Some(MessageId(8_000));
    thread.assignee = Some(working());
    let mut with_team = described_thread();
    with_team.team = Some(Arc::new(team()));
    let wishing = Agent {
        wishes: Wishes {
            email: Vec::new(),
            push: NotificationKind::ALL.to_vec(),
        },
        ..agent()
    };
    let mut shared = bare_thread();
    shared.conversation.participants = team().members;
    let shown = Agent {
        display_name: Some(AWKWARD.to_owned()),
        auto_offline: false,
        ..agent()
    };
    let renamed = Inbox {
        name: AWKWARD.to_owned(),
        ..paused_inbox()
    };
    let mut events = vec![
        Event::ConversationAssigned {
            thread,
            last_message: None,
            was: None,
            by: Some(AgentId(4)),
            via: Some(Via {
                app: AWKWARD.to_owned(),
                tracking: Some("job-7".to_owned()),
            }),
        },
        Event::AgentRemoved {
            agent: Arc::new(wishing),
        },
        Event::ConversationCreated {
            thread: shared,
            by: None,
        },
        Event::AgentChanged {
            agent: Arc::new(shown),
            was: Some(working()),
        },
        Event::InboxChanged {
            inbox: Arc::new(renamed),
            was: Some(Arc::new(paused_inbox())),
        },
        Event::ConversationDescribed {
            thread: with_team,
            last_message: None,
            was: Box::new(Details::default()),
            by: None,
        },
    ];
    events.extend(performed_events());
    events.extend(compared_events());
    events
}

/// A message as it was when it had come less far, and nothing else was different.
fn came_as_far_as(status: MessageStatus, message: &Message) -> Former {
    Former {
        status,
        ..message.former()
    }
}

/// Those that tell how it was before, which they did not at first.
fn compared_events() -> Vec<Event> {
    let now = spoken();
    let was = Former {
        status: MessageStatus::Failed,
        content: None,
        error: Some(AWKWARD.to_owned()),
        external_id: None,
        extra: Some(r#"{"deleted":true}"#.to_owned()),
        updated_at: at(3),
    };
    let mut waiting = bare_thread();
    waiting.conversation.waiting_since = Some(at(25));
    vec![
        Event::MessageCreated {
            waited: None,
            thread: waiting,
            spoken: spoken(),
        },
        Event::MessageUpdated {
            thread: bare_thread(),
            was: Box::new(was),
            spoken: now,
            by: Some(AgentId(4)),
        },
        Event::ConversationStatusChanged {
            thread: bare_thread(),
            last_message: None,
            was: ConversationStatus::Snoozed,
            put_off: Some(at(29)),
            by: None,
        },
    ]
}

/// Those that tell who did it, which they did not at first.
fn performed_events() -> Vec<Event> {
    vec![
        Event::ContactCreated {
            contact: bare_contact(),
            address: None,
            by: Some(AgentId(4)),
        },
        Event::ContactUpdated {
            contact: bare_contact(),
            was: Some(Box::new(contact())),
            address: None,
            by: Some(AgentId(4)),
        },
        Event::ContactMerged {
            contact: bare_contact(),
            gone: ContactId(6_500),
            by: Some(AgentId(4)),
        },
        Event::ContactDeleted {
            contact: bare_contact(),
            by: Some(AgentId(4)),
        },
        Event::ConversationMoved {
            thread: bare_thread(),
            last_message: None,
            was: ContactId(6_500),
            by: Some(AgentId(4)),
        },
    ]
}

/// Every kind of event, full, bare and grown.
pub fn events() -> Vec<Event> {
    let mut events = full_events();
    events.extend(bare_events());
    events.extend(grown_events());
    events
}

/// A socket application.
/// An application with everything that one may have.
pub fn socket_app(account_id: AccountId, key: &str) -> SocketApp {
    SocketApp {
        id: AppId(0),
        account_id,
        name: "an application".to_owned(),
        key: key.to_owned(),
        secret: "a secret of many letters".to_owned(),
        more_keys: ["younger", "youngest"]
            .map(|age| KeyPair {
                key: format!("{key}-{age}"),
                secret: format!("a {age} secret of many letters"),
            })
            .into(),
        disabled: true,
        limits: SocketLimits {
            connections_max: Some(100),
            event_data_bytes_max: None,
            client_events_per_second_max: Some(5),
            presence_members_max: Some(0),
        },
        client_events: true,
        subscription_counts: false,
        authorized_only: false,
    }
}
