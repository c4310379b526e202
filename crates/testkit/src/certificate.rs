//! A certificate for `localhost`, and the authority that it is verified by.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// All of it in PEM.
pub struct Certified {
    /// The authority's own certificate.
    pub authority: String,
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// A new one, of a new authority.
pub fn for_localhost() -> Certified {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuing = KeyPair::generate().unwrap();
    let own = authority.self_signed(&issuing).unwrap();
    let issuer = Issuer::new(authority, issuing);
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &issuer).unwrap();
    Certified {
        authority: own.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    }
}
