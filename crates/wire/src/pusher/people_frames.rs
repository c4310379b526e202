//! The frames that tell of people and of channels' state: members, users, counts, caches (Websocket protocol,
//! "Presence channel events"; "Watchlist events"; "Subscription counting"; "Cache channels").
//!
//! Like all of the server's frames but errors and the answer to a sign-in, their `data` is JSON in a string. A
//! member's id and info are repeated as the back end wrote them.

use std::sync::Arc;

use bytes::Bytes;

use super::frames::event;
use super::json::push_string;
use super::member::Member;

/// `pusher_internal:subscription_succeeded` of a presence channel: everybody, the newcomer included.
pub fn presence_succeeded(channel: &str, members: &[Arc<Member>]) -> Bytes {
    let mut ids = Vec::new();
    let mut hash = Vec::new();
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            ids.push(b',');
            hash.push(b',');
        }
        push_string(&mut ids, member.id());
        push_string(&mut hash, member.id());
        hash.push(b':');
        hash.extend_from_slice(member.info_json().as_bytes());
    }
    let data = format!(
        r#"{{"presence":{{"count":{},"ids":[{}],"hash":{{{}}}}}}}"#,
        members.len(),
        String::from_utf8_lossy(&ids),
        String::from_utf8_lossy(&hash)
    );
    event("pusher_internal:subscription_succeeded", channel, &data)
}

/// `pusher_internal:member_added`.
pub fn member_added(channel: &str, member: &Member) -> Bytes {
    let (id, info) = (member.id_json(), member.info_json());
    let data = format!(r#"{{"user_id":{id},"user_info":{info}}}"#);
    event("pusher_internal:member_added", channel, &data)
}

/// `pusher_internal:member_removed`.
pub fn member_removed(channel: &str, member: &Member) -> Bytes {
    let data = format!(r#"{{"user_id":{}}}"#, member.id_json());
    event("pusher_internal:member_removed", channel, &data)
}

/// `pusher_internal:subscription_count`.
pub fn subscription_count(channel: &str, count: u64) -> Bytes {
    let data = format!(r#"{{"subscription_count":{count}}}"#);
    event("pusher_internal:subscription_count", channel, &data)
}

/// `pusher:cache_miss`: there is no last event to replay.
pub fn cache_miss(channel: &str) -> Bytes {
    event("pusher:cache_miss", channel, "{}")
}

/// `pusher:signin_success`; `data` is an object that holds the text that was signed.
pub fn signin_success(user_data: &str) -> Bytes {
    let mut out = br#"{"event":"pusher:signin_success","data":{"user_data":"#.to_vec();
    push_string(&mut out, user_data);
    out.extend_from_slice(b"}}");
    Bytes::from(out)
}

/// `pusher_internal:watchlist_events`: who is online and who is not. A list with nobody in it is left out.
pub fn watchlist_events(online: &[&str], offline: &[&str]) -> Bytes {
    let mut data = br#"{"events":["#.to_vec();
    let mut first = true;
    for (name, ids) in [("online", online), ("offline", offline)] {
        if ids.is_empty() {
            continue;
        }
        if !std::mem::take(&mut first) {
            data.push(b',');
        }
        data.extend_from_slice(br#"{"name":"#);
        push_string(&mut data, name);
        data.extend_from_slice(br#","user_ids":["#);
        for (at, id) in ids.iter().enumerate() {
            if at > 0 {
                data.push(b',');
            }
            push_string(&mut data, id);
        }
        data.extend_from_slice(b"]}");
    }
    data.extend_from_slice(b"]}");
    let mut out = br#"{"event":"pusher_internal:watchlist_events","data":"#.to_vec();
    push_string(&mut out, &String::from_utf8_lossy(&data));
    out.push(b'}');
    Bytes::from(out)
}
