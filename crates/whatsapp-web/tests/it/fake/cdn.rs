//! The store of files: sealed by whoever puts them in, and handed out to whoever knows where they are.

use std::sync::Arc;

use async_trait::async_trait;
use whatsapp_rust::{
    anyhow,
    wacore::net::{HttpClient, HttpRequest, HttpResponse},
};

use super::FakeWhatsApp;

/// Puts files in and takes them out.
pub(crate) struct Files(pub(super) FakeWhatsApp);

impl FakeWhatsApp {
    /// What a client asks for files.
    pub(crate) fn files(&self) -> Arc<Files> {
        Arc::new(Files(self.clone()))
    }

    /// Every file is lost.
    pub(crate) fn lose_files(&self) {
        self.state().files.clear();
    }
}

#[async_trait]
impl HttpClient for Files {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let mut state = self.0.state();
        if request.method == "POST" {
            let path = format!("/file/{}", state.number());
            let url = format!("https://files.test{path}");
            let body = request.body.unwrap_or_default();
            state.files.insert(path.clone(), body);
            let body = format!(r#"{{"url":"{url}","direct_path":"{path}"}}"#);
            return Ok(HttpResponse {
                status_code: 200,
                body: body.into_bytes(),
            });
        }
        let path = request.url.strip_prefix("https://files.test");
        let path = path.unwrap_or_default().split('?').next();
        let found = state.files.get(path.unwrap_or_default());
        Ok(HttpResponse {
            status_code: if found.is_some() { 200 } else { 404 },
            body: found.map(|it| it.to_vec()).unwrap_or_default(),
        })
    }
}
