//! The Kubernetes manifests that ship: what the published schemas say of them, and what a mesh makes of them.

use anyhow::{Context, Result};
use claimgate_tests::config::sample_policy;
use claimgate_tests::{repository, yaml};
use gate::Gate;
use serde_json::{Value, json};

pub(crate) mod crds;
mod filters;
pub(crate) mod schema;

use crds::Crds;

/// A file, and where in it the plugin and its policy are.
struct Manifest {
    file: &'static str,
    kind: &'static str,
    plugin: &'static str,
    policy: &'static str,
    signature: Value,
}

impl Manifest {
    fn all() -> [Self; 3] {
        let uri = "https://idp.example.com/.well-known/jwks.json";
        [
            Self {
                file: "envoy/istio.yaml",
                kind: "WasmPlugin",
                plugin: "/spec",
                policy: "pluginConfig",
                signature: json!({ "jwt_authn": { "metadata": "payload" } }),
            },
            Self {
                file: "envoy/istio-traffic-extension.yaml",
                kind: "TrafficExtension",
                plugin: "/spec/wasm",
                policy: "pluginConfig",
                signature: json!({ "remote_jwks": {
                    "cluster": "outbound|443||idp.example.com",
                    "uri": uri,
                } }),
            },
            Self {
                file: "envoy/envoy-gateway.yaml",
                kind: "EnvoyExtensionPolicy",
                plugin: "/spec/wasm/0",
                policy: "config",
                signature: json!({ "jwt_authn": { "metadata": "main" } }),
            },
        ]
    }

    fn documents(&self) -> Result<Vec<Value>> {
        yaml::read_all(&repository(self.file))
    }

    /// The file's document of this kind.
    fn document(&self, kind: &str) -> Result<Value> {
        let found = self.documents()?.into_iter().find(|document| document["kind"] == kind);
        found.with_context(|| format!("{} has no {kind}", self.file))
    }

    fn plugin(&self) -> Result<Value> {
        let mut document = self.document(self.kind)?;
        let plugin = document.pointer_mut(self.plugin);
        Ok(plugin.with_context(|| format!("{} has no {}", self.file, self.plugin))?.take())
    }

    fn policy(&self) -> Result<Value> {
        Ok(self.plugin()?[self.policy].take())
    }
}

/// Kinds for which the folder of schemas has none.
const UNCHECKED: [&str; 4] =
    ["ClientTrafficPolicy", "DestinationRule", "SecurityPolicy", "ServiceEntry"];

#[test]
fn every_document_is_as_its_published_schema_says() -> Result<()> {
    let Some(crds) = Crds::find()? else { return Ok(()) };
    let (mut checked, mut unchecked) = (Vec::new(), Vec::new());
    for manifest in Manifest::all() {
        for document in manifest.documents()? {
            let kind = document["kind"].as_str().context("a document has no kind")?.to_owned();
            let Some(schema) = crds.schema(&document) else {
                unchecked.push(kind);
                continue;
            };
            let problems = schema::problems(schema, &document)?;
            assert!(problems.is_empty(), "{}: {kind}: {problems:#?}", manifest.file);
            checked.push(kind);
        }
    }
    checked.sort();
    unchecked.sort();
    let plugins =
        ["EnvoyExtensionPolicy", "RequestAuthentication", "TrafficExtension", "WasmPlugin"];
    assert_eq!(checked, plugins);
    assert_eq!(unchecked, UNCHECKED);
    Ok(())
}

