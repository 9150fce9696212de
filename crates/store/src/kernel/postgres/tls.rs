//! TLS to the server, as the address asks for it with `sslmode`, `sslrootcert`, `sslcert` and `sslkey`.
//!
//! The words mean what they mean to PostgreSQL's own programs, so that one address does for all of
//! them. Only `verify-full` is safe against somebody who sits between: it wants a certificate that is
//! signed by a known authority *and* is the host's own.
//!
//! [`rustls`] with *ring* does the work; what is here carries it into the client, whose interface for
//! this is asynchronous also in its blocking form.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

/// How far the server is to be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Nothing is encrypted.
    #[default]
    Disable,
    /// Encrypted if the server can; whoever it is.
    Prefer,
    /// Encrypted. If an authority is named, the certificate must be signed by it.
    Require,
    /// Encrypted, and the certificate is signed by an authority that is trusted.
    VerifyCa,
    /// The same, and it is the certificate of the host in the address.
    VerifyFull,
}

/// What an address says about encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    mode: Mode,
    /// The file with the authorities that are trusted; none: those that browsers trust.
    roots: Option<PathBuf>,
    /// The files with this side's own certificate and its key, for servers that ask for one.
    own: Option<(PathBuf, PathBuf)>,
}

impl Encryption {
    /// Takes what it understands out of the part of an address behind its question mark; gives the
    /// rest. None: `sslmode` has a word that is not known, or a certificate is without its key.
    pub(super) fn take_from(query: &str) -> Option<(Self, String)> {
        let mut own = Self::default();
        let (mut certificate, mut key) = (None, None);
        let mut rest = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", word)) => {
                    own.mode = match word {
                        "disable" => Mode::Disable,
                        "prefer" => Mode::Prefer,
                        "require" => Mode::Require,
                        "verify-ca" => Mode::VerifyCa,
                        "verify-full" => Mode::VerifyFull,
                        _ => return None,
                    };
                }
                Some(("sslrootcert", "system")) => own.roots = None,
                Some(("sslrootcert", file)) => own.roots = Some(PathBuf::from(unescaped(file)?)),
                Some(("sslcert", file)) => certificate = Some(PathBuf::from(unescaped(file)?)),
                Some(("sslkey", file)) => key = Some(PathBuf::from(unescaped(file)?)),
                _ => rest.push(pair),
            }
        }
        if certificate.is_some() != key.is_some() {
            return None;
        }
        own.own = certificate.zip(key);
        Some((own, rest.join("&")))
    }

    /// What the client's own setting for this is.
    pub(super) const fn ssl_mode(&self) -> SslMode {
        match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        }
    }

    /// What carries a connection's encryption out; none where nothing is encrypted. The file with the
    /// authorities is read each time, as this side's own are: they may have been renewed.
    pub(super) fn connector(&self) -> Result<Option<Connector>, TlsProblem> {
        if self.mode == Mode::Disable {
            return Ok(None);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let checks_authority =
            matches!(self.mode, Mode::VerifyCa | Mode::VerifyFull) || self.roots.is_some();
        let builder = if self.mode == Mode::VerifyFull {
            builder.with_root_certificates(self.trusted()?)
        } else {
            let chain = if checks_authority {
                let roots = Arc::new(self.trusted()?);
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
                let verifier = verifier.build();
                Some(verifier.map_err(|error| TlsProblem::Settings(error.to_string()))?)
            } else {
                None
            };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyName { provider, chain }))
        };
        let config = match self.own()? {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
        };
        Ok(Some(Connector(Arc::new(config))))
    }

    /// What shows who this side is.
    fn own(&self) -> Result<Option<Shown>, TlsProblem> {
        let Some((certificate, key)) = &self.own else { return Ok(None) };
        let problem = |file: &PathBuf, problem: String| TlsProblem::Own(file.clone(), problem);
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| problem(certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(problem(certificate, "there is no certificate in it".to_owned()));
        }
        let secret = PrivateKeyDer::from_pem_file(key);
        Ok(Some((chain, secret.map_err(|error| problem(key, error.to_string()))?)))
    }

    /// The authorities that may sign the server's certificate.
    fn trusted(&self) -> Result<RootCertStore, TlsProblem> {
        let Some(file) = &self.roots else {
            return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
        };
        let problem = |problem: String| TlsProblem::Roots(file.clone(), problem);
        let mut roots = RootCertStore::empty();
        let found = CertificateDer::pem_file_iter(file).map_err(|e| problem(e.to_string()))?;
        for certificate in found {
            let certificate = certificate.map_err(|error| problem(error.to_string()))?;
            roots.add(certificate).map_err(|error| problem(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(problem("there is no certificate in it".to_owned()));
        }
        Ok(roots)
    }
}

/// A certificate with those that vouch for it, and its key.
type Shown = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Why no encryption can be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsProblem {
    /// The file with the authorities.
    #[error("the certificates in {} cannot be used: {}", .0.display(), .1)]
    Roots(PathBuf, String),
    /// A file with this side's own certificate or key.
    #[error("{} cannot be used: {}", .0.display(), .1)]
    Own(PathBuf, String),
    /// The library's settings do not go together.
    #[error("encryption cannot be set up: {0}")]
    Settings(String),
}

impl TlsProblem {
    /// What to do about it.
    pub(super) const fn advice(&self) -> &'static str {
        match self {
            Self::Roots(..) => {
                "name a file in sslrootcert that has the authority's certificate (PEM)"
            }
            Self::Own(..) => {
                "name files in sslcert and sslkey that have the certificate and its key (PEM)"
            }
            Self::Settings(_) => "choose another sslmode in `database`",
        }
    }
}

