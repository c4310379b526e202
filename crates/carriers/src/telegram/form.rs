//! A form with one file, as `multipart/form-data`: Telegram takes most files only so.

use bytes::Bytes;

/// A form being written.
pub(super) struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// A form whose parts this text sets apart: nobody else may know it.
    pub(super) fn new(boundary: String) -> Self {
        Self {
            boundary,
            body: Vec::new(),
        }
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.begin(&format!("name=\"{name}\""), None);
        self.body.extend_from_slice(value.as_bytes());
        self.body.extend_from_slice(b"\r\n");
    }

    pub(super) fn file(&mut self, name: &str, file_name: &str, content_type: &str, bytes: &[u8]) {
        let file_name: String = file_name
            .chars()
            .map(|it| {
                if it.is_control() || it == '"' {
                    '_'
                } else {
                    it
                }
            })
            .collect();
        let disposition = format!("name=\"{name}\"; filename=\"{file_name}\"");
        self.begin(&disposition, Some(content_type));
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }

    fn begin(&mut self, disposition: &str, content_type: Option<&str>) {
        let mut head = format!(
            "--{}\r\ncontent-disposition: form-data; {disposition}\r\n",
            self.boundary
        );
        if let Some(kind) = content_type {
            head.push_str(&format!("content-type: {kind}\r\n"));
        }
        head.push_str("\r\n");
        self.body.extend_from_slice(head.as_bytes());
    }

    /// The content type and the body.
    pub(super) fn finish(mut self) -> (String, Bytes) {
        let end = format!("--{}--\r\n", self.boundary);
        self.body.extend_from_slice(end.as_bytes());
        let kind = format!("multipart/form-data; boundary={}", self.boundary);
        (kind, self.body.into())
    }
}
