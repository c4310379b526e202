//! Answers of the REST calls: `{"success":true,"data":…}` and `{"success":false,"error":{"code":…,"message":…}}`.
//!
//! The source document shows neither; both are read off the vendor's public clients. `ApiInvalidTokenError` is the one code clients
//! are known to decide on; the other names are ours, made alike.

use std::borrow::Cow;

use serde::Serialize;

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The body or a parameter is malformed.
    BadRequest,
    /// No access token, or one that is wrong or over: the client should refresh.
    InvalidToken,
    /// Wrong e-mail, password or application; or a dead refresh token, for which the vendor answers 403 too.
    Forbidden,
    /// No such license, messenger, chat or address.
    NotFound,
    /// The address takes another method.
    MethodNotAllowed,
    /// The body is larger than we read.
    TooLarge,
    /// Well formed, but a value is out of its range, as a `limit` over 100.
    Validation,
    /// Well formed, but the messenger cannot do it.
    NotSupported,
    /// Slow down: 50 requests a second, 100 tokens a day.
    TooManyRequests,
    /// Our fault.
    Internal,
    /// Our fault, and it should pass.
    Unavailable,
}

impl Refusal {
    /// The HTTP status to answer with.
    #[must_use]
    pub fn http_status(self) -> u16 {
        self.names().0
    }

    /// The word in `error.code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "ApiBadRequestError"),
            Self::InvalidToken => (401, "ApiInvalidTokenError"),
            Self::Forbidden => (403, "ApiForbiddenError"),
            Self::NotFound => (404, "ApiNotFoundError"),
            Self::MethodNotAllowed => (405, "ApiMethodNotAllowedError"),
            Self::TooLarge => (413, "ApiPayloadTooLargeError"),
            Self::Validation => (422, "ApiValidationError"),
            Self::NotSupported => (422, "ApiNotSupportedError"),
            Self::TooManyRequests => (429, "ApiTooManyRequestsError"),
            Self::Internal => (500, "ApiInternalError"),
            Self::Unavailable => (503, "ApiUnavailableError"),
        }
    }

    /// The body to answer with; `message` is a sentence for the client's developer.
    #[must_use]
    pub fn body<'a>(self, message: impl Into<Cow<'a, str>>) -> Failure<'a> {
        Failure {
            success: false,
            error: Error {
                code: self.code(),
                message: message.into(),
            },
        }
    }
}

/// The body of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure<'a> {
    success: bool,
    error: Error<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Error<'a> {
    code: &'static str,
    message: Cow<'a, str>,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Success<T> {
    success: bool,
    data: T,
}

impl<T: Serialize> Success<T> {
    /// Wraps the answer's data.
    pub fn new(data: T) -> Self {
        Self {
            success: true,
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_have_their_shape() {
        let refused = Refusal::InvalidToken.body("the token is over");
        assert_eq!(
            serde_json::to_string(&refused).unwrap(),
            r#"{"success":false,"error":{"code":"ApiInvalidTokenError","message":"the token is over"}}"#,
        );
        assert_eq!(Refusal::InvalidToken.http_status(), 401);
        assert_eq!(
            serde_json::to_string(&Success::new([1])).unwrap(),
            r#"{"success":true,"data":[1]}"#,
        );
    }
}
