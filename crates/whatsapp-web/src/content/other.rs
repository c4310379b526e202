//! What has no form of ours: told in words, so that nobody waits for an answer to something that nobody has seen.

use whatsapp_rust::{
    buffa::{Message as _, MessageField},
    wacore::proto_helpers::MessageExt as _,
    waproto::whatsapp::{Message, message::FutureProofMessage},
};

/// What is added where there is no more to show.
const LOOK: &str = "look at it on the phone";

/// The message itself, without what is wrapped around it.
pub(super) fn base(message: &Message) -> &Message {
    let mut base = message.get_base_message();
    while let Some(inner) = wrapped(base) {
        base = inner.get_base_message();
    }
    base
}

fn wrapped(it: &Message) -> Option<&Message> {
    let all: [&MessageField<FutureProofMessage>; 8] = [
        &it.lottie_sticker_message,
        &it.group_mentioned_message,
        &it.associated_child_message,
        &it.spoiler_message,
        &it.question_message,
        &it.question_reply_message,
        &it.bot_invoke_message,
        &it.poll_creation_message_v4,
    ];
    let mut all = all.into_iter().filter_map(|it| it.as_option());
    all.find_map(|it| it.message.as_option())
}

/// What may be looked at once only.
pub(crate) fn once(message: &Message) -> Option<String> {
    if !message.is_view_once() {
        return None;
    }
    let base = base(message);
    let what = if base.image_message.is_set() {
        "A picture"
    } else if base.video_message.is_set() {
        "A film"
    } else if base.audio_message.is_set() {
        "A spoken message"
    } else {
        "A message"
    };
    Some(format!("{what} that can be viewed once: {LOOK}"))
}

/// The words of what programs send: texts with buttons, lists, forms and answers to them.
pub(super) fn words(base: &Message) -> Option<String> {
    let buttons = base.buttons_message.as_option();
    let list = base.list_message.as_option();
    let template = base.template_message.as_option();
    let template = template.and_then(|it| it.hydrated_template.as_option());
    let asked = base.interactive_message.as_option();
    let answered = base.interactive_response_message.as_option();
    let all = [
        buttons.and_then(|it| it.content_text.clone()),
        list.and_then(|it| joined([it.title.clone(), it.description.clone()])),
        template.and_then(|it| it.hydrated_content_text.clone()),
        asked.and_then(|it| it.body.as_option()?.text.clone()),
        answered.and_then(|it| it.body.as_option()?.text.clone()),
    ];
    all.into_iter().flatten().find(|it| !it.is_empty())
}

fn joined(parts: [Option<String>; 2]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// A sentence for anything else that somebody has sent; nothing for what programs tell one another.
pub(super) fn sentence(base: &Message) -> Option<String> {
    let named = |what: &str, name: Option<&String>| match name {
        Some(name) if !name.is_empty() => format!("{what} \"{name}\": {LOOK}"),
        _ => format!("{what}: {LOOK}"),
    };
    if let Some(it) = base.event_message.as_option() {
        return Some(named("An event", it.name.as_ref()));
    }
    if let Some(it) = base.order_message.as_option() {
        let title = it.order_title.as_ref().or(it.message.as_ref());
        return Some(named("An order", title));
    }
    if let Some(it) = base.sticker_pack_message.as_option() {
        return Some(named("Stickers", it.name.as_ref()));
    }
    if let Some(it) = base.scheduled_call_creation_message.as_option() {
        return Some(named("A call is planned", it.title.as_ref()));
    }
    if base.poll_update_message.is_set() {
        return Some(format!("An answer to a question with choices: {LOOK}"));
    }
    if base.call.is_set() || base.call_log_messsage.is_set() || base.bcall_message.is_set() {
        return Some(format!("A call: {LOOK}"));
    }
    let pays = base.send_payment_message.is_set()
        || base.request_payment_message.is_set()
        || base.invoice_message.is_set()
        || base.payment_invite_message.is_set();
    if pays {
        return Some(format!("Something about a payment: {LOOK}"));
    }
    if base.request_phone_number_message.is_set() {
        return Some(format!("They ask for our number: {LOOK}"));
    }
    is_something(base).then(|| format!("A message of a sort that cannot be shown here: {LOOK}"))
}

/// Whether it holds more than what programs tell one another.
fn is_something(base: &Message) -> bool {
    let mut rest = base.clone();
    rest.message_context_info = MessageField::none();
    rest.sender_key_distribution_message = MessageField::none();
    rest.fast_ratchet_key_sender_key_distribution_message = MessageField::none();
    rest.protocol_message = MessageField::none();
    rest.device_sent_message = MessageField::none();
    rest.keep_in_chat_message = MessageField::none();
    rest.pin_in_chat_message = MessageField::none();
    rest.sticker_sync_rmr_message = MessageField::none();
    rest.enc_reaction_message = MessageField::none();
    rest.enc_event_response_message = MessageField::none();
    rest.secret_encrypted_message = MessageField::none();
    rest.message_history_bundle = MessageField::none();
    rest.message_history_notice = MessageField::none();
    rest.group_root_key_share = MessageField::none();
    rest.root_secret_distribute_message = MessageField::none();
    rest.placeholder_message = MessageField::none();
    rest.scheduled_call_edit_message = MessageField::none();
    // What it announces follows by itself.
    rest.album_message = MessageField::none();
    // An empty text is no text.
    rest.conversation = rest.conversation.filter(|it| !it.is_empty());
    !rest.encode_to_vec().is_empty()
}
