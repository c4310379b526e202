//! `GET /v1/me`. The public material names the call and shows no answer, so this is an employee with their company.

use std::borrow::Cow;

use serde::Serialize;

use super::company::Role;

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Me<'a> {
    /// The employee's id, as in [`super::company::Employee`].
    pub id: i64,
    /// The same, as the token calls name it.
    pub cabinet_user_id: i64,
    /// Full name.
    pub full_name: Cow<'a, str>,
    /// What they sign in with.
    pub email: Cow<'a, str>,
    /// What they may do.
    pub role: Role<'a>,
    /// Whom they work for.
    pub company_id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_these() {
        let me = Me {
            id: 5,
            cabinet_user_id: 5,
            full_name: "Ann Other".into(),
            email: "ann@m.test".into(),
            role: Role {
                name: "Employee".into(),
            },
            company_id: 7,
        };
        assert_eq!(
            serde_json::to_string(&me).unwrap(),
            concat!(
                r#"{"id":5,"cabinetUserId":5,"fullName":"Ann Other","email":"ann@m.test","#,
                r#""role":{"name":"Employee"},"companyId":7}"#,
            ),
        );
    }
}
