//! Kubernetes objects: Istio's and Envoy Gateway's, and a `ConfigMap` with any of them or a policy.

use super::find::{Finder, Plugin, below, without};
use super::span::Syntax;
use super::tree::{Kind, Node};
use super::{Found, Holder};

/// Looks at a value that may be an object with a `kind`; whether it is claimed.
pub(super) fn object(finder: &mut Finder<'_>, node: &Node, path: &str) -> bool {
    let Some(kind) = node.get("kind").and_then(Node::text) else { return false };
    let Some(body) = node.get(if kind == "ConfigMap" { "data" } else { "spec" }) else {
        return false;
    };
    let spec = below(path, "spec");
    match kind {
        "WasmPlugin" => istio(finder, node, body, &spec, Holder::WasmPlugin),
        "TrafficExtension" => {
            let Some(wasm) = body.get("wasm") else { return false };
            istio(finder, node, wasm, &below(&spec, "wasm"), Holder::TrafficExtension);
        }
        "EnvoyExtensionPolicy" => {
            let all = body.get("wasm").map_or(&[][..], Node::elements);
            let only = if all.len() == 1 { name(node) } else { None };
            for (index, wasm) in all.iter().enumerate() {
                gateway(finder, wasm, only, &format!("{spec}.wasm[{index}]"));
            }
        }
        "ConfigMap" => {
            for member in body.members().iter().filter(|member| member.value.text().is_some()) {
                let path = below(&below(path, "data"), &member.key);
                finder.walk_text(&member.value, &path);
            }
        }
        "RequestAuthentication" if body.get("jwtRules").is_some() => {
            finder.contents.jwt_authn.push(body.span.clone());
        }
        "SecurityPolicy" if body.get("jwt").is_some() => {
            finder.contents.jwt_authn.push(body.span.clone());
        }
        _ => return false,
    }
    true
}

fn istio(finder: &mut Finder<'_>, object: &Node, wasm: &Node, path: &str, holder: Holder) {
    let of_wasm = ["pluginName", "url"].map(|key| wasm.get(key).and_then(Node::text));
    let names = [name(object)].into_iter().chain(of_wasm).flatten().collect();
    take(finder, &Plugin { names, vm_id: None }, (wasm, path, "pluginConfig"), holder);
}

fn gateway(finder: &mut Finder<'_>, wasm: &Node, policy: Option<&str>, path: &str) {
    let code = ["image", "http"].map(|way| wasm.get("code")?.get(way)?.get("url")?.text());
    let own = ["name", "rootID"].map(|key| wasm.get(key).and_then(Node::text));
    let names = own.into_iter().chain([policy]).chain(code).flatten().collect();
    take(finder, &Plugin { names, vm_id: None }, (wasm, path, "config"), Holder::ExtensionPolicy);
}

/// Takes the policy that an object has under this key.
fn take(
    finder: &mut Finder<'_>,
    plugin: &Plugin<'_>,
    (wasm, path, key): (&Node, &str, &str),
    holder: Holder,
) {
    let refused = |message: String, node: &Node| Syntax { message, span: node.span.clone() };
    let config = match wasm.get(key) {
        None => Err(refused(format!("claimgate has no `{key}` here"), wasm)),
        Some(config) if matches!(config.kind, Kind::Object(_)) => Ok(config.clone()),
        Some(other) => Err(refused(format!("`{key}` is not an object"), other)),
    };
    let settings = Some(without(wasm, key));
    // Istio's API has a `google.protobuf.Struct` there, Envoy Gateway's any JSON.
    let exact = holder == Holder::ExtensionPolicy;
    finder.plugin(
        plugin,
        Found {
            path: below(path, key),
            holder,
            exact,
            config,
            settings,
            filter: None,
            disabled: None,
        },
    );
}

/// `metadata.name`.
fn name(object: &Node) -> Option<&str> {
    object.get("metadata")?.get("name")?.text()
}
