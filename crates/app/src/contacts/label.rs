//! Labeling a contact.

use std::sync::Arc;

use domain::{ContactId, Event, Kind, Label, LabelId};

use super::load;
use crate::{Error, Result, Scope, labels, limits::LABELS_PER_CONVERSATION, ports::Tx};

/// Labels a contact with these titles and no others; a title that no label has becomes one. Returns the labels in
/// the order of their numbers. What changes nothing is not an error, and not told.
pub fn label(
    tx: &mut dyn Tx,
    scope: &Scope,
    id: ContactId,
    titles: &[String],
) -> Result<Vec<Arc<Label>>> {
    let mut contact = load(tx, scope, id)?;
    if titles.len() > LABELS_PER_CONVERSATION {
        let text = format!("a contact has at most {LABELS_PER_CONVERSATION} labels");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let mut wanted = labels::titled(tx, scope, titles)?;
    wanted.sort_by_key(|it| it.id);
    let ids: Vec<LabelId> = wanted.iter().map(|it| it.id).collect();
    if tx.labels_of_contact(id)? != ids {
        tx.label_contact(id, &ids)?;
        let was = Some(Box::new(contact.clone()));
        contact.updated_at = tx.now();
        tx.update_contact(&contact)?;
        let told = Event::ContactUpdated {
            contact,
            was,
            address: None,
            by: scope.agent_id(),
        };
        tx.append(scope.account_id, told)?;
    }
    Ok(wanted)
}
