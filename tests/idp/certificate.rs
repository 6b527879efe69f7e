//! A certificate and the authority that signed it, made anew for each run.

use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What a server needs to speak TLS, and its clients to believe it.
pub struct Certificate {
    /// The authority's own certificate, as PEM.
    pub ca: String,
    /// The server's side of TLS.
    pub tls: TlsAcceptor,
}

impl Certificate {
    /// Makes one for this host name.
    pub fn make(name: &str) -> Result<Self> {
        let mut authority = CertificateParams::new([])?;
        authority.distinguished_name.push(DnType::CommonName, "claimgate test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate()?;
        let ca = authority.self_signed(&key)?.pem();
        let authority = Issuer::new(authority, key);

        let mut server = CertificateParams::new([name.to_owned()])
            .with_context(|| format!("{name:?} is not a host name"))?;
        server.distinguished_name.push(DnType::CommonName, name);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;

        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], private)?;
        Ok(Self { ca, tls: TlsAcceptor::from(Arc::new(tls)) })
    }
}
