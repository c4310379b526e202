//! OneChat's door: the cable, and as much of the agents' interface as an answer needs.

mod about;
mod account;
mod agents;
mod belongings;
mod bots;
mod bulk_actions;
mod cable;
mod cache;
mod caller;
mod changes;
mod client;
mod contacts;
mod conversations;
mod counts;
mod descriptions;
mod documents;
mod drafts;
mod errors;
mod filters;
mod gatherings;
mod given;
mod hooks;
mod hours;
mod inboxes;
mod labels;
mod members;
mod messages;
mod missed;
mod notifications;
mod parked;
mod participants;
mod passing;
mod password;
mod path;
mod pictures;
pub mod platform;
mod presence;
mod profile;
mod removing;
mod reports;
mod room;
mod rules;
mod search;
pub mod settings;
mod shared_files;
mod sign_in;
mod teams;
mod tell;
mod to_wire;
mod topics;
mod transcript;
mod typing;
mod unread;
mod uploads;
mod webhooks;
mod widget;

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use domain::ConversationId;
use wire::onechat::errors::Refusal;

pub use belongings::{Doors, Keeping};
pub(crate) use cache::CacheDesk;
pub(crate) use gatherings::Gatherings;
pub(crate) use hooks::OneChatHooks;
pub(crate) use missed::Missed;
pub(crate) use parked::ParkedSessions;
pub(crate) use password::askers;
pub(crate) use presence::PresenceDesk;
pub use presence::run as run_presence;
pub(crate) use rules::{Book, OneChatRules};
pub(crate) use tell::tell;
pub use typing::run as run_typing;
pub(crate) use uploads::fetches;

use crate::Edge;

pub(crate) use counts::Counts;
pub(crate) use widget::Newcomers;

/// Messages that a contact may write in one conversation in a minute (onechat.md, 3: the flood guard).
const TALK_PER_MINUTE: u32 = 200;

/// How much contacts write, with nothing counted yet.
pub(crate) fn talk() -> Counts<ConversationId> {
    Counts::new(TALK_PER_MINUTE, Duration::from_secs(60))
}

/// Refuses a contact who writes in a conversation more than a person can.
fn may_write(edge: &Edge, conversation: ConversationId) -> Result<(), Refusal> {
    if edge.talk.one_more(conversation, Instant::now()) {
        return Ok(());
    }
    Err(Refusal::unprocessable("Too many messages"))
}

/// Bytes of a request with attachments.
const UPLOAD_BYTES: usize = 128 * 1024 * 1024;

pub(crate) fn routes() -> Router<Edge> {
    let account = Router::new()
        .route("/cache_keys", get(inboxes::cache_keys))
        // Clients of the original write some addresses with a slash at the end.
        .route("/inboxes/", get(inboxes::list).post(inboxes::create))
        .route("/inboxes/{inbox}/", get(inboxes::show))
        .route("/inboxes", get(inboxes::list).post(inboxes::create))
        .route(
            "/inboxes/{inbox}",
            get(inboxes::show)
                .patch(inboxes::update)
                .put(inboxes::update)
                .delete(removing::delete_inbox),
        )
        .route("/inboxes/{inbox}/reset_secret", post(inboxes::reset_secret))
        .route("/inboxes/{inbox}/resume", post(inboxes::resume))
        .route(
            "/inboxes/{inbox}/avatar",
            axum::routing::delete(pictures::delete_of_inbox),
        )
        .route("/webhooks", get(webhooks::list).post(webhooks::create))
        .route(
            "/webhooks/{webhook}",
            axum::routing::patch(webhooks::update)
                .put(webhooks::update)
                .delete(webhooks::delete),
        )
        .route("/labels", get(labels::list).post(labels::create))
        .route(
            "/labels/{label}",
            get(labels::show)
                .patch(labels::update)
                .put(labels::update)
                .delete(labels::delete),
        )
        .merge(of_contacts())
        .merge(of_documents())
        .merge(of_agents())
        .merge(of_notifications())
        .merge(of_bots())
        .merge(of_teams())
        .merge(of_rules())
        .merge(of_account())
        .route(
            "/conversations",
            get(conversations::list).post(descriptions::create),
        )
        .merge(of_lists())
        .nest("/conversations/{conversation}", of_conversation())
        .fallback(errors::no_route);
    Router::new()
        .route("/health", get(about::health))
        .route("/api", get(about::version))
        .route("/cable", get(cable::connect))
        .route("/auth/sign_in", post(sign_in::sign_in))
        .merge(of_passwords())
        .route("/auth/validate_token", get(sign_in::validate))
        .route("/auth/sign_out", axum::routing::delete(sign_in::sign_out))
        .nest("/api/v1/profile", of_profile())
        .nest("/api/v1/accounts/{account}", account)
        .nest("/api/v2/accounts/{account}", reports::routes())
        .merge(of_slips())
        .merge(uploads::routes())
        .merge(client::routes())
        .merge(platform::routes())
        .merge(widget::routes())
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES))
}

