//! What is asked of channels over the HTTP API (HTTP API reference, "GET channels", "GET channel", "GET users").
//!
//! Unlike a trigger's `info`, asking for an attribute that a channel does not have is an error here. Who asks was
//! settled by [`super::request`].

use super::api::Refused;
use super::api_answers::Attributes;
use super::channel::Name;
use super::member::is_user_id;

/// `GET /apps/ID/channels`: which occupied channels, and what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channels {
    /// What their names start with; perhaps nothing.
    pub prefix: String,
    /// What is told of each.
    pub info: Attributes,
}

/// `GET /apps/ID/channels/NAME`: what of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel<'a> {
    /// Which.
    pub name: Name<'a>,
    /// Its counts.
    pub info: Attributes,
    /// Its last event.
    pub cache: bool,
}

/// Reads the query of `GET /apps/ID/channels`, percent-decoded.
pub fn parse_channels(query: &[(String, String)]) -> Result<Channels, Refused> {
    let prefix = parameter(query, "filter_by_prefix").to_owned();
    let info = Attributes::parse(parameter(query, "info"))
        .map_err(|unknown| Refused::bad(unknown.to_string()))?;
    if info.user_count && !prefix.starts_with("presence-") {
        return Err(Refused::bad(
            "user_count is for presence channels only: filter_by_prefix must start with presence-",
        ));
    }
    Ok(Channels { prefix, info })
}

/// Reads the name and the query of `GET /apps/ID/channels/NAME`, percent-decoded.
pub fn parse_channel<'a>(
    name: &'a str,
    query: &[(String, String)],
) -> Result<Channel<'a>, Refused> {
    let name = channel_name(name)?;
    let mut cache = false;
    let counts: Vec<&str> = parameter(query, "info")
        .split(',')
        .map(str::trim)
        .filter(|attribute| {
            cache |= *attribute == "cache";
            *attribute != "cache"
        })
        .collect();
    let info = Attributes::parse(&counts.join(",")).map_err(|_| {
        Refused::bad("Invalid info: expected user_count, subscription_count or cache")
    })?;
    if info.user_count && !name.kind().presence {
        return Err(Refused::bad("user_count is for presence channels only"));
    }
    if cache && !name.kind().cache {
        return Err(Refused::bad("cache is for cache channels only"));
    }
    Ok(Channel { name, info, cache })
}

/// Reads the name of `GET /apps/ID/channels/NAME/users`, percent-decoded.
pub fn parse_users(name: &str) -> Result<Name<'_>, Refused> {
    let name = channel_name(name)?;
    if name.kind().presence {
        Ok(name)
    } else {
        Err(Refused::bad("Users are known of presence channels only"))
    }
}

/// Checks the user of `POST /apps/ID/users/UID/terminate_connections`, percent-decoded.
pub fn parse_user(id: &str) -> Result<&str, Refused> {
    if is_user_id(id) {
        Ok(id)
    } else {
        Err(Refused::bad("This is not the id of a user who can sign in"))
    }
}

fn channel_name(name: &str) -> Result<Name<'_>, Refused> {
    Name::parse(name).map_err(|invalid| Refused::bad(format!("Invalid channel: {invalid}")))
}

fn parameter<'a>(query: &'a [(String, String)], name: &str) -> &'a str {
    query
        .iter()
        .find(|(key, _)| key == name)
        .map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn members_are_counted_on_presence_channels_only() {
        let counted = [("filter_by_prefix", "presence-x"), ("info", "user_count")];
        let channels = parse_channels(&query(&counted)).unwrap();
        assert_eq!(channels.prefix, "presence-x");
        assert!(channels.info.user_count);
        assert!(parse_channels(&query(&[])).is_ok());
        for bad in [
            query(&[("info", "user_count")]),
            query(&[("info", "user_count"), ("filter_by_prefix", "pre")]),
            query(&[("info", "cache")]),
        ] {
            assert_eq!(parse_channels(&bad).unwrap_err().status, 400);
        }
        assert!(parse_users("presence-c").is_ok());
        assert_eq!(parse_users("private-c").unwrap_err().status, 400);
        assert_eq!(parse_users("presence- c").unwrap_err().status, 400);
    }

    #[test]
    fn what_a_channel_does_not_have_cannot_be_asked_of_it() {
        let asked = |name, info| parse_channel(name, &query(&[("info", info)])).map(|_| ());
        for (name, info) in [
            ("c", ""),
            ("c", "subscription_count"),
            ("presence-c", "user_count,subscription_count"),
            ("presence-cache-c", "cache,user_count"),
            ("cache-c", "cache"),
        ] {
            assert_eq!(asked(name, info), Ok(()), "{name} {info}");
        }
        for (name, info) in [
            ("c", "user_count"),
            ("c", "cache"),
            ("presence-c", "cache"),
            ("c", "colour"),
            ("a b", ""),
        ] {
            assert_eq!(asked(name, info).unwrap_err().status, 400, "{name} {info}");
        }
    }

    #[test]
    fn a_user_who_cannot_sign_in_cannot_be_thrown_out() {
        assert_eq!(parse_user("a-1"), Ok("a-1"));
        assert_eq!(parse_user("a/1").unwrap_err().status, 400);
    }
}
