//! Refusals as this dialect's senders expect them: `{"requestError":{"serviceException":{…}}}`.
//!
//! The source document names only the status 401; the body is the one Infobip gives on the API it is based on. Names that Infobip
//! does not document are marked; a client that does not know them still has the HTTP status.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bad::BadPost;
use super::{fields, limits, tolerant};

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The body is not what the document describes.
    BadRequest,
    /// No credentials, or wrong ones.
    Unauthorized,
    /// Right credentials that may not do this.
    Forbidden,
    /// Nothing lives at that address.
    NotFound,
    /// The address takes another method; our name.
    MethodNotAllowed,
    /// The body is larger than [`limits::BODY_BYTES`]; our name.
    TooLarge,
    /// The body is not called JSON; our name.
    UnsupportedMediaType,
    /// Well formed, but it cannot be done; our name.
    Unprocessable,
    /// Slow down; send `Retry-After` with it.
    TooManyRequests,
    /// Our fault.
    GeneralError,
    /// Our fault, and it should pass: the sender repeats the post with the same ids. Our name.
    ServiceUnavailable,
}

impl Refusal {
    /// The HTTP status to answer with.
    #[must_use]
    pub fn http_status(self) -> u16 {
        self.names().0
    }

    /// The word in `messageId`.
    #[must_use]
    pub fn message_id(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "BAD_REQUEST"),
            Self::Unauthorized => (401, "UNAUTHORIZED"),
            Self::Forbidden => (403, "FORBIDDEN"),
            Self::NotFound => (404, "NOT_FOUND"),
            Self::MethodNotAllowed => (405, "METHOD_NOT_ALLOWED"),
            Self::TooLarge => (413, "TOO_LARGE"),
            Self::UnsupportedMediaType => (415, "UNSUPPORTED_MEDIA_TYPE"),
            Self::Unprocessable => (422, "UNPROCESSABLE"),
            Self::TooManyRequests => (429, "TOO_MANY_REQUESTS"),
            Self::GeneralError => (500, "GENERAL_ERROR"),
            Self::ServiceUnavailable => (503, "SERVICE_UNAVAILABLE"),
        }
    }

    /// The body to answer with; `text` is a sentence for the sender's developer.
    #[must_use]
    pub fn body(self, text: impl Into<String>) -> ErrorBody {
        let service_exception = ServiceException {
            message_id: self.message_id(),
            text: text.into(),
            validation_errors: BTreeMap::new(),
        };
        ErrorBody {
            request_error: RequestError { service_exception },
        }
    }
}

/// The body of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    request_error: RequestError,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestError {
    service_exception: ServiceException,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceException {
    message_id: &'static str,
    text: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    validation_errors: BTreeMap<String, Vec<String>>,
}

impl ErrorBody {
    /// Adds what is wrong with one field.
    #[must_use]
    pub fn with_field(mut self, path: impl Into<String>, problem: impl Into<String>) -> Self {
        let fields = &mut self.request_error.service_exception.validation_errors;
        fields.entry(path.into()).or_default().push(problem.into());
        self
    }

    /// The body's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Writing text to memory does not fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl From<&BadPost> for ErrorBody {
    fn from(bad: &BadPost) -> Self {
        let body = Refusal::BadRequest.body(bad.to_string());
        match bad {
            BadPost::NotJson { .. } => body,
            BadPost::Field { path, problem } => body.with_field(path, problem.to_string()),
        }
    }
}

/// Why a channel refused our send, from the body of its refusal, for people; none when the body does not say.
///
/// Reads the shape above, and Infobip's newer `{"errorCode":…,"description":…}`.
#[must_use]
pub fn reason(body: &[u8]) -> Option<String> {
    let (said, _) = tolerant::read(body, |text| {
        let [request_error, code, description] =
            fields::pick(text, ["requestError", "errorCode", "description"])?;
        let Some(request_error) = request_error else {
            return Ok(joined(code, description));
        };
        let [exception] = fields::pick(request_error, ["serviceException"])?;
        let [id, text] = fields::pick(exception.unwrap_or("{}"), ["messageId", "text"])?;
        Ok(joined(id, text))
    })
    .ok()?;
    said
}

fn joined(id: Option<&str>, text: Option<&str>) -> Option<String> {
    let read = |json| {
        fields::optional("", json, limits::NAME_BYTES)
            .ok()
            .flatten()
    };
    match (read(id), read(text)) {
        (Some(id), Some(text)) => Some(format!("{id}: {text}")),
        (id, text) => id.or(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::post;
    use super::*;

    #[test]
    fn a_refusal_has_the_documented_shape() {
        let body = Refusal::Unauthorized.body("Unauthorized").to_json();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED","text":"Unauthorized"}}}"#,
        );
        assert_eq!(Refusal::TooManyRequests.http_status(), 429);
        assert_eq!(Refusal::GeneralError.message_id(), "GENERAL_ERROR");
    }

    #[test]
    fn a_bad_post_names_its_field() {
        let bad = post::parse(br#"{"results":[{"message":{}}]}"#).unwrap_err();
        assert_eq!(
            String::from_utf8(ErrorBody::from(&bad).to_json()).unwrap(),
            r#"{"requestError":{"serviceException":{"messageId":"BAD_REQUEST","text":"results[0].messageId is missing","validationErrors":{"results[0].messageId":["is missing"]}}}}"#,
        );
        let bad = post::parse(b"{").unwrap_err();
        assert!(
            ErrorBody::from(&bad)
                .request_error
                .service_exception
                .validation_errors
                .is_empty()
        );
    }

    #[test]
    fn a_channels_refusal_is_read() {
        for (body, expected) in [
            (
                r#"{"requestError":{"serviceException":{"messageId":"A","text":"b"}}}"#,
                Some("A: b"),
            ),
            (
                r#"{"requestError":{"serviceException":{"text":"b"}}}"#,
                Some("b"),
            ),
            (
                r#"{"errorCode":"E400","description":"Bad"}"#,
                Some("E400: Bad"),
            ),
            (r#"{"requestError":{}}"#, None),
            (r#"{"requestError":7}"#, None),
            ("<html>", None),
            ("", None),
        ] {
            assert_eq!(reason(body.as_bytes()).as_deref(), expected, "{body}");
        }
    }
}