impl From<rustls::Error> for TlsProblem {
    fn from(error: rustls::Error) -> Self {
        Self::Settings(error.to_string())
    }
}

/// Reads `%XX` in a value of an address.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// Takes a certificate whatever name it is for, and from anybody where no authority is given. That the
/// server has the certificate's key is always verified.
#[derive(Debug)]
struct AnyName {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        let verified =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is looked at last: everything else was right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes encrypted connections.
#[derive(Clone)]
pub(crate) struct Connector(Arc<ClientConfig>);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl<S> MakeTlsConnect<S> for Connector
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, InvalidDnsNameError> {
        // A socket of this machine has no name, and is not encrypted.
        let name = if host.is_empty() { "localhost" } else { host };
        let name = ServerName::try_from(name)?.to_owned();
        Ok(Handshake { connector: TlsConnector::from(Arc::clone(&self.0)), name })
    }
}

/// One handshake that is to be made.
pub(crate) struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl<S> TlsConnect<S> for Handshake
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let stream = self.connector.connect(self.name, stream).await?;
            Ok(Encrypted(stream))
        })
    }
}

/// An encrypted connection.
pub(crate) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // The password goes over SCRAM without being bound to the certificate: `verify-full` says
        // who the server is.
        ChannelBinding::none()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_address_says_how_far_the_server_is_trusted() {
        let taken = |query| Encryption::take_from(query).expect("known words");
        assert_eq!(taken(""), (Encryption::default(), String::new()));
        let (own, rest) =
            taken("connect_timeout=3&sslmode=verify-full&sslrootcert=/etc/own%20ca.pem&options=x");
        assert_eq!(own.mode, Mode::VerifyFull);
        assert_eq!(own.roots.as_deref(), Some(Path::new("/etc/own ca.pem")));
        assert_eq!(rest, "connect_timeout=3&options=x");
        assert_eq!(taken("sslmode=verify-ca&sslrootcert=system").0.roots, None);
        let (own, rest) = taken("sslcert=/own.crt&sslmode=require&sslkey=/own.key");
        assert_eq!(own.own, Some(("/own.crt".into(), "/own.key".into())));
        assert_eq!(rest, "");
        for wrong in [
            "sslcert=/own.crt",
            "sslkey=/own.key",
            "sslmode=sometimes",
            "sslmode=",
            "sslrootcert=%f",
            "sslrootcert=%ff",
        ] {
            assert!(Encryption::take_from(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("empty.pem");
        for text in [None, Some(""), Some("no certificate")] {
            if let Some(text) = text {
                std::fs::write(&file, text).expect("written");
            }
            for mode in [Mode::Require, Mode::VerifyCa, Mode::VerifyFull] {
                let own = Encryption { mode, roots: Some(file.clone()), own: None };
                let problem = own.connector().expect_err("nobody is trusted");
                assert!(problem.to_string().contains(&*file.to_string_lossy()), "{problem}");
                assert!(problem.advice().contains("sslrootcert"));
                let files = Some((file.clone(), file.clone()));
                let own = Encryption { mode: Mode::Require, roots: None, own: files };
                let problem = own.connector().expect_err("nothing is shown");
                assert!(problem.to_string().contains(&*file.to_string_lossy()), "{problem}");
                assert!(problem.advice().contains("sslcert"));
            }
        }
        let own = Encryption { mode: Mode::VerifyFull, roots: None, own: None };
        assert!(own.connector().is_ok_and(|made| made.is_some()));
        assert!(Encryption::default().connector().is_ok_and(|made| made.is_none()));
    }
}
