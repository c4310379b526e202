//! A page of contacts, and how many there are.

use domain::{AccountId, Contact};

use crate::{
    Result,
    ports::{ContactPage, View},
};

/// So many contacts after so many others, and how many the whole list has. They are counted first: a page behind the
/// last is not looked for, and many are looked for in another way than few.
pub fn list<V: View + ?Sized>(
    view: &V,
    account: AccountId,
    page: &ContactPage<'_>,
) -> Result<(Vec<Contact>, i64)> {
    let total = view.count_contacts(account, page)?;
    let limit = page.limit.min(total - page.offset);
    let found = match limit {
        1.. => {
            let page = ContactPage {
                total: Some(total),
                limit,
                ..*page
            };
            view.list_contacts(account, &page)?
        }
        _ => Vec::new(),
    };
    Ok((found, total))
}
