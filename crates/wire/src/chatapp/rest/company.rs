//! `GET /v1/companies` and `GET /v1/companies/{id}/employees`, each in [`super::Items`].

use std::borrow::Cow;

use serde::Serialize;

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Company<'a> {
    /// As in the company's channel.
    pub company_id: i64,
    /// What it is called.
    pub name: Cow<'a, str>,
}

/// Somebody who works for a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Employee<'a> {
    /// As in `responsible.id` and `created.id`.
    pub id: i64,
    /// Full name.
    pub full_name: Cow<'a, str>,
    /// What they sign in with.
    pub email: Cow<'a, str>,
    /// What they may do.
    pub role: Role<'a>,
}

/// What an employee may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role<'a> {
    /// For people.
    pub name: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_these() {
        let company = Company {
            company_id: 7,
            name: "Acme".into(),
        };
        assert_eq!(
            serde_json::to_string(&company).unwrap(),
            r#"{"companyId":7,"name":"Acme"}"#
        );
        let employee = Employee {
            id: 5,
            full_name: "Ann Other".into(),
            email: "ann@m.test".into(),
            role: Role {
                name: "Administrator".into(),
            },
        };
        assert_eq!(
            serde_json::to_string(&employee).unwrap(),
            r#"{"id":5,"fullName":"Ann Other","email":"ann@m.test","role":{"name":"Administrator"}}"#,
        );
    }
}
