//! What the business behind a phone sells, as whoever has the phone has entered it there.

use std::sync::Arc;

use app::{Error, Result, ports::Product};
use domain::{Inbox, Kind};
use serde::{Deserialize, Serialize};

use super::{NAME, Sandbox};

/// Products of one catalog.
const PRODUCTS: usize = 500;

/// A product as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: String,
    title: String,
    description: String,
    price_thousandths: i64,
    currency: String,
    url: String,
    image: String,
    retailer_id: String,
}

impl From<Product> for Kept {
    fn from(it: Product) -> Self {
        Self {
            id: it.id,
            title: it.title,
            description: it.description,
            price_thousandths: it.price_thousandths,
            currency: it.currency,
            url: it.url,
            image: it.image,
            retailer_id: it.retailer_id,
        }
    }
}

impl From<Kept> for Product {
    fn from(it: Kept) -> Self {
        Self {
            id: it.id,
            title: it.title,
            description: it.description,
            price_thousandths: it.price_thousandths,
            currency: it.currency,
            url: it.url,
            image: it.image,
            retailer_id: it.retailer_id,
        }
    }
}

fn place(number: &str) -> String {
    format!("catalog:{number}")
}

impl Sandbox {
    /// The catalog of a phone that is open.
    pub(super) fn catalog_of(&self, inbox: &Arc<Inbox>) -> Result<Vec<Product>> {
        let name = place(&self.own(inbox)?);
        let kept = self.core().store.view(|view| view.find_kept(NAME, &name))?;
        let kept: Vec<Kept> = kept
            .and_then(|it| serde_json::from_str(&it).ok())
            .unwrap_or_default();
        Ok(kept.into_iter().map(Product::from).collect())
    }

    /// Somebody enters a catalog in the phone, in place of the one that was there.
    pub(super) async fn stocked(&self, inbox: &Arc<Inbox>, products: Vec<Product>) -> Result<()> {
        if products.len() > PRODUCTS {
            let text = format!("a catalog has at most {PRODUCTS} products");
            return Err(Error::refused(Kind::Invalid, text));
        }
        let name = place(&self.own(inbox)?);
        let kept: Vec<Kept> = products.into_iter().map(Kept::from).collect();
        let text = serde_json::to_string(&kept).unwrap_or_default();
        self.core()
            .store
            .transact(move |tx| tx.keep(NAME, &name, Some(&text)))
            .await
    }
}
