//! `GET /v1/licenses`: a bare list, unlike the others.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

/// When a license ends that does not: clients compare the field with the time, so it cannot be null. The start of
/// the year 2100, in seconds since 1970.
pub const NEVER: i64 = 4_102_444_800;

/// A license: messengers that are paid for together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct License<'a> {
    /// As in the messenger's channel.
    pub license_id: i64,
    /// When it ends, in seconds since 1970.
    pub license_to: i64,
    /// What it is called.
    pub license_name: Option<Cow<'a, str>>,
    /// Whether whoever asks may administer it.
    pub me_owner: bool,
    /// Whether it works.
    pub active: bool,
    /// Where it stands.
    pub status: LicenseStatus<'a>,
    /// The messengers it connects.
    pub messenger: Vec<Messenger<'a>>,
    /// The vendor's own programs that it includes; there are none here.
    pub app: Vec<Value>,
    /// Whom else it is shared with; nobody here.
    pub access: Vec<Value>,
}

/// Where a license stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenseStatus<'a> {
    /// The vendor's number.
    pub id: i64,
    /// The vendor's word.
    pub code: Cow<'a, str>,
}

impl LicenseStatus<'_> {
    /// The status that clients take for a license in order.
    pub const PAID: LicenseStatus<'static> = LicenseStatus {
        id: 4,
        code: Cow::Borrowed("paid"),
    };
}

/// A messenger of a license.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messenger<'a> {
    /// As in the messenger's channel.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
    /// For people.
    pub name: Cow<'a, str>,
    /// Who we are there.
    pub info: MessengerInfo<'a>,
}

/// Who we are in a messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessengerInfo<'a> {
    /// Digits; null where our address is no number.
    pub phone: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_these() {
        let license = License {
            license_id: 12,
            license_to: NEVER,
            license_name: None,
            me_owner: true,
            active: true,
            status: LicenseStatus::PAID,
            messenger: vec![Messenger {
                kind: "grWhatsApp".into(),
                name: "Front desk".into(),
                info: MessengerInfo {
                    phone: Some("12025550100".into()),
                },
            }],
            app: Vec::new(),
            access: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&license).unwrap(),
            concat!(
                r#"{"licenseId":12,"licenseTo":4102444800,"licenseName":null,"meOwner":true,"active":true,"#,
                r#""status":{"id":4,"code":"paid"},"#,
                r#""messenger":[{"type":"grWhatsApp","name":"Front desk","info":{"phone":"12025550100"}}],"#,
                r#""app":[],"access":[]}"#,
            ),
        );
    }
}
