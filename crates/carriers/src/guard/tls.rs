//! TLS for calls out: 1.2 and later, the system's roots, and no process-wide provider of cryptography.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::GuardError;

pub(super) fn config() -> Result<ClientConfig, GuardError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| GuardError::Broken(error.to_string()))?;
    let config = match Verifier::new(provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier) as Arc<dyn ServerCertVerifier>),
        // A bare container has no roots. Plain HTTP still works there, and every HTTPS call fails with a reason.
        Err(error) => {
            tracing::warn!(%error, "no certificate authorities are installed; HTTPS calls will fail");
            builder.with_root_certificates(RootCertStore::empty())
        }
    };
    Ok(config.with_no_client_auth())
}
