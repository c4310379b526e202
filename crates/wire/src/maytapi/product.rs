//! Products of a business's catalog (OpenAPI file, `product-data`).

use serde::{Deserialize, Serialize};

/// A product, as a catalog lists it and a message shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Product {
    /// Its id in the catalog.
    pub product_id: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Its price in whole units of the currency,
    pub price: i64,
    /// and in thousandths.
    pub price1000: i64,
    /// The currency in three letters.
    pub currency: String,
    /// Where it is on the web.
    pub url: String,
    /// Where its picture is.
    pub image: String,
    /// What the business itself calls it.
    pub retailer_id: String,
    /// Whose it is, as `…@c.us`.
    pub business: String,
}

impl Product {
    /// What stands for it where only text is shown.
    pub fn text(&self) -> String {
        let (units, rest) = (self.price1000 / 1000, self.price1000.abs() % 1000);
        let price = match (self.currency.as_str(), rest / 10) {
            ("", _) => String::new(),
            (currency, 0) => format!("{units} {currency}"),
            (currency, cents) => format!("{units}.{cents:02} {currency}"),
        };
        let title = format!("*{}*", self.title);
        let lines = [title, self.description.clone(), price, self.url.clone()];
        let lines = lines.into_iter().filter(|it| !it.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A product in a catalog's list.
#[derive(Debug, Clone, Serialize)]
pub struct Listed<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    product: &'a Product,
}

impl<'a> Listed<'a> {
    /// This one.
    pub fn new(product: &'a Product) -> Self {
        Self {
            kind: "product",
            product,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_told_in_words_with_its_price() {
        let product = |price1000, currency: &str| Product {
            title: "Tea".into(),
            description: "Green".into(),
            price1000,
            currency: currency.into(),
            url: "https://shop.example/tea".into(),
            ..Product::default()
        };
        for (price1000, currency, line) in [
            (12_500, "EUR", "12.50 EUR\n"),
            (30_000, "TRY", "30 TRY\n"),
            (30_000, "", ""),
        ] {
            let expected = format!("*Tea*\nGreen\n{line}https://shop.example/tea");
            assert_eq!(product(price1000, currency).text(), expected);
        }
    }
}
