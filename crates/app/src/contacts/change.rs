//! Changing what is known of a contact.

use domain::{Contact, ContactId, Event, Kind, Refusal};

use super::load;
use crate::{
    Error, Result, Scope,
    limits::{ATTRIBUTES_BYTES, NAME_CHARS},
    ports::{ContactKey, Tx},
};

/// How told attributes join those that are kept; both are JSON objects, and so is the result.
pub type Join = fn(kept: &str, told: &str) -> String;

/// What is told stands in place of what is kept.
pub fn replace(_kept: &str, told: &str) -> String {
    told.to_owned()
}

/// What is told of a contact. What is `None` stays; an empty text of an optional field takes the value away.
#[derive(Debug, Clone)]
pub struct Change {
    /// What they are called.
    pub name: Option<String>,
    /// E-mail address, told apart without regard to case.
    pub email: Option<String>,
    /// Telephone number with its leading `+`.
    pub phone: Option<String>,
    /// The business's own key.
    pub identifier: Option<String>,
    /// Whether the business does not want to hear from them.
    pub blocked: Option<bool>,
    /// Free attributes, a JSON object.
    pub custom_attributes: Option<String>,
    /// What was learnt besides, a JSON object.
    pub additional_attributes: Option<String>,
    /// How attributes join those that are kept.
    pub join: Join,
}

impl Default for Change {
    fn default() -> Self {
        Self {
            name: None,
            email: None,
            phone: None,
            identifier: None,
            blocked: None,
            custom_attributes: None,
            additional_attributes: None,
            join: replace,
        }
    }
}

impl Change {
    /// Checks the values and brings them into the form in which they are kept.
    pub(super) fn checked(mut self) -> Result<Self> {
        let invalid = |text: &'static str, field: &'static str| {
            Error::Refused(Refusal::new(Kind::Invalid, text).of_field(field))
        };
        let trim = |it: &mut Option<String>| {
            if let Some(text) = it {
                *text = text.trim().to_owned();
            }
        };
        trim(&mut self.name);
        trim(&mut self.email);
        trim(&mut self.phone);
        trim(&mut self.identifier);
        let long = |it: &Option<String>| {
            it.as_ref()
                .is_some_and(|text| text.chars().count() > NAME_CHARS)
        };
        for (field, value) in [
            ("name", &self.name),
            ("email", &self.email),
            ("identifier", &self.identifier),
        ] {
            if long(value) {
                return Err(invalid("is too long (maximum is 255 characters)", field));
            }
        }
        if let Some(email) = self.email.as_mut().filter(|it| !it.is_empty()) {
            *email = email.to_lowercase();
            if !is_email(email) {
                return Err(invalid("Email Invalid email", "email"));
            }
        }
        if let Some(phone) = self.phone.as_ref().filter(|it| !it.is_empty())
            && !is_e164(phone)
        {
            return Err(invalid(
                "Phone number should be in e164 format",
                "phone_number",
            ));
        }
        for (field, value) in [
            ("custom_attributes", &self.custom_attributes),
            ("additional_attributes", &self.additional_attributes),
        ] {
            if value.as_ref().is_some_and(|it| it.len() > ATTRIBUTES_BYTES) {
                return Err(invalid("attributes are too long", field));
            }
        }
        Ok(self)
    }

    /// Refuses a key that another contact of the account has.
    pub(super) fn is_free(&self, tx: &dyn Tx, scope: &Scope, own: Option<ContactId>) -> Result<()> {
        let texts = [
            (self.identifier.as_deref(), "identifier"),
            (self.email.as_deref(), "email"),
            (self.phone.as_deref(), "phone_number"),
        ];
        for (value, field) in texts {
            let Some(value) = value.filter(|it| !it.is_empty()) else {
                continue;
            };
            let (key, text) = match field {
                "identifier" => (
                    ContactKey::Identifier(value),
                    "Identifier has already been taken",
                ),
                "email" => (ContactKey::Email(value), "Email has already been taken"),
                _ => (
                    ContactKey::Phone(value),
                    "Phone number has already been taken",
                ),
            };
            let found = tx.find_contact_by(scope.account_id, key)?;
            if found.is_some_and(|it| Some(it.id) != own) {
                return Err(Error::Refused(
                    Refusal::new(Kind::Invalid, text).of_field(field),
                ));
            }
        }
        Ok(())
    }

    /// Writes the values into a contact. Returns whether that changed anything.
    pub(super) fn apply(&self, contact: &mut Contact) -> bool {
        let before = contact.clone();
        let optional = |to: &mut Option<String>, told: &Option<String>| {
            if let Some(told) = told {
                *to = Some(told.clone()).filter(|it| !it.is_empty());
            }
        };
        if let Some(name) = self.name.as_ref().filter(|it| !it.is_empty()) {
            contact.name.clone_from(name);
        }
        optional(&mut contact.email, &self.email);
        optional(&mut contact.phone, &self.phone);
        optional(&mut contact.identifier, &self.identifier);
        if let Some(blocked) = self.blocked {
            contact.blocked = blocked;
        }
        if let Some(told) = &self.custom_attributes {
            contact.custom_attributes = (self.join)(&contact.custom_attributes, told);
        }
        if let Some(told) = &self.additional_attributes {
            contact.additional_attributes = (self.join)(&contact.additional_attributes, told);
        }
        *contact != before
    }
}

/// Changes a contact. Refuses a key that somebody else has.
pub fn change(tx: &mut dyn Tx, scope: &Scope, id: ContactId, told: &Change) -> Result<Contact> {
    let told = told.clone().checked()?;
    let mut contact = load(tx, scope, id)?;
    told.is_free(tx, scope, Some(id))?;
    let was = Some(Box::new(contact.clone()));
    if told.apply(&mut contact) {
        contact.updated_at = tx.now();
        tx.update_contact(&contact)?;
        let told = Event::ContactUpdated {
            contact: contact.clone(),
            was,
            address: None,
            by: scope.agent_id(),
        };
        tx.append(scope.account_id, told)?;
    }
    Ok(contact)
}

fn is_email(text: &str) -> bool {
    let plain = |it: char| !it.is_whitespace() && !it.is_control() && it != '@';
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && user.chars().all(plain) && host.chars().all(plain)
    })
}

/// A plus and up to fifteen digits, the first of which is no zero.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|it| it.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_checked() {
        for good in ["a@b", "ann.o@mail.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c"] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["+12", "+447700900123"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in [
            "",
            "+",
            "447700900123",
            "+0123",
            "+44 77",
            "+1234567890123456",
        ] {
            assert!(!is_e164(bad), "{bad}");
        }
    }
}
