//! `GET /v1/companies` and `GET /v1/companies/{id}/employees`, each in [`super::Items`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::chatapp::employees::Workday;

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
    /// As in the event `employeeStatus`.
    pub status: Cow<'a, str>,
    /// Whether their working day is under way: the last that the event `employeeWorkday` said.
    pub workday: Workday,
}

/// The body of `PUT` (or `POST`) `…/employees/{employee}/status`: ours, like the two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SetStatus {
    /// What to set; the event calls it `type`.
    #[serde(alias = "type")]
    pub status: NewStatus,
}

/// The statuses that can be set, in the words of the event `employeeStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewStatus {
    /// Takes chats.
    Online,
    /// There, and not to be disturbed.
    Busy,
    /// Away.
    Offline,
}

/// The body of `PUT` (or `POST`) `…/employees/{employee}/workday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SetWorkday {
    /// What to set; the event calls it `type`.
    #[serde(alias = "type")]
    pub workday: Workday,
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
    fn statuses_and_workdays_are_read() {
        let status = |text| {
            serde_json::from_str::<SetStatus>(text)
                .map(|it| it.status)
                .ok()
        };
        assert_eq!(status(r#"{"status":"busy"}"#), Some(NewStatus::Busy));
        assert_eq!(status(r#"{"type":"online"}"#), Some(NewStatus::Online));
        for bad in ["{}", r#"{"status":"away"}"#, r#"{"status":null}"#] {
            assert_eq!(status(bad), None, "{bad}");
        }
        let workday = |text| {
            serde_json::from_str::<SetWorkday>(text)
                .map(|it| it.workday)
                .ok()
        };
        assert_eq!(workday(r#"{"workday":"start"}"#), Some(Workday::Start));
        assert_eq!(workday(r#"{"type":"end"}"#), Some(Workday::End));
        assert_eq!(workday(r#"{"workday":"begin"}"#), None);
    }

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
            status: "online".into(),
            workday: Workday::End,
        };
        assert_eq!(
            serde_json::to_string(&employee).unwrap(),
            concat!(
                r#"{"id":5,"fullName":"Ann Other","email":"ann@m.test","role":{"name":"Administrator"},"#,
                r#""status":"online","workday":"end"}"#,
            ),
        );
    }
}
