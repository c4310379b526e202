//! `GET …/templates` (digest 3.2: Cloud API only). On other messengers whoever asks is told so rather than shown an empty
//! list.

use app::ports::Template;
use axum::extract::State;
use domain::Inbox;
use wire::chatapp::{
    errors::Refusal,
    rest::{Items, template as bodies},
};

use super::{
    errors::{Answer, Refused, ok},
    path::Path,
    scope::Caller,
};
use crate::Edge;

/// `GET …/templates`: those that may be sent and those that may not yet.
pub(super) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path((license, messenger)): Path<(i64, String)>,
) -> Answer {
    let inbox = caller.messenger(&edge, license, &messenger)?;
    let all = templates_of(&edge, &inbox).await?;
    let items = all.iter().map(|it| bodies::Template {
        id: it.id.as_str().into(),
        element_name: it.name.as_str().into(),
        language_code: it.language.as_str().into(),
        category: it.category.as_str().into(),
        status: it.status.as_str().into(),
        text: it.text.as_str().into(),
    });
    Ok(ok(Items {
        items: items.collect::<Vec<_>>(),
    }))
}

/// The templates that an inbox may send, if its network has any.
pub(super) async fn templates_of(edge: &Edge, inbox: &Inbox) -> Result<Vec<Template>, Refused> {
    let text = "this messenger has no templates; write what you like";
    let network = edge.templates.get(inbox.carrier.as_str());
    let network = network.ok_or_else(|| Refused::new(Refusal::NotSupported, text))?;
    let connected = edge.core.directory.inbox(inbox.id);
    let connected = connected.ok_or_else(|| app::Error::not_found("messenger"))?;
    Ok(network.list(&connected.settings).await?)
}
