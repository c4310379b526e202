//! Chats as we name them: `private-<id>` for a person, `group-<id>` for anything else, as ChatApp does. And messages,
//! whose numbers Telegram counts in each chat anew: `<chat id>:<number>`.

/// The name of a chat.
pub fn name(id: i64, kind: &str) -> String {
    match kind {
        "private" => format!("private-{id}"),
        _ => format!("group-{id}"),
    }
}

/// The id in a chat's name.
pub fn id(name: &str) -> Option<i64> {
    let id = name
        .strip_prefix("private-")
        .or_else(|| name.strip_prefix("group-"));
    id.unwrap_or(name).parse().ok()
}

/// The name of a message.
pub fn message(chat: i64, number: i64) -> String {
    format!("{chat}:{number}")
}

/// The number in a message's name, if that is of this chat: another one counts its own.
pub fn number(message: &str, chat: i64) -> Option<i64> {
    let (of, number) = message.rsplit_once(':')?;
    let of: i64 = of.parse().ok()?;
    number.parse().ok().filter(|_| of == chat)
}
