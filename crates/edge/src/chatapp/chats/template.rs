//! `POST …/chats/{chat or number}/messages/template`: what a conversation may be begun with on the Cloud API.

use app::{messages::Draft, ports::Template};
use axum::extract::State;
use serde_json::{Map, Value, json};
use wire::chatapp::{errors::Refusal, rest::template as bodies};

use super::{
    find::{Place, Wanted},
    send,
};
use crate::{
    Edge,
    chatapp::{
        body::Json,
        errors::{Answer, Refused},
        path::Path,
        scope::Caller,
        templates::templates_of,
    },
};

/// The other interfaces show it as the text that it is.
pub(super) async fn template(
    State(edge): State<Edge>,
    caller: Caller,
    Path(place): Path<Place>,
    Json(body): Json<bodies::SendTemplate>,
) -> Answer {
    let wanted = Wanted::of(&edge, &caller, &place)?;
    let all = templates_of(&edge, &wanted.inbox).await?;
    let id = body.template_id.to_string();
    let found = all.into_iter().find(|it| it.id == id && it.approved);
    let template = found.ok_or_else(|| invalid("templateId is none of the approved templates"))?;
    let values: Vec<String> = body.params.iter().map(ToString::to_string).collect();
    if values.len() != template.places() {
        let text = format!(
            "params are for the {} places of the template",
            template.places()
        );
        return Err(Refused::new(Refusal::Validation, text));
    }
    let draft = Draft {
        content: Some(template.filled(&values)),
        extra: Some(extra(&template, &values)),
        client_key: send::key(body.tracking),
        ..Draft::default()
    };
    let sent = send::send(&edge, &caller, wanted, body.sender, draft).await?;
    Ok(send::told(&sent))
}

/// Which template it is and what fills it, as every interface keeps it with a message.
fn extra(template: &Template, values: &[String]) -> String {
    let places = (1..).zip(values);
    let filled: Map<String, Value> = places
        .map(|(place, value): (u32, _)| (place.to_string(), value.as_str().into()))
        .collect();
    json!({ "template_params": {
        "name": template.name, "category": template.category, "language": template.language,
        "processed_params": filled,
    } })
    .to_string()
}

fn invalid(text: &'static str) -> Refused {
    Refused::new(Refusal::Validation, text)
}