/// Choosing a password by a letter.
fn of_passwords() -> Router<Edge> {
    Router::new()
        .route(
            "/auth/password",
            post(password::ask)
                .put(password::change)
                .patch(password::change),
        )
        .route(
            password::PAGE_PATH,
            get(password::page).post(password::submit),
        )
}

/// The account itself, and what is done to much of it at once.
fn of_account() -> Router<Edge> {
    Router::new()
        .route(
            "/",
            get(account::show)
                .patch(account::update)
                .put(account::update),
        )
        .route("/update_active_at", post(account::update_active_at))
        .route("/bulk_actions", post(bulk_actions::create))
        .route("/upload", post(uploads::create))
        .route("/direct_uploads", post(uploads::announce))
        .route("/reporting_events", get(reports::events::list))
}

/// Conversations in lists.
fn of_lists() -> Router<Edge> {
    Router::new()
        .route("/conversations/meta", get(conversations::meta))
        .route("/conversations/unread_counts", get(unread::show))
        .route("/conversations/filter", post(conversations::filter))
        .route("/conversations/search", get(search::in_conversations))
        .route("/search", get(search::all))
        .route("/search/conversations", get(search::only_conversations))
        .route("/search/contacts", get(search::only_contacts))
        .route("/search/messages", get(search::only_messages))
        .route("/search/articles", get(search::only_articles))
}

/// One conversation.
fn of_conversation() -> Router<Edge> {
    Router::new()
        .route(
            "/",
            get(conversations::show)
                .patch(descriptions::update)
                .put(descriptions::update)
                .delete(removing::delete_conversation),
        )
        .route("/toggle_priority", post(descriptions::toggle_priority))
        .route("/custom_attributes", post(descriptions::custom_attributes))
        .route("/mute", post(descriptions::mute))
        .route("/unmute", post(descriptions::unmute))
        .route("/transcript", post(transcript::send))
        .route("/unread", post(descriptions::unread))
        .route(
            "/messages/{message}",
            axum::routing::patch(messages::update)
                .put(messages::update)
                .delete(messages::delete),
        )
        .route("/messages/{message}/retry", post(messages::retry))
        .route("/messages", get(messages::list).post(messages::create))
        .route("/attachments", get(shared_files::list))
        .route("/direct_uploads", post(uploads::announce_in))
        .route("/reporting_events", get(reports::events::of_conversation))
        .route(
            "/draft_messages",
            get(drafts::show)
                .patch(drafts::update)
                .put(drafts::update)
                .delete(drafts::delete),
        )
        .route("/toggle_status", post(conversations::toggle_status))
        .route("/assignments", post(conversations::assign))
        .route("/labels", get(labels::of_conversation).post(labels::set))
        .route("/toggle_typing_status", post(conversations::toggle_typing))
        .route("/update_last_seen", post(conversations::update_last_seen))
        .route(
            "/participants",
            get(participants::list)
                .post(participants::add)
                .patch(participants::update)
                .put(participants::update)
                .delete(participants::remove),
        )
}

/// The account's contacts.
fn of_contacts() -> Router<Edge> {
    let contact = Router::new()
        .route(
            "/",
            get(contacts::show)
                .patch(contacts::update)
                .put(contacts::update)
                .delete(contacts::delete),
        )
        .route("/conversations", get(contacts::conversations_of))
        .route(
            "/labels",
            get(contacts::labels_of).post(contacts::set_labels),
        )
        .route("/contact_inboxes", post(contacts::add_address))
        .route("/contactable_inboxes", get(contacts::contactable))
        .route("/avatar", axum::routing::delete(contacts::delete_avatar))
        .route(
            "/destroy_custom_attributes",
            post(contacts::destroy_custom_attributes),
        )
        .route("/notes", get(documents::notes).post(documents::add_note))
        .route(
            "/notes/{note}",
            get(documents::note)
                .patch(documents::change_note)
                .put(documents::change_note)
                .delete(documents::remove_note),
        );
    Router::new()
        .route("/contacts", get(contacts::list).post(contacts::create))
        .route("/contacts/search", get(contacts::search))
        .route("/contacts/active", get(contacts::active))
        .route("/contacts/filter", post(contacts::filter))
        .nest("/contacts/{contact}", contact)
        .route("/actions/contact_merge", post(contacts::merge))
        .route("/contact_inboxes/filter", post(contacts::by_address))
}

/// The account's agents, and who answers where.
fn of_agents() -> Router<Edge> {
    Router::new()
        .route("/agents", get(agents::list).post(agents::create))
        .route("/agents/bulk_create", post(agents::bulk_create))
        .route(
            "/agents/{agent}",
            axum::routing::patch(agents::update)
                .put(agents::update)
                .delete(agents::delete),
        )
        .route(
            "/inbox_members",
            post(members::add)
                .patch(members::update)
                .put(members::update)
                .delete(members::remove),
        )
        .route(
            "/inbox_members/{inbox}",
            get(members::list).delete(members::remove_here),
        )
        .route("/assignable_agents", get(members::assignable))
}

