//! The templates of a number's business, asked of Meta page by page.

use app::{
    Error,
    ports::{BoxFuture, Template, Templates},
};
use domain::Kind;
use wire::whatsapp_cloud::templates::{FIELDS, PER_PAGE, Page};

use super::{CALL, CloudSettings, WhatsAppCloud, headers, upstream};

/// Pages of the list that are read. A business has a few hundred templates.
const PAGES: usize = 20;

impl Templates for WhatsAppCloud {
    fn list<'a>(&'a self, settings: &'a str) -> BoxFuture<'a, Result<Vec<Template>, Error>> {
        Box::pin(self.templates(settings))
    }
}

impl WhatsAppCloud {
    async fn templates(&self, settings: &str) -> Result<Vec<Template>, Error> {
        let settings = CloudSettings::parse(settings)
            .ok_or_else(|| upstream("the inbox's settings cannot be read".to_owned()))?;
        if settings.business_account_id.is_empty() {
            let text = "the number's settings do not say which business account it belongs to";
            return Err(Error::refused(Kind::Invalid, text));
        }
        let first = format!(
            "{}/{}/message_templates?fields={FIELDS}&limit={PER_PAGE}",
            settings.base_url, settings.business_account_id
        );
        let mut all = Vec::new();
        let mut url = first.clone();
        for _ in 0..PAGES {
            let answer = self.guard.get(&url, headers(&settings.token), CALL).await;
            let answer = answer.map_err(|error| upstream(error.to_string()))?;
            if !answer.is_success() {
                return Err(upstream(format!(
                    "templates: it answered {}",
                    answer.status
                )));
            }
            let body = answer.body.map_err(|error| upstream(error.to_string()))?;
            let page: Page = serde_json::from_slice(&body)
                .map_err(|_| upstream("templates: its answer cannot be read".to_owned()))?;
            let next = page.next().map(|after| {
                let after: String = form_urlencoded::byte_serialize(after.as_bytes()).collect();
                format!("{first}&after={after}")
            });
            all.extend(page.data.into_iter().map(|it| Template {
                text: it.text().to_owned(),
                approved: it.status == "APPROVED",
                id: it.id,
                name: it.name,
                language: it.language,
                category: it.category,
                status: it.status,
            }));
            match next {
                Some(next) => url = next,
                None => break,
            }
        }
        Ok(all)
    }
}
