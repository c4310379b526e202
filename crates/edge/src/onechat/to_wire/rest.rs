//! REST objects: what the agents' interface answers.

use app::{Core, agents, directory::Connected};
use domain::{
    Account, AccountId, Address, Agent, AgentId, Contact, Habits, Inbox, InboxId, InboxState,
    Label, Role, Spoken, Team, Thread,
};
use serde_json::{Map, Value, json};
use wire::onechat::{
    FloatSeconds, Json,
    push::Actor,
    rest::{self, ConversationCounts, Meta, Profile, ProfileAccount},
};

use crate::{
    Edge,
    onechat::settings::{API, InboxSettings, WIDGET},
};

use super::{
    Audience, agent_availability, agent_picture, attributes, can_reply, channel_type,
    contact_availability, contact_picture, content, content_attributes, content_type,
    conversation_status, inbox_picture, iso, maybe_seconds, message_status, message_type, priority,
    push, role, seconds, titles, uuid,
};

/// An agent.
pub(in crate::onechat) fn agent(core: &Core, agent: &Agent) -> rest::Agent {
    rest::Agent {
        id: agent.id.0,
        account_id: agent.account_id.0,
        availability_status: agent_availability(core, agent),
        auto_offline: agent.auto_offline,
        confirmed: true,
        email: agent.email.clone(),
        provider: "email".to_owned(),
        available_name: agent.shown_name().to_owned(),
        custom_attributes: None,
        name: agent.name.clone(),
        role: role(agent.role),
        thumbnail: agent_picture(core, agent.id),
    }
}

/// Who has a conversation.
fn assignee(core: &Core, it: &Agent) -> rest::Assignee {
    match push::user(core, it) {
        Actor::AgentBot(bot) => rest::Assignee::Bot(bot),
        _ => rest::Assignee::Agent(Box::new(agent(core, it))),
    }
}

/// The caller's own profile, with their tokens: as they are in the account in use, and in each that they work for.
pub(in crate::onechat) fn profile<'a>(
    core: &Core,
    agent: &Agent,
    seats: impl Iterator<Item = (&'a Agent, &'a Account)>,
) -> Profile {
    Profile {
        access_token: agents::access_token(&core.sealer, agent),
        account_id: Some(agent.account_id.0),
        available_name: agent.shown_name().to_owned(),
        avatar_url: agent_picture(core, agent.id),
        confirmed: true,
        display_name: agent.display_name.clone(),
        message_signature: None,
        email: agent.email.clone(),
        id: agent.id.0,
        inviter_id: None,
        name: agent.name.clone(),
        provider: "email".to_owned(),
        pubsub_token: agents::follow_token(&core.sealer, agent),
        custom_attributes: None,
        role: Some(role(agent.role)),
        ui_settings: Json::default(),
        uid: agent.email.clone(),
        kind: None,
        accounts: seats
            .map(|(agent, account)| ProfileAccount {
                id: account.id.0,
                name: account.name.clone(),
                status: "active".to_owned(),
                onboarding_step: None,
                active_at: None,
                role: role(agent.role),
                permissions: vec![role(agent.role).as_str().to_owned()],
                availability: crate::onechat::presence::availability(agent.availability),
                availability_status: agent_availability(core, agent),
                auto_offline: agent.auto_offline,
            })
            .collect(),
    }
}

/// A contact.
pub(in crate::onechat) fn contact(
    core: &Core,
    account: AccountId,
    contact: &Contact,
) -> rest::Contact {
    rest::Contact {
        additional_attributes: Json::parse_or_empty(&contact.additional_attributes),
        availability_status: contact_availability(core, account, contact),
        email: contact.email.clone(),
        id: contact.id.0,
        name: contact.name.clone(),
        phone_number: contact.phone.clone(),
        blocked: contact.blocked,
        identifier: contact.identifier.clone(),
        thumbnail: contact_picture(core, contact),
        custom_attributes: Json::parse_or_empty(&contact.custom_attributes),
        last_activity_at: None,
        created_at: Some(seconds(contact.created_at)),
        contact_inboxes: None,
    }
}

/// A label.
pub(in crate::onechat) fn label(label: &Label) -> rest::Label {
    rest::Label {
        id: label.id.0,
        title: label.title.clone(),
        description: label.description.clone(),
        color: label.color.clone(),
        show_on_sidebar: label.on_sidebar,
    }
}

