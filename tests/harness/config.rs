//! The bootstraps that ship in `envoy/`, adapted for a run on this machine. What is tested is what users get: nothing
//! of the files is repeated here, and every change is made to the parsed tree.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::bootstrap::{Bootstrap, LISTENER, MANAGER};
use crate::ecds::Ecds;
use crate::idp::Idp;
use crate::{repository, yaml};

/// How to change a shipped bootstrap; `build` makes the changes.
#[derive(Clone, Debug)]
pub struct Config {
    base: Base,
    upstream: SocketAddr,
    policy: Option<Value>,
    normalization: bool,
    waits_by_body: bool,
    forbidden: Vec<&'static str>,
    ecds: Option<PathBuf>,
}

/// Which of the shipped bootstraps, with what only that one has.
#[derive(Clone, Debug)]
enum Base {
    /// `envoy/envoy.yaml`, with these keys for `jwt_authn`, or without that filter; and its issuer, where another.
    JwtAuthn { jwks: Option<Value>, issuer: Option<Value> },
    /// `envoy/standalone.yaml`, its identity provider here and vouched for by this authority.
    Standalone { idp: SocketAddr, ca: String },
}

impl Config {
    /// `envoy/envoy.yaml` with free loopback ports, this upstream, these keys and the built module.
    #[must_use]
    pub fn new(upstream: SocketAddr, jwks: Value) -> Self {
        Self::of(Base::JwtAuthn { jwks: Some(jwks), issuer: None }, upstream)
    }

    /// `envoy/standalone.yaml` with free loopback ports, this upstream, this identity provider and the built module.
    #[must_use]
    pub fn standalone(upstream: SocketAddr, idp: &Idp) -> Self {
        Self::of(Base::Standalone { idp: idp.address(), ca: idp.ca().into() }, upstream)
    }

    fn of(base: Base, upstream: SocketAddr) -> Self {
        let (policy, ecds) = (None, None);
        let (normalization, waits_by_body, forbidden) = (true, false, Vec::new());
        Self { base, upstream, policy, normalization, waits_by_body, forbidden, ecds }
    }

    /// Another policy, written as a `google.protobuf.Struct`, as in the shipped file.
    #[must_use]
    pub fn policy(mut self, policy: &Value) -> Self {
        self.policy = Some(any("google.protobuf.Struct", policy));
        self
    }

    /// Another policy, as JSON text in a `google.protobuf.StringValue`.
    #[must_use]
    pub fn policy_json(mut self, text: &str) -> Self {
        self.policy = Some(any("google.protobuf.StringValue", &text.into()));
        self
    }

    /// Another policy, as bytes of any kind in a `google.protobuf.BytesValue`.
    #[must_use]
    pub fn policy_bytes(mut self, bytes: &[u8]) -> Self {
        self.policy = Some(any("google.protobuf.BytesValue", &STANDARD.encode(bytes).into()));
        self
    }

    /// Without the `jwt_authn` filter in front.
    #[must_use]
    pub fn without_jwt_authn(mut self) -> Self {
        if let Base::JwtAuthn { jwks, .. } = &mut self.base {
            *jwks = None;
        }
        self
    }

    /// With the `jwt_authn` filter for this issuer of a policy: `iss` and audiences are what it says.
    #[must_use]
    pub fn issuer(mut self, of_policy: &Value) -> Self {
        if let Base::JwtAuthn { issuer, .. } = &mut self.base {
            *issuer = Some(of_policy.clone());
        }
        self
    }

    /// With or without Envoy's own path hardening: off, claimgate sees what the client wrote.
    #[must_use]
    pub fn normalization(mut self, on: bool) -> Self {
        self.normalization = on;
        self
    }

    /// With Envoy's `allow_on_headers_stop_iteration`: of a request that waits, Envoy offers body and trailers to
    /// the filter, instead of holding them back by itself.
    #[must_use]
    pub fn allow_on_headers_stop_iteration(mut self) -> Self {
        self.waits_by_body = true;
        self
    }

