//! A bot as REST answers show it.

use serde::Serialize;

use crate::onechat::json::Json;

/// One bot (swagger, `agent_bot`).
#[derive(Clone, PartialEq, Serialize)]
pub struct AgentBot {
    /// The bot's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Absolute URL of the picture, or empty.
    pub thumbnail: String,
    /// Where it is told what happens.
    pub outgoing_url: Option<String>,
    /// Always `webhook` here.
    pub bot_type: &'static str,
    /// What its people keep about it.
    pub bot_config: Json,
    /// The account it belongs to.
    pub account_id: i64,
    /// What it calls with; administrators alone see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// What signs what it is told; administrators alone see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Whether it is the server's own: never here.
    pub system_bot: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_written_to_the_letter() {
        let mut bot = AgentBot {
            id: 5,
            name: "Greeter".into(),
            description: None,
            thumbnail: String::new(),
            outgoing_url: Some("https://bot.example/in".into()),
            bot_type: "webhook",
            bot_config: Json::default(),
            account_id: 3,
            access_token: None,
            secret: None,
            system_bot: false,
        };
        const SHOWN: &str = concat!(
            r#"{"id":5,"name":"Greeter","description":null,"thumbnail":"","#,
            r#""outgoing_url":"https://bot.example/in","bot_type":"webhook","bot_config":{},"#,
            r#""account_id":3,"#
        );
        let open = format!(r#"{SHOWN}"system_bot":false}}"#);
        assert_eq!(serde_json::to_string(&bot).unwrap(), open);
        bot.access_token = Some("t0ken".into());
        bot.secret = Some("s3cret".into());
        let all =
            format!(r#"{SHOWN}"access_token":"t0ken","secret":"s3cret","system_bot":false}}"#);
        assert_eq!(serde_json::to_string(&bot).unwrap(), all);
    }
}