/// What the caller is notified of.
fn of_notifications() -> Router<Edge> {
    Router::new()
        .route("/notifications", get(notifications::list))
        .route("/notifications/read_all", post(notifications::read_all))
        .route(
            "/notifications/destroy_all",
            post(notifications::delete_all),
        )
        .route(
            "/notifications/unread_count",
            get(notifications::unread_count),
        )
        .route(
            "/notifications/{id}",
            axum::routing::patch(notifications::read)
                .put(notifications::read)
                .delete(notifications::delete),
        )
        .route("/notifications/{id}/unread", post(notifications::unread))
        .route("/notifications/{id}/snooze", post(notifications::snooze))
        .route(
            "/notification_settings",
            get(notifications::settings)
                .patch(notifications::set_settings)
                .put(notifications::set_settings),
        )
}

/// The account's bots, and who answers first where.
fn of_bots() -> Router<Edge> {
    Router::new()
        .route("/agent_bots", get(bots::list).post(bots::create))
        .route(
            "/agent_bots/{bot}",
            get(bots::show)
                .patch(bots::update)
                .put(bots::update)
                .delete(bots::delete),
        )
        .route(
            "/agent_bots/{bot}/reset_access_token",
            post(bots::reset_access_token),
        )
        .route("/agent_bots/{bot}/reset_secret", post(bots::reset_secret))
        .route(
            "/agent_bots/{bot}/avatar",
            axum::routing::delete(bots::delete_avatar),
        )
        .route("/inboxes/{inbox}/agent_bot", get(bots::of_inbox))
        .route("/inboxes/{inbox}/set_agent_bot", post(bots::set_of_inbox))
}

/// What an agent says and keeps of themselves.
fn of_profile() -> Router<Edge> {
    Router::new()
        .route(
            "/",
            get(profile::show)
                .put(profile::update)
                .patch(profile::update),
        )
        .route("/availability", post(profile::set_availability))
        .route("/auto_offline", post(profile::set_auto_offline))
        .route(
            "/set_active_account",
            axum::routing::put(profile::set_active_account),
        )
        .route("/reset_access_token", post(profile::reset_access_token))
        .route("/avatar", axum::routing::delete(pictures::delete_mine))
}

/// Addresses without their beginning, as the description has them, and as libraries made from it call them.
fn of_slips() -> Router<Edge> {
    Router::new()
        .route(
            "/accounts/{account}/conversations/{conversation}/messages",
            get(messages::list),
        )
        .route(
            "/accounts/{account}/teams/{team}/team_members",
            team_members(),
        )
}

fn team_members() -> axum::routing::MethodRouter<Edge> {
    get(teams::members)
        .post(teams::add_members)
        .patch(teams::set_members)
        .put(teams::set_members)
        .delete(teams::remove_members)
}

/// The account's teams.
fn of_teams() -> Router<Edge> {
    Router::new()
        .route("/teams", get(teams::list).post(teams::create))
        .route(
            "/teams/{team}",
            get(teams::show)
                .patch(teams::update)
                .put(teams::update)
                .delete(teams::delete),
        )
        .route("/teams/{team}/team_members", team_members())
}

/// What people write down.
fn of_documents() -> Router<Edge> {
    Router::new()
        .route(
            "/canned_responses",
            get(documents::canned).post(documents::add_canned),
        )
        .route(
            "/canned_responses/{id}",
            get(documents::canned_one)
                .patch(documents::change_canned)
                .put(documents::change_canned)
                .delete(documents::remove_canned),
        )
        .route(
            "/custom_attribute_definitions",
            get(documents::definitions).post(documents::add_definition),
        )
        .route(
            "/custom_attribute_definitions/{id}",
            get(documents::definition)
                .patch(documents::change_definition)
                .put(documents::change_definition)
                .delete(documents::remove_definition),
        )
        .route(
            "/custom_filters",
            get(documents::filters).post(documents::add_filter),
        )
        .route(
            "/custom_filters/{id}",
            get(documents::filter)
                .patch(documents::change_filter)
                .put(documents::change_filter)
                .delete(documents::remove_filter),
        )
}

/// What is written down to be done.
fn of_rules() -> Router<Edge> {
    use rules::{automation, macros};
    Router::new()
        .route(
            "/automation_rules",
            get(automation::list).post(automation::create),
        )
        .route(
            "/automation_rules/{id}",
            get(automation::show)
                .patch(automation::update)
                .put(automation::update)
                .delete(automation::delete),
        )
        .route("/automation_rules/{id}/clone", post(automation::copy))
        .route("/macros", get(macros::list).post(macros::create))
        .route(
            "/macros/{id}",
            get(macros::show)
                .patch(macros::update)
                .put(macros::update)
                .delete(macros::delete),
        )
        .route("/macros/{id}/execute", post(macros::execute))
}

/// A random UUID (version 4), for what somebody else will call by it.
pub(crate) fn random_uuid() -> app::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| app::StoreError::Unavailable(format!("no randomness: {error}")))?;
    let number = u128::from_be_bytes(bytes);
    // The version and the variant have fixed places (RFC 9562, 5.4).
    let number = number & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    Ok([
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-"))
}
