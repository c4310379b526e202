//! One attempt to tell an endpoint of an event.

use domain::{DeliveryId, EndpointId};

use super::{Notice, outcome::Made, settings::Shared};
use crate::{
    hooks::Posted,
    ports::{Accepted, SendError},
};

/// Bytes of an answer that are kept.
const ANSWER_BYTES: usize = 4 * 1024;

/// Posts an event.
pub(super) async fn make(shared: &Shared, to: EndpointId, id: DeliveryId, told: &Notice) -> Made {
    let tables = shared.core.directory.tables();
    let Some(endpoint) = tables.endpoints.get(&to) else {
        return Made::refused("the endpoint is gone".to_owned());
    };
    let Some(dialect) = shared.dialects.get(endpoint.dialect.as_str()) else {
        return Made::of(for_now(format!(
            "this server does not speak {}",
            endpoint.dialect
        )));
    };
    let now = shared.core.clock.now();
    let living = endpoint
        .secrets
        .iter()
        .filter(|it| it.expires_at.is_none_or(|end| now < end));
    let secrets: Vec<&str> = living.map(|it| it.text.as_str()).collect();
    let headers = dialect.headers(id, told, &secrets, now);
    let posted = shared
        .poster
        .post(&endpoint.url, &headers, &told.body)
        .await;
    read(posted)
}

/// Only 2xx is success: a redirect is not followed, and so is a failure.
fn read(posted: Posted) -> Made {
    let (status, retry_after, body) = match posted {
        Posted::Failed { reason } => return Made::of(for_now(reason)),
        Posted::Answered {
            status,
            retry_after,
            body,
        } => (status, retry_after, body),
    };
    let result = match status {
        200..=299 => Ok(Accepted::default()),
        410 => Err(SendError::Closed {
            reason: "it answered 410: gone for good".to_owned(),
        }),
        _ => Err(SendError::ForNow {
            reason: match status {
                300..=399 => format!("it answered {status}; redirects are not followed"),
                _ => format!("it answered {status}"),
            },
            retry_after,
        }),
    };
    Made {
        status: Some(status),
        answer: head(&body),
        result,
    }
}

fn for_now(reason: String) -> Result<Accepted, SendError> {
    Err(SendError::ForNow {
        reason,
        retry_after: None,
    })
}

/// The beginning of a text, whole characters only.
fn head(text: &str) -> String {
    let mut end = text.len().min(ANSWER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().replace('\0', "")
}
