//! Labeling a conversation.

use std::sync::Arc;

use domain::{Event, Kind, Label, LabelId, Thread};

use super::{activity, load, parts};
use crate::{
    Error, Result, Scope, directory::Directory, labels, limits::LABELS_PER_CONVERSATION, ports::Tx,
};

/// What to do with a conversation's labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relabel {
    /// These titles and no others; a title that no label has becomes one.
    Replace(Vec<String>),
    /// These as well.
    Add(Vec<LabelId>),
    /// These no more.
    Remove(Vec<LabelId>),
}

/// Puts labels on a conversation or takes them off. What changes nothing is not an error, and not told.
pub fn label(
    tx: &mut dyn Tx,
    directory: &Directory,
    scope: &Scope,
    number: i64,
    change: &Relabel,
) -> Result<Thread> {
    let now = tx.now();
    let mut row = load(tx, scope, number)?;
    let known = tx.labels_of(scope.account_id)?;
    let ids = row.conversation.labels.iter();
    // Labels that are gone go from here too.
    let before: Vec<Arc<Label>> = ids
        .filter_map(|id| known.iter().find(|it| it.id == *id))
        .map(|it| Arc::new(it.clone()))
        .collect();
    let after = changed(tx, scope, &known, &before, change)?;
    if after.len() > LABELS_PER_CONVERSATION {
        return Err(too_many());
    }
    let missing = |all: &[Arc<Label>], from: &[Arc<Label>]| -> Vec<Arc<Label>> {
        let gone = all
            .iter()
            .filter(|it| from.iter().all(|other| other.id != it.id));
        gone.cloned().collect()
    };
    let (added, removed) = (missing(&after, &before), missing(&before, &after));
    let anything = !added.is_empty() || !removed.is_empty();
    let notes = activity::of_labels(directory, scope, &added, &removed);
    if !notes.is_empty() {
        row.conversation.noted(now);
    }
    if anything {
        let ids = after.iter().map(|it| it.id).collect();
        row.conversation.label(ids, now);
        tx.label_conversation(&row.conversation)?;
    }
    let (mut thread, last_message) = parts(directory, row)?;
    // The directory does not know what this transaction has made.
    thread.labels = after;
    if anything {
        tx.append(
            scope.account_id,
            Event::ConversationLabeled {
                thread: thread.clone(),
                last_message,
                added,
                removed,
                by: scope.agent_id(),
            },
        )?;
    }
    activity::write(tx, &thread, notes)?;
    Ok(*thread)
}

fn too_many() -> Error {
    let text = format!("a conversation has at most {LABELS_PER_CONVERSATION} labels");
    Error::refused(Kind::Invalid, text)
}

fn changed(
    tx: &mut dyn Tx,
    scope: &Scope,
    known: &[Label],
    before: &[Arc<Label>],
    change: &Relabel,
) -> Result<Vec<Arc<Label>>> {
    match change {
        Relabel::Replace(titles) if titles.len() > LABELS_PER_CONVERSATION => Err(too_many()),
        Relabel::Replace(titles) => labels::titled(tx, scope, titles),
        Relabel::Add(ids) => {
            let mut after = before.to_vec();
            for id in ids {
                let label = labels::find(known, *id)?;
                if after.iter().all(|it| it.id != *id) {
                    after.push(Arc::new(label));
                }
            }
            Ok(after)
        }
        Relabel::Remove(ids) => {
            for id in ids {
                labels::find(known, *id)?;
            }
            let kept = before.iter().filter(|it| !ids.contains(&it.id));
            Ok(kept.cloned().collect())
        }
    }
}
