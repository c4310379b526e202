//! Changes under way at once: enough for full groups.

use app::{Core, ports::Tx};
use tokio::task::JoinSet;

/// How many.
const AT_ONCE: usize = 1024;

/// What has been begun and not yet ended.
#[derive(Default)]
pub(super) struct Flow(JoinSet<app::Result<()>>);

impl Flow {
    /// Begins a change, after an earlier one has ended if there are too many. Fails as that one did.
    pub(super) async fn add<T: Send + 'static>(
        &mut self,
        core: &Core,
        change: impl FnMut(&mut dyn Tx) -> app::Result<T> + Send + 'static,
    ) -> anyhow::Result<()> {
        if self.0.len() >= AT_ONCE
            && let Some(done) = self.0.join_next().await
        {
            done??;
        }
        let store = core.store.clone();
        self.0
            .spawn(async move { store.transact(change).await.map(drop) });
        Ok(())
    }

    /// Waits for all of them.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        while let Some(done) = self.0.join_next().await {
            done??;
        }
        Ok(())
    }
}
