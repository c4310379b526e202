//! What may be called: the operator's rules, applied to URLs and addresses.
//!
//! Nothing here looks a name up; a URL that passes may still lead to an address that does not.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::{GuardError, address};
use crate::limits::URL_BYTES;

/// The operator's rules. The default allows the public Internet, over HTTP too.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Networks that may be called although they are not public, as for a connector on the premises.
    ///
    /// Compared with the address that is connected to: an IPv4 network covers its IPv6-mapped spellings, and a translated
    /// (NAT64) address needs an entry of its own.
    pub allow: Vec<IpNet>,
    /// Whether plain HTTP is refused.
    pub https_only: bool,
}

/// An address that may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("forbidden address ({reason})")]
pub struct Forbidden {
    /// What sort of address it is.
    pub reason: &'static str,
}

impl Policy {
    /// Judges one address.
    ///
    /// # Errors
    ///
    /// [`Forbidden`] when it is neither public nor allowed.
    pub fn judge(&self, address: IpAddr) -> Result<(), Forbidden> {
        let address = address.to_canonical();
        if self.allow.iter().any(|net| net.contains(&address)) {
            return Ok(());
        }
        match address::objection(address) {
            Some(reason) => Err(Forbidden { reason }),
            None => Ok(()),
        }
    }

    /// Reads a URL and judges what can be judged in it.
    ///
    /// # Errors
    ///
    /// [`GuardError::BadUrl`], or [`GuardError::Forbidden`] when its host is an address that may not be called.
    pub fn target(&self, url: &str) -> Result<Url, GuardError> {
        if url.len() > URL_BYTES {
            return Err(GuardError::BadUrl("it is longer than 2048 bytes"));
        }
        let url = Url::parse(url).map_err(|_| GuardError::BadUrl("it is not a URL"))?;
        match url.scheme() {
            "https" => {}
            "http" if !self.https_only => {}
            "http" => return Err(GuardError::BadUrl("it must start with https://")),
            _ => return Err(GuardError::BadUrl("it must start with https:// or http://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError::BadUrl("it holds a user name or a password"));
        }
        // The parsed host, never its text: an address has many spellings, and the resolver never sees one.
        match url.host() {
            Some(Host::Ipv4(address)) => self.judge(address.into())?,
            Some(Host::Ipv6(address)) => self.judge(address.into())?,
            Some(Host::Domain(_)) => {}
            None => return Err(GuardError::BadUrl("it has no host")),
        }
        Ok(url)
    }
}