/// A team, as this agent sees it.
pub(in crate::onechat) fn team(team: &Team, me: AgentId) -> rest::Team {
    rest::Team {
        id: team.id.0,
        name: team.name.clone(),
        description: team.description.clone(),
        allow_auto_assign: team.assigns,
        account_id: team.account_id.0,
        is_member: team.members.contains(&me),
    }
}

/// A contact's addresses.
pub(in crate::onechat) fn contact_inboxes(
    core: &Core,
    addresses: &[Address],
) -> Vec<rest::ContactInbox> {
    let all = addresses.iter();
    all.filter_map(|it| {
        Some(rest::ContactInbox {
            source_id: it.source_id.clone(),
            inbox: slim_inbox(core, it.inbox_id)?,
        })
    })
    .collect()
}

/// An inbox in few words.
pub(in crate::onechat) fn slim_inbox(core: &Core, id: InboxId) -> Option<rest::SlimInbox> {
    let it = core.directory.inbox(id)?.inbox;
    Some(rest::SlimInbox {
        id: it.id.0,
        avatar_url: inbox_picture(core, it.id),
        channel_id: it.id.0,
        name: it.name.clone(),
        channel_type: channel_type(&it.carrier).to_owned(),
        provider: Some(it.carrier.clone()),
    })
}

/// A message.
pub(in crate::onechat) fn message(core: &Core, thread: &Thread, spoken: &Spoken) -> rest::Message {
    let message = &spoken.message;
    let (sender_type, sender_id) = push::sender_reference(spoken);
    rest::Message {
        id: message.id.0,
        content: content(message).map(str::to_owned),
        inbox_id: message.inbox_id.0,
        echo_id: message.echo.clone(),
        conversation_id: thread.conversation.number,
        message_type: message_type(message),
        content_type: content_type(message),
        status: message_status(message.status),
        content_attributes: content_attributes(message),
        created_at: seconds(message.created_at),
        private: message.private,
        source_id: message.external_id.clone(),
        account_id: message.account_id.0,
        updated_at: iso(message.updated_at),
        sender_type,
        sender_id,
        external_source_ids: Json::default(),
        additional_attributes: Json::default(),
        processed_message_content: content(message).map(str::to_owned),
        sentiment: Json::default(),
        conversation: push::message_conversation(thread, Audience::Agents),
        sender: push::sender(core, thread, spoken, Audience::Agents),
        attachments: push::attachments(core, message),
    }
}

/// A conversation with its newest message.
pub(in crate::onechat) fn conversation(
    core: &Core,
    thread: &Thread,
    last_message: Option<&Spoken>,
) -> rest::Conversation {
    let it = &thread.conversation;
    let last = last_message.map(|spoken| push::message(core, thread, spoken, Audience::Agents));
    rest::Conversation {
        meta: Meta {
            sender: contact(core, it.account_id, &thread.contact),
            channel: channel_type(&thread.inbox.carrier).to_owned(),
            assignee: thread.assignee.as_ref().map(|it| assignee(core, it)),
            assignee_type: thread.assignee.as_deref().map(push::assignee_type),
            team: thread.team.as_deref().map(push::team),
            hmac_verified: thread.address.verified,
        },
        id: it.number,
        messages: last.clone().into_iter().collect(),
        account_id: it.account_id.0,
        uuid: uuid(it.id.0),
        additional_attributes: attributes(&it.details.additional_attributes),
        agent_last_seen_at: maybe_seconds(it.agent_last_seen_at),
        assignee_last_seen_at: maybe_seconds(it.agent_last_seen_at),
        can_reply: can_reply(core, thread),
        contact_last_seen_at: maybe_seconds(it.contact_last_seen_at),
        custom_attributes: attributes(&it.details.custom_attributes),
        inbox_id: it.inbox_id.0,
        labels: titles(&thread.labels),
        muted: thread.contact.blocked,
        snoozed_until: it.snoozed_until.map(iso),
        status: conversation_status(it.status),
        created_at: seconds(it.created_at),
        updated_at: FloatSeconds::from_micros(it.updated_at.as_microsecond()),
        timestamp: seconds(it.last_activity_at),
        first_reply_created_at: maybe_seconds(it.first_reply_at),
        unread_count: it.unread_count,
        last_non_activity_message: last,
        last_activity_at: seconds(it.last_activity_at),
        priority: it.details.priority.map(priority),
        waiting_since: maybe_seconds(it.waiting_since),
        sla_policy_id: None,
    }
}

