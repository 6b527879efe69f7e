//! The shipped `envoy/envoy.yaml`, adapted for a run on this machine. What is tested is what users get: nothing of the
//! file is repeated here, and every change is made to the parsed tree.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::ecds::Ecds;
use crate::{repository, yaml};

/// How to change the shipped bootstrap; `build` makes the changes.
#[derive(Clone, Debug)]
pub struct Config {
    upstream: SocketAddr,
    jwks: Value,
    policy: Option<Value>,
    jwt_authn: bool,
    normalization: bool,
    ecds: Option<PathBuf>,
}

impl Config {
    /// The shipped file with free loopback ports, this upstream, these keys and the built module.
    #[must_use]
    pub fn new(upstream: SocketAddr, jwks: Value) -> Self {
        Self { upstream, jwks, policy: None, jwt_authn: true, normalization: true, ecds: None }
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
        self.jwt_authn = false;
        self
    }

    /// With or without Envoy's own path hardening: off, claimgate sees what the client wrote.
    #[must_use]
    pub fn normalization(mut self, on: bool) -> Self {
        self.normalization = on;
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
        let mut tree: Value = yaml::read(&repository("envoy/envoy.yaml"))?;
        for place in ["/admin", LISTENER] {
            let address = member(&mut tree, &format!("{place}/address/socket_address"))?;
            *address = json!({ "address": "127.0.0.1", "port_value": 0 });
        }
        self.set_upstream(&mut tree)?;
        if !self.normalization {
            let manager = members(&mut tree, MANAGER)?;
            for key in ["normalize_path", "merge_slashes", "path_with_escaped_slashes_action"] {
                ensure!(manager.remove(key).is_some(), "envoy/envoy.yaml does not set {key}");
            }
        }
        *filter(&mut tree, "claimgate")? = self.wasm_filter()?;
        if let Some(path) = &self.ecds {
            // A subscriber has to say who it is.
            tree["node"] = json!({ "id": "test", "cluster": "test" });
            let subscribed = filter(&mut tree, "claimgate")?;
            *subscribed = json!({ "name": "claimgate", "config_discovery": {
                "config_source": {
                    "resource_api_version": "V3",
                    "path_config_source": { "path": path },
                },
                "type_urls": [WASM_TYPE],
            } });
        }
        if self.jwt_authn {
            let keys = "/typed_config/providers/main/local_jwks";
            let keys = member(filter(&mut tree, JWT_AUTHN)?, keys)?;
            *keys = json!({ "inline_string": self.jwks.to_string() });
        } else {
            filters(&mut tree)?.retain(|filter| filter["name"] != JWT_AUTHN);
        }
        Ok(tree)
    }

    /// The wasm filter as the bootstrap would hold it.
    pub(crate) fn wasm_filter(&self) -> Result<Value> {
        let module = repository("target/claimgate.wasm");
        if !module.is_file() {
            bail!("target/claimgate.wasm is missing: run `make wasm`");
        }
        let mut tree: Value = yaml::read(&repository("envoy/envoy.yaml"))?;
        let filter = filter(&mut tree, "claimgate")?;
        *member(filter, "/typed_config/config/vm_config/code/local")? =
            json!({ "filename": module });
        if let Some(policy) = &self.policy {
            *member(filter, "/typed_config/config/configuration")? = policy.clone();
        }
        Ok(filter.take())
    }

    fn set_upstream(&self, tree: &mut Value) -> Result<()> {
        *member(tree, "/static_resources/clusters/0/type")? = json!("STATIC");
        let endpoint = "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0\
                        /endpoint/address/socket_address";
        *member(tree, endpoint)? = json!({
            "address": self.upstream.ip().to_string(),
            "port_value": self.upstream.port(),
        });
        Ok(())
    }
}

/// The policy that ships with claimgate, from `envoy/policy.yaml`.
pub fn sample_policy() -> Result<Value> {
    yaml::read(&repository("envoy/policy.yaml"))
}

/// A `google.protobuf.Any` around a well-known type, as JSON.
fn any(kind: &str, value: &Value) -> Value {
    json!({ "@type": format!("type.googleapis.com/{kind}"), "value": value })
}

fn member<'a>(tree: &'a mut Value, pointer: &str) -> Result<&'a mut Value> {
    tree.pointer_mut(pointer).with_context(|| format!("envoy/envoy.yaml has no {pointer}"))
}

fn members<'a>(
    tree: &'a mut Value,
    pointer: &str,
) -> Result<&'a mut serde_json::Map<String, Value>> {
    let found = member(tree, pointer)?.as_object_mut();
    found.with_context(|| format!("{pointer} of envoy/envoy.yaml is not a mapping"))
}

fn filters(tree: &mut Value) -> Result<&mut Vec<Value>> {
    let found = member(tree, &format!("{MANAGER}/http_filters"))?.as_array_mut();
    found.context("http_filters of envoy/envoy.yaml is not a list")
}

fn filter<'a>(tree: &'a mut Value, name: &str) -> Result<&'a mut Value> {
    let found = filters(tree)?.iter_mut().find(|filter| filter["name"] == name);
    found.with_context(|| format!("envoy/envoy.yaml has no filter named {name}"))
}

const LISTENER: &str = "/static_resources/listeners/0";
const MANAGER: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
const JWT_AUTHN: &str = "envoy.filters.http.jwt_authn";
const WASM_TYPE: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_bootstrap_holds_the_sample_policy() -> Result<()> {
        let mut tree: Value = yaml::read(&repository("envoy/envoy.yaml"))?;
        let filter = filter(&mut tree, "claimgate")?;
        let policy = member(filter, "/typed_config/config/configuration/value")?;
        assert_eq!(*policy, sample_policy()?);
        Ok(())
    }
}
