//! The server's key: 32 random bytes in a file that only its owner may read. Every sealed token is made with it.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context as _, Result, anyhow};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The key kept in a directory; made at the first start.
pub(crate) fn load_or_make(directory: &Path) -> Result<[u8; 32]> {
    let path = directory.join("server.key");
    let explain = || format!("the server's key {} cannot be used", path.display());
    if path.exists() {
        let bytes = fs::read(&path).with_context(explain)?;
        return bytes
            .try_into()
            .map_err(|_| anyhow!("it is not 32 bytes"))
            .with_context(explain);
    }
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow!("no randomness: {error}"))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(explain)?;
    file.write_all(&key).with_context(explain)?;
    file.sync_all().with_context(explain)?;
    Ok(key)
}

/// A secret for one purpose, always the same for the same key: 32 lower-case hexadecimal digits.
pub(crate) fn derive(key: &[u8; 32], purpose: &str) -> Result<String> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|_| anyhow!("the key is unusable"))?;
    mac.update(b"switchboard demo: ");
    mac.update(purpose.as_bytes());
    Ok(mac
        .finalize()
        .into_bytes()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
