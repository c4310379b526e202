//! Documents: what people write down, kept as it is.

use domain::{Document, DocumentId, DocumentKind, Event, Kind};

use crate::{
    Error, Result, Scope,
    limits::{DOCUMENT_BYTES, DOCUMENTS},
    ports::{Tx, View},
};

/// A document of this kind in the scope's account, and of this owner if it has one.
pub fn load<V: View + ?Sized>(
    view: &V,
    scope: &Scope,
    kind: DocumentKind,
    owner: Option<i64>,
    id: DocumentId,
) -> Result<Document> {
    view.find_document(scope.account_id, id)?
        .filter(|it| it.kind == kind && it.owner == owner)
        .ok_or_else(|| Error::not_found("document"))
}

/// Keeps a new one.
pub fn add(
    tx: &mut dyn Tx,
    scope: &Scope,
    kind: DocumentKind,
    owner: Option<i64>,
    body: &str,
) -> Result<Document> {
    check(body)?;
    let there = tx.list_documents(scope.account_id, kind, owner, DOCUMENTS)?;
    if i64::try_from(there.len()).unwrap_or(i64::MAX) >= DOCUMENTS {
        let text = format!("there are at most {DOCUMENTS} of these");
        return Err(Error::refused(Kind::Invalid, text));
    }
    let now = tx.now();
    let document = Document {
        id: DocumentId(tx.new_id()),
        account_id: scope.account_id,
        kind,
        owner,
        body: body.to_owned(),
        created_at: now,
        updated_at: now,
    };
    tx.insert_document(&document)?;
    tell(tx, scope, document.id)?;
    Ok(document)
}

/// Changes what one says.
pub fn change(tx: &mut dyn Tx, scope: &Scope, document: &Document, body: &str) -> Result<Document> {
    check(body)?;
    let mut document = load(tx, scope, document.kind, document.owner, document.id)?;
    document.body = body.to_owned();
    document.updated_at = tx.now();
    tx.update_document(&document)?;
    tell(tx, scope, document.id)?;
    Ok(document)
}

/// Throws one away.
pub fn remove(tx: &mut dyn Tx, scope: &Scope, document: &Document) -> Result<()> {
    load(tx, scope, document.kind, document.owner, document.id)?;
    tx.delete_document(document.id)?;
    tell(tx, scope, document.id)
}

fn tell(tx: &mut dyn Tx, scope: &Scope, document_id: DocumentId) -> Result<()> {
    tx.append(scope.account_id, Event::DocumentChanged { document_id })
}

fn check(body: &str) -> Result<()> {
    if body.len() > DOCUMENT_BYTES {
        return Err(Error::refused(Kind::Invalid, "this is too long"));
    }
    Ok(())
}