#[test]
fn what_the_schemas_do_not_know_is_refused() -> Result<()> {
    let Some(crds) = Crds::find()? else { return Ok(()) };
    let [istio, extension, gateway] = Manifest::all();
    for (manifest, kind, place, key, value, expected) in [
        (&gateway, "EnvoyExtensionPolicy", "/spec/wasm/0", "failOpen", json!("false"), "boolean"),
        (&gateway, "EnvoyExtensionPolicy", "/spec/wasm/0", "failopen", json!(false), "failopen"),
        (&gateway, "EnvoyExtensionPolicy", "/spec/wasm/0/code/image", "uri", json!("x"), "uri"),
        (&istio, "WasmPlugin", "/spec", "failStrategy", json!("FAIL_CLOSED"), "FAIL_CLOSED"),
        (&istio, "WasmPlugin", "/spec", "priority", json!("1000"), "integer"),
        (&istio, "WasmPlugin", "/spec", "phase", json!("AUTHORIZATION"), "AUTHORIZATION"),
        (&istio, "WasmPlugin", "/spec", "sha256", json!("sha256:00"), "sha256:00"),
        (&istio, "WasmPlugin", "/metadata", "namspace", json!("x"), "namspace"),
        (&istio, "RequestAuthentication", "/spec/jwtRules/0", "jwksURI", json!("x"), "jwksURI"),
        (&istio, "RequestAuthentication", "/spec/jwtRules/0", "audiences", json!("api"), "array"),
        (&extension, "TrafficExtension", "/spec", "url", json!("oci://x"), "url"),
        (&extension, "TrafficExtension", "/spec/wasm", "url", json!(null), "string"),
    ] {
        let mut document = manifest.document(kind)?;
        document.pointer_mut(place).context("no such place")?[key] = value;
        let schema = crds.schema(&document).context("no schema")?;
        let problems = schema::problems(schema, &document)?.join("\n");
        assert!(problems.contains(expected), "{kind} {place}/{key}: {problems:?}");
    }
    Ok(())
}

#[test]
fn every_manifest_holds_the_sample_policy_but_for_who_verifies() -> Result<()> {
    for manifest in Manifest::all() {
        let mut expected = sample_policy()?;
        expected["issuers"][0]["signature"] = manifest.signature.clone();
        let policy = manifest.policy()?;
        assert_eq!(policy, expected, "{}", manifest.file);
        let gate = Gate::from_configuration(policy.to_string().as_bytes())?;
        assert!(gate.warnings().is_empty(), "{}: {:?}", manifest.file, gate.warnings());
    }
    Ok(())
}

#[test]
fn nothing_in_them_fails_open() -> Result<()> {
    let [istio, extension, gateway] = Manifest::all();
    assert_eq!(istio.plugin()?["failStrategy"], "FAIL_RELOAD");
    assert_eq!(extension.plugin()?["failStrategy"], "FAIL_RELOAD");
    assert_eq!(gateway.plugin()?["failOpen"], false);
    Ok(())
}

#[test]
fn who_verifies_looks_for_what_the_policy_trusts() -> Result<()> {
    let sample = sample_policy()?;
    let issuer = &sample["issuers"][0];
    let [istio, extension, gateway] = Manifest::all();

    let authentication = istio.document("RequestAuthentication")?;
    let plugin = istio.document("WasmPlugin")?;
    assert_eq!(authentication["spec"]["selector"], plugin["spec"]["selector"]);
    assert_eq!(authentication["metadata"]["namespace"], plugin["metadata"]["namespace"]);
    let rule = &authentication["spec"]["jwtRules"][0];
    assert_eq!((&rule["issuer"], &rule["audiences"]), (&issuer["issuer"], &issuer["audiences"]));

    let provider = &gateway.document("SecurityPolicy")?["spec"]["jwt"]["providers"][0];
    assert_eq!(provider["name"], gateway.signature["jwt_authn"]["metadata"]);
    assert_eq!(
        (&provider["issuer"], &provider["audiences"]),
        (&issuer["issuer"], &issuer["audiences"])
    );
    for document in gateway.documents()? {
        let target = json!([
            { "group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "eg" }
        ]);
        assert_eq!(document["spec"]["targetRefs"], target, "{}", document["kind"]);
    }

    let entry = extension.document("ServiceEntry")?;
    let (host, port) = (&entry["spec"]["hosts"][0], &entry["spec"]["ports"][0]["number"]);
    let host = host.as_str().context("the host is not a string")?;
    let cluster = format!("outbound|{port}||{host}");
    assert_eq!(extension.signature["remote_jwks"]["cluster"], cluster.as_str());
    let destination = extension.document("DestinationRule")?;
    assert_eq!(destination["spec"]["host"], host);
    let tls = &destination["spec"]["trafficPolicy"]["tls"];
    assert_eq!((&tls["mode"], &tls["subjectAltNames"]), (&json!("SIMPLE"), &json!([host])));
    Ok(())
}