/// The four counts of a list.
pub(in crate::onechat) fn counts(counts: app::ports::Counts) -> ConversationCounts {
    ConversationCounts {
        mine_count: counts.mine,
        assigned_count: counts.assigned,
        unassigned_count: counts.unassigned,
        all_count: counts.all,
    }
}

/// An inbox, with its secrets for an administrator. One that is paused says so, and why, where clients look for a
/// lost authorization.
pub(in crate::onechat) fn inbox(edge: &Edge, connected: &Connected, role: Role) -> Value {
    let it = &connected.inbox;
    let own = InboxSettings::of(connected);
    let settings = own.clone().unwrap_or_default();
    let habits = edge.core.directory.habits(it.id);
    let is_own = own.is_some();
    let secret = |text: &String| (is_own && role == Role::Administrator).then(|| text.clone());
    let is_api = it.carrier == API;
    let attributes = Value::Object(settings.additional_attributes.clone()).to_string();
    let body = rest::Inbox {
        id: it.id.0,
        avatar_url: inbox_picture(&edge.core, it.id),
        channel_id: it.id.0,
        name: it.name.clone(),
        channel_type: channel_type(&it.carrier).to_owned(),
        greeting_enabled: settings.greeting_enabled,
        greeting_message: settings.greeting_message.clone(),
        working_hours_enabled: settings.working_hours_enabled,
        enable_email_collect: is_own && settings.enable_email_collect,
        csat_survey_enabled: false,
        enable_auto_assignment: habits.assigns,
        auto_assignment_config: assignment(&habits),
        out_of_office_message: settings.out_of_office_message.clone(),
        working_hours: settings.working_hours.clone(),
        timezone: settings.timezone.clone(),
        callback_webhook_url: None,
        allow_messages_after_resolved: true,
        lock_to_single_conversation: !is_own || settings.lock_to_single_conversation,
        sender_name_type: "friendly".to_owned(),
        business_name: None,
        phone_number: (!is_own).then(|| it.address.clone()),
        provider: Some(it.carrier.clone()),
        webhook_url: settings.webhook_url.clone().filter(|_| is_api),
        inbox_identifier: is_api.then(|| it.address.clone()),
        additional_attributes: is_api.then(|| Json::parse_or_empty(&attributes)),
        hmac_mandatory: is_own.then_some(settings.hmac_mandatory),
        hmac_token: secret(&settings.hmac_token),
        secret: secret(&settings.secret).filter(|_| is_api),
    };
    let mut body = serde_json::to_value(body).unwrap_or_default();
    if let Some(all) = body.as_object_mut() {
        let reason = match &it.state {
            InboxState::Active => None,
            InboxState::Paused { reason } => Some(reason.as_str()),
        };
        all.insert(
            "reauthorization_required".to_owned(),
            reason.is_some().into(),
        );
        all.insert("paused_because".to_owned(), reason.into());
        if it.carrier == WIDGET {
            widget(all, &edge.core.public_url, it, &settings);
        }
    }
    body
}

/// How an inbox gives its conversations.
pub(in crate::onechat) fn assignment(habits: &Habits) -> Json {
    let most = habits.assigns_max;
    most.map_or_else(Json::default, |most| {
        Json::parse_or_empty(&json!({ "max_assignment_limit": most }).to_string())
    })
}

/// What a website widget has besides.
fn widget(all: &mut Map<String, Value>, base: &str, it: &Inbox, settings: &InboxSettings) {
    let script = format!(
        "<script>(function(d,t){{var g=d.createElement(t),s=d.getElementsByTagName(t)[0];\
         g.src=\"{base}/packs/js/sdk.js\";g.async=true;s.parentNode.insertBefore(g,s);\
         g.onload=function(){{window.chatwootSDK.run({{websiteToken:\"{}\",baseUrl:\"{base}\"}})}}\
         }})(document,\"script\");</script>",
        it.address
    );
    let told = json!({
        "website_url": settings.website_url,
        "website_token": it.address,
        "widget_color": settings.widget_color,
        "welcome_title": settings.welcome_title,
        "welcome_tagline": settings.welcome_tagline,
        "reply_time": settings.reply_time,
        "allowed_domains": settings.allowed_domains,
        "web_widget_script": script,
        "pre_chat_form_enabled": settings.asks_first(),
        "pre_chat_form_options": {},
        "selected_feature_flags": settings.feature_flags,
    });
    if let Value::Object(told) = told {
        all.extend(told);
    }
}
