//! How OneChat's REST interface says no: a status and a body for each case.
//!
//! Which case applies is decided elsewhere. Two habits of the original are kept because clients know them: a refusal
//! by policy is 401, not 403, and one kind of error has its text under `error`, another under `errors`.

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// The whole body.
    pub body: Bytes,
}

impl Refusal {
    fn json(status: u16, body: &impl Serialize) -> Self {
        // Strings and lists of strings always serialize; an empty body would be the sign of a bug here.
        let body = serde_json::to_vec(body).unwrap_or_default().into();
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            body,
        }
    }

    fn error(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "error": text }))
    }

    /// The `api_access_token` is missing or unknown.
    pub fn invalid_access_token() -> Self {
        Self::error(401, "Invalid Access Token")
    }

    /// A bot called something that bots may not call.
    pub fn not_for_bots() -> Self {
        Self::error(401, "Access to this endpoint is not authorized for bots")
    }

    /// The platform's `api_access_token` is missing or unknown.
    pub fn invalid_platform_token() -> Self {
        Self::error(401, "Invalid access_token")
    }

    /// A program of the platform did not make this.
    pub fn not_permissible() -> Self {
        Self::error(401, "Non permissible resource")
    }

    /// The sign-in headers are missing or no longer valid.
    pub fn not_signed_in() -> Self {
        let text = "You need to sign in or sign up before continuing.";
        Self::json(401, &json!({ "errors": [text] }))
    }

    /// Wrong e-mail address or password.
    pub fn bad_credentials() -> Self {
        #[derive(Serialize)]
        struct Body {
            success: bool,
            errors: [&'static str; 1],
        }
        let errors = ["Invalid login credentials. Please try again."];
        Self::json(
            401,
            &Body {
                success: false,
                errors,
            },
        )
    }

    /// The tokens sent to `GET /auth/validate_token` are not valid.
    pub fn invalid_token() -> Self {
        #[derive(Serialize)]
        struct Body {
            success: bool,
            errors: [&'static str; 1],
        }
        Self::json(
            401,
            &Body {
                success: false,
                errors: ["Invalid login credentials"],
            },
        )
    }

    /// The caller may not do this.
    pub fn not_authorized() -> Self {
        Self::error(401, "You are not authorized to do this action")
    }

    /// The caller does not belong to the account.
    pub fn not_in_account() -> Self {
        Self::error(401, "You are not authorized to access this account")
    }

    /// A team is to have people who do not work for the account.
    pub fn not_our_users() -> Self {
        Self::error(401, "Invalid User IDs")
    }

    /// There is no such thing, or the caller may not know about it.
    pub fn not_found() -> Self {
        Self::error(404, "Resource could not be found")
    }

    /// The public API has no such thing, in Rails' own words.
    pub fn no_such_thing() -> Self {
        #[derive(Serialize)]
        struct Body {
            status: u16,
            error: &'static str,
        }
        Self::json(
            404,
            &Body {
                status: 404,
                error: "Not Found",
            },
        )
    }

    /// A contact has not proved who it is.
    pub fn not_proved() -> Self {
        Self::error(401, "HMAC failed: Invalid Identifier Hash Provided")
    }

    /// The action is not possible on this kind of inbox.
    pub fn forbidden(text: &str) -> Self {
        Self::error(403, text)
    }

    /// A required parameter is missing.
    pub fn missing_param(name: &str) -> Self {
        Self::error(
            422,
            &format!("param is missing or the value is empty: {name}"),
        )
    }

    /// A value breaks a rule: full sentences joined by commas, and the names of the fields.
    pub fn invalid(message: &str, attributes: &[&str]) -> Self {
        #[derive(Serialize)]
        struct Body<'a> {
            message: &'a str,
            attributes: &'a [&'a str],
        }
        Self::json(
            422,
            &Body {
                message,
                attributes,
            },
        )
    }

    /// Values break rules: what is wrong with each field, under its name.
    pub fn wrong_fields(wrong: &impl Serialize) -> Self {
        Self::json(422, &json!({ "error": wrong }))
    }

    /// Anything else that is wrong with the request, such as a message that cannot be written.
    pub fn unprocessable(text: &str) -> Self {
        Self::error(422, text)
    }

    /// A limit of the account's plan.
    pub fn over_plan(text: &str) -> Self {
        Self::error(402, text)
    }

    /// Too many requests; plain text, as the original's throttle sends it.
    pub fn too_many_requests() -> Self {
        let body = Bytes::from_static(b"Retry later\n");
        Self {
            status: 429,
            content_type: "text/plain",
            body,
        }
    }

    /// The server failed. Says nothing about why.
    pub fn broken() -> Self {
        #[derive(Serialize)]
        struct Body {
            status: u16,
            error: &'static str,
        }
        Self::json(
            500,
            &Body {
                status: 500,
                error: "Internal Server Error",
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_the_documented_ones() {
        let table = [
            (
                Refusal::invalid_access_token(),
                401,
                r#"{"error":"Invalid Access Token"}"#,
            ),
            (
                Refusal::not_signed_in(),
                401,
                r#"{"errors":["You need to sign in or sign up before continuing."]}"#,
            ),
            (
                Refusal::bad_credentials(),
                401,
                r#"{"success":false,"errors":["Invalid login credentials. Please try again."]}"#,
            ),
            (
                Refusal::not_found(),
                404,
                r#"{"error":"Resource could not be found"}"#,
            ),
            (
                Refusal::missing_param("content"),
                422,
                r#"{"error":"param is missing or the value is empty: content"}"#,
            ),
            (
                Refusal::invalid("Name \"x\" is taken", &["name"]),
                422,
                r#"{"message":"Name \"x\" is taken","attributes":["name"]}"#,
            ),
            (
                Refusal::broken(),
                500,
                r#"{"status":500,"error":"Internal Server Error"}"#,
            ),
        ];
        for (refusal, status, body) in table {
            assert_eq!(refusal.status, status);
            assert_eq!(std::str::from_utf8(&refusal.body).unwrap(), body);
        }
    }
}
