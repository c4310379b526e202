//! The credentials. They go when the session is ended, and never before.

use async_trait::async_trait;
use whatsapp_rust::wacore::store::{Device, error::Result, traits::DeviceStore};

use super::{Memory, kinds::Kind};

#[async_trait]
impl DeviceStore for Memory {
    async fn save(&self, device: &Device) -> Result<()> {
        self.set_json(Kind::Device, "", device)?;
        self.write().await
    }

    async fn load(&self) -> Result<Option<Device>> {
        self.get_json(Kind::Device, "")
    }

    async fn exists(&self) -> Result<bool> {
        Ok(self.get(Kind::Device, "")?.is_some())
    }

    // A session has one device, and saving it makes it.
    async fn create(&self) -> Result<i32> {
        Ok(1)
    }
}
