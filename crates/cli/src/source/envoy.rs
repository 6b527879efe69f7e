//! Envoy's own configuration: HTTP filters, wherever they are listed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::find::{Finder, Plugin, below, without};
use super::span::{Span, Syntax};
use super::tree::{Kind, Member, Node};
use super::{Found, Holder, embedded};

/// Looks at a value that may be a filter's `typed_config`; whether it is claimed.
pub(super) fn filter(
    finder: &mut Finder<'_>,
    node: &Node,
    path: &str,
    parent: Option<&Node>,
) -> bool {
    let Some((name, filter, path)) = typed(node, path) else { return false };
    if name.ends_with(".jwt_authn.v3.JwtAuthentication") {
        finder.contents.jwt_authn.push(node.span.clone());
        finder.contents.payloads.get_or_insert_default().extend(payloads(filter));
        return true;
    }
    if name.ends_with(".route.v3.FilterConfig") {
        let off = off(filter).map(|span| (path.clone(), span));
        finder.contents.switched_off.extend(off);
        return false;
    }
    let config = filter.get("config").filter(|_| name.ends_with(".http.wasm.v3.Wasm"));
    let Some(config) = config else { return false };
    let (configuration, inner) = configuration(config, finder.text);
    let plugin = Plugin {
        names: names(config, parent),
        vm_id: vm(config).and_then(|vm| field(vm, "vm_id")),
    };
    let found = Found {
        path: below(&path, &below("config", inner)),
        holder: Holder::Filter,
        exact: config.get("configuration").is_some_and(|any| !is_struct(any)),
        config: configuration,
        settings: Some(without(config, "configuration")),
        filter: parent.and_then(|parent| parent.get("name")?.text().map(str::to_owned)),
        disabled: parent.and_then(off),
    };
    finder.plugin(&plugin, found);
    true
}

/// Where a filter, or what a route says of it, is switched off.
fn off(filter: &Node) -> Option<Span> {
    let disabled = field(filter, "disabled").filter(|disabled| disabled.is_on())?;
    Some(disabled.span.clone())
}

/// A message with the name of its type, unwrapped where it is inside a `TypedStruct`.
fn typed<'n>(node: &'n Node, path: &str) -> Option<(&'n str, &'n Node, String)> {
    let name = node.get("@type")?.text()?;
    if !name.ends_with(".TypedStruct") {
        return Some((name, node, path.to_owned()));
    }
    let name = field(node, "type_url")?.text()?;
    Some((name, node.get("value")?, below(path, "value")))
}

/// Where the providers of a `jwt_authn` leave claims.
fn payloads(filter: &Node) -> impl Iterator<Item = String> {
    let providers = filter.get("providers").map_or(&[][..], Node::members).iter();
    providers.filter_map(|one| field(&one.value, "payload_in_metadata")?.text().map(str::to_owned))
}

/// The plugin's configuration as it hands it to the module, and where that is below the plugin's.
fn configuration(plugin: &Node, file: &str) -> (Result<Node, Syntax>, &'static str) {
    const HERE: &str = "configuration";
    let refused = |message: &str, node: &Node| {
        (Err(Syntax { message: message.to_owned(), span: node.span.clone() }), HERE)
    };
    let Some(any) = plugin.get("configuration") else {
        return refused("claimgate has no `configuration` here", plugin);
    };
    let Some(name) = any.get("@type").and_then(Node::text) else {
        return refused("`configuration` has no `@type`; expected google.protobuf.Struct", any);
    };
    let Some(value) = any.get("value") else {
        return refused("`configuration` has no `value`", any);
    };
    let known = name.rsplit_once("google.protobuf.").map_or("", |(_, name)| name);
    let config = match (known, &value.kind) {
        ("Struct", Kind::Object(_)) => Ok(value.clone()),
        ("StringValue", Kind::Text(_)) => embedded::json(value, file),
        ("BytesValue", Kind::Text(text)) => bytes(text, value),
        ("Struct" | "StringValue" | "BytesValue", _) => {
            return refused(&format!("`value` is not a google.protobuf.{known}"), value);
        }
        _ => {
            let message = "expected google.protobuf.Struct, StringValue or BytesValue";
            return refused(message, any.get("@type").unwrap_or(any));
        }
    };
    (config, "configuration.value")
}

fn is_struct(any: &Node) -> bool {
    any.get("@type").and_then(Node::text).is_some_and(|name| name.ends_with(".Struct"))
}

/// JSON in base64: where its parts are cannot be shown.
fn bytes(base64: &str, value: &Node) -> Result<Node, Syntax> {
    let refused = |message: &str| Syntax { message: message.to_owned(), span: value.span.clone() };
    let decoded = STANDARD.decode(base64).map_err(|_| refused("`value` is not base64"))?;
    let text = String::from_utf8(decoded).map_err(|_| refused("`value` is not UTF-8 text"))?;
    embedded::json(&Node { kind: Kind::Text(text), span: value.span.clone() }, "")
}

/// All that names the filter and its module.
fn names<'n>(config: &'n Node, parent: Option<&'n Node>) -> Vec<&'n str> {
    let code = vm(config).and_then(|vm| vm.get("code"));
    let local = code.and_then(|code| code.get("local")?.get("filename"));
    let remote = code.and_then(|code| field(code.get("remote")?, "http_uri")?.get("uri"));
    let vm_id = vm(config).and_then(|vm| field(vm, "vm_id"));
    [
        parent.and_then(|parent| parent.get("name")),
        config.get("name"),
        field(config, "root_id"),
        vm_id,
        local,
        remote,
    ]
    .into_iter()
    .filter_map(|name| name?.text())
    .filter(|name| !name.is_empty())
    .collect()
}

fn vm(config: &Node) -> Option<&Node> {
    field(config, "vm_config")
}

/// A field of a message, which may be written `like_this` or `likeThis`.
pub(crate) fn field<'n>(message: &'n Node, name: &str) -> Option<&'n Node> {
    field_member(message, name).map(|member| &member.value)
}

/// As [`field`], with its key.
pub(crate) fn field_member<'n>(message: &'n Node, name: &str) -> Option<&'n Member> {
    let mut camel = String::new();
    for (index, word) in name.split('_').enumerate() {
        let (first, rest) = word.split_at_checked(usize::from(index > 0)).unwrap_or_default();
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    message.member(name).or_else(|| message.member(&camel))
}
