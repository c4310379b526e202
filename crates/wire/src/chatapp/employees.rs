//! The two events on the company's channel: an employee's presence and working day.
//!
//! Sections "Object example employeeStatus" and "Object example employeeWorkday".

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::events::{CompanyItem, Event, Item};
use super::id::Ref;

/// `employeeStatus`: an employee came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmployeeStatus<'a> {
    /// `online`, or another word: an open list.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// The employee.
    pub employee: Ref<i64>,
}

/// `employeeWorkday`: a working day started or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmployeeWorkday {
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: Workday,
    /// The employee.
    pub employee: Ref<i64>,
}

/// The two ends of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workday {
    /// It started.
    Start,
    /// It ended.
    End,
}

impl Item for EmployeeStatus<'_> {
    const EVENT: Event = Event::EmployeeStatus;
}

impl Item for EmployeeWorkday {
    const EVENT: Event = Event::EmployeeWorkday;
}

impl CompanyItem for EmployeeStatus<'_> {}
impl CompanyItem for EmployeeWorkday {}

#[cfg(test)]
mod tests {
    use super::super::envelope::to_company;
    use super::*;

    #[test]
    fn both_are_written_as_documented() {
        let status = EmployeeStatus {
            kind: "online".into(),
            employee: Ref { id: 5 },
        };
        assert_eq!(
            to_company(7, &[status]).to_json(),
            r#"{"data":[{"type":"online","employee":{"id":5}}],"meta":{"type":"employeeStatus","companyId":7}}"#,
        );
        let day = |kind| EmployeeWorkday {
            kind,
            employee: Ref { id: 5 },
        };
        assert_eq!(
            to_company(7, &[day(Workday::Start), day(Workday::End)]).to_json(),
            r#"{"data":[{"type":"start","employee":{"id":5}},{"type":"end","employee":{"id":5}}],"meta":{"type":"employeeWorkday","companyId":7}}"#,
        );
    }
}
