//! Finding the policies of a file.

use super::span::{Span, Syntax};
use super::tree::{Kind, Node, read};
use super::{Found, Holder, embedded, envoy, kubernetes};

/// What is in a file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) policies: Vec<Found>,
    /// Where tokens are verified ahead of claimgate: Envoy's `jwt_authn`, and what becomes one.
    pub(crate) jwt_authn: Vec<Span>,
    /// Every `payload_in_metadata` of Envoy's `jwt_authn`; none where that is not in the file.
    pub(crate) payloads: Option<Vec<String>>,
    /// Every Wasm filter's `vm_id`, and where it stands.
    pub(crate) vm_ids: Vec<(String, Span)>,
    /// Where routes switch a filter off: the path, which ends in the filter's name, and what says so.
    pub(crate) switched_off: Vec<(String, Span)>,
    /// The names of Wasm filters that are not claimgate's.
    others: Vec<String>,
    /// What the documents are, for whoever looks for a policy in vain.
    documents: Vec<String>,
}

/// The way through a document.
pub(super) struct Finder<'f> {
    pub(super) text: &'f str,
    pub(super) contents: Contents,
}

impl Contents {
    /// Reads a file's text, and finds what it has.
    pub(crate) fn find(text: &str) -> Result<Self, Syntax> {
        let documents = read(text)?;
        let mut finder = Finder { text, contents: Self::default() };
        for document in documents {
            finder.contents.documents.push(describe(&document));
            finder.document(document);
        }
        Ok(finder.contents)
    }

    /// What was looked for in a file without a policy, and what is there instead.
    pub(crate) fn nothing(&self) -> String {
        let found = match (&*self.others, &*self.documents) {
            ([], []) => "the file is empty".to_owned(),
            ([], documents) => format!("found {}", documents.join("; ")),
            (others, _) => format!(
                "found Wasm filters that are not claimgate's, by their names and configuration: {}",
                others.join(", ")
            ),
        };
        format!(
            "no policy: expected an object with `rules`, or Envoy configuration with a Wasm filter, an Istio \
             WasmPlugin, TrafficExtension or EnvoyFilter, or an EnvoyExtensionPolicy, that names claimgate or has \
             such an object; {found}"
        )
    }
}

impl Finder<'_> {
    fn document(&mut self, document: Node) {
        if document.get("rules").is_some() || document.get("issuers").is_some() {
            self.contents.policies.push(Found {
                path: String::new(),
                holder: Holder::Document,
                exact: true,
                config: Ok(document),
                settings: None,
                filter: None,
                disabled: None,
            });
            return;
        }
        self.walk(&document, "", None);
    }

    /// Looks at a value and all that it holds. Recursion is bounded by the reader's depth.
    pub(super) fn walk(&mut self, node: &Node, path: &str, parent: Option<&Node>) {
        if envoy::filter(self, node, path, parent) || kubernetes::object(self, node, path) {
            return;
        }
        for (index, element) in node.elements().iter().enumerate() {
            self.walk(element, &format!("{path}[{index}]"), Some(node));
        }
        for member in node.members() {
            self.walk(&member.value, &below(path, &member.key), Some(node));
        }
    }

    /// Looks at the documents that a string holds, if it holds any.
    pub(super) fn walk_text(&mut self, string: &Node, path: &str) {
        for document in embedded::yaml(string, self.text).unwrap_or_default() {
            let before = self.contents.policies.len();
            self.document(document);
            for found in self.contents.policies.iter_mut().skip(before) {
                found.path = below(path, &found.path);
            }
        }
    }

    /// Takes a Wasm filter's policy, if the filter is claimgate's.
    pub(super) fn plugin(&mut self, plugin: &Plugin<'_>, found: Found) {
        if let Some(vm_id) = plugin.vm_id {
            let text = vm_id.text().unwrap_or_default().to_owned();
            self.contents.vm_ids.push((text, vm_id.span.clone()));
        }
        let has_rules = found.config.as_ref().is_ok_and(|config| config.get("rules").is_some());
        let named = plugin.names.iter().any(|name| name.contains("claimgate"));
        if has_rules || named {
            self.contents.policies.push(found);
        } else {
            let name = plugin.names.first().map_or("a filter without a name", |name| name);
            self.contents.others.push(format!("{name:?}"));
        }
    }
}

/// By what a Wasm filter may be known.
#[derive(Default)]
pub(super) struct Plugin<'n> {
    pub(super) names: Vec<&'n str>,
    pub(super) vm_id: Option<&'n Node>,
}

/// `a.b`; either may be empty, and `b` may be an index.
pub(super) fn below(path: &str, key: &str) -> String {
    let dot = if path.is_empty() || key.is_empty() || key.starts_with('[') { "" } else { "." };
    format!("{path}{dot}{key}")
}

/// An object without one of its members.
pub(super) fn without(object: &Node, key: &str) -> Node {
    let members = object.members().iter().filter(|member| member.key != key).cloned();
    Node { span: object.span.clone(), kind: Kind::Object(members.collect()) }
}

/// What a document is, in a few words.
fn describe(document: &Node) -> String {
    const NAMED: usize = 5;
    let text = |key| document.get(key).and_then(Node::text);
    match (&document.kind, text("kind"), text("@type")) {
        (_, Some(kind), _) => format!("kind {kind:?}"),
        (_, _, Some(name)) => format!("@type {name:?}"),
        (Kind::Object(members), ..) => {
            let keys: Vec<_> =
                members.iter().take(NAMED).map(|member| format!("{:?}", member.key)).collect();
            let more = if members.len() > NAMED { ", …" } else { "" };
            format!("an object with {}{more}", keys.join(", "))
        }
        (Kind::List(_), ..) => "a list".to_owned(),
        (Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_), ..) => {
            "a single value".to_owned()
        }
    }
}