    /// With a host that refuses these of the capabilities that the shipped file allows.
    #[must_use]
    pub fn forbidding(mut self, capabilities: &[&'static str]) -> Self {
        self.forbidden = capabilities.into();
        self
    }

    /// The wasm filter's configuration comes from a watched file instead of the bootstrap.
    #[must_use]
    pub fn ecds(mut self, ecds: &Ecds) -> Self {
        self.ecds = Some(ecds.path());
        self
    }

    /// The bootstrap to start Envoy with.
    pub fn build(&self) -> Result<Value> {
        let mut bootstrap = self.base.read()?;
        for place in ["/admin", LISTENER] {
            *bootstrap.at(&format!("{place}/address/socket_address"))? =
                json!({ "address": "127.0.0.1", "port_value": 0 });
        }
        set_endpoint(&mut bootstrap, "upstream", self.upstream)?;
        if !self.normalization {
            for key in ["normalize_path", "merge_slashes", "path_with_escaped_slashes_action"] {
                bootstrap.remove(MANAGER, key)?;
            }
        }
        *bootstrap.filter(CLAIMGATE)? = match &self.ecds {
            None => self.wasm_filter()?,
            Some(path) => {
                // A subscriber has to say who it is.
                bootstrap.tree()["node"] = json!({ "id": "test", "cluster": "test" });
                subscription(path)
            }
        };
        self.base.adapt(&mut bootstrap)?;
        Ok(bootstrap.into_tree())
    }

    /// The wasm filter as the bootstrap would hold it.
    pub(crate) fn wasm_filter(&self) -> Result<Value> {
        let module = repository("target/claimgate.wasm");
        if !module.is_file() {
            bail!("target/claimgate.wasm is missing: run `make wasm`");
        }
        let mut bootstrap = self.base.read()?;
        *bootstrap.filter_at(CLAIMGATE, "/typed_config/config/vm_config/code/local")? =
            json!({ "filename": module });
        if let Some(policy) = &self.policy {
            *bootstrap.filter_at(CLAIMGATE, CONFIGURATION)? = policy.clone();
        }
        if self.waits_by_body {
            bootstrap.filter_at(CLAIMGATE, "/typed_config/config")?["allow_on_headers_stop_iteration"] =
                json!(true);
        }
        let allowed = bootstrap.filter_at(CLAIMGATE, ALLOWED_CAPABILITIES)?.as_object_mut();
        let allowed = allowed.context("capabilities are not a mapping")?;
        for capability in &self.forbidden {
            allowed.remove(*capability).with_context(|| format!("{capability} is not allowed"))?;
        }
        Ok(bootstrap.filter(CLAIMGATE)?.take())
    }
}

impl Base {
    fn read(&self) -> Result<Bootstrap> {
        Bootstrap::read(match self {
            Self::JwtAuthn { .. } => "envoy/envoy.yaml",
            Self::Standalone { .. } => "envoy/standalone.yaml",
        })
    }

    fn adapt(&self, bootstrap: &mut Bootstrap) -> Result<()> {
        match self {
            Self::JwtAuthn { jwks: None, .. } => {
                bootstrap.filters()?.retain(|filter| filter["name"] != JWT_AUTHN);
            }
            Self::JwtAuthn { jwks: Some(jwks), issuer } => {
                let keys = "/typed_config/providers/main/local_jwks";
                *bootstrap.filter_at(JWT_AUTHN, keys)? =
                    json!({ "inline_string": jwks.to_string() });
                if let Some(issuer) = issuer {
                    let provider =
                        bootstrap.filter_at(JWT_AUTHN, "/typed_config/providers/main")?;
                    provider["issuer"] = issuer["issuer"].clone();
                    provider["audiences"] = issuer["audiences"].clone();
                }
            }
            Self::Standalone { idp, ca } => {
                set_endpoint(bootstrap, "idp", *idp)?;
                *bootstrap.cluster_at("idp", TRUSTED_CA)? = json!({ "inline_string": ca });
            }
        }
        Ok(())
    }
}

/// The policy that ships with claimgate, from `envoy/policy.yaml`.
pub fn sample_policy() -> Result<Value> {
    yaml::read(&repository("envoy/policy.yaml"))
}

/// The same for claimgate alone, from `envoy/standalone.yaml`.
pub fn standalone_policy() -> Result<Value> {
    let mut bootstrap = Bootstrap::read("envoy/standalone.yaml")?;
    Ok(bootstrap.filter_at(CLAIMGATE, &format!("{CONFIGURATION}/value"))?.take())
}

/// A cluster's only endpoint is at this address.
fn set_endpoint(bootstrap: &mut Bootstrap, cluster: &str, address: SocketAddr) -> Result<()> {
    *bootstrap.cluster_at(cluster, "/type")? = json!("STATIC");
    let endpoint = "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
    *bootstrap.cluster_at(cluster, endpoint)? =
        json!({ "address": address.ip().to_string(), "port_value": address.port() });
    Ok(())
}

/// In the wasm filter's place: where its configuration comes from.
fn subscription(path: &PathBuf) -> Value {
    json!({ "name": CLAIMGATE, "config_discovery": {
        "config_source": {
            "resource_api_version": "V3",
            "path_config_source": { "path": path },
        },
        "type_urls": [WASM_TYPE],
    } })
}

/// A `google.protobuf.Any` around a well-known type, as JSON.
fn any(kind: &str, value: &Value) -> Value {
    json!({ "@type": format!("type.googleapis.com/{kind}"), "value": value })
}

const CLAIMGATE: &str = "claimgate";
const JWT_AUTHN: &str = "envoy.filters.http.jwt_authn";
const CONFIGURATION: &str = "/typed_config/config/configuration";
const ALLOWED_CAPABILITIES: &str =
    "/typed_config/config/vm_config/capability_restriction_config/allowed_capabilities";
const TRUSTED_CA: &str =
    "/transport_socket/typed_config/common_tls_context/validation_context/trusted_ca";
const WASM_TYPE: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

#[cfg(test)]
mod tests;
