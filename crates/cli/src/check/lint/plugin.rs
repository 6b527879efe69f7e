//! What is around a policy: how Envoy runs the module.

use super::super::{Finding, Severity, Subject};
use crate::source::{Contents, Found, Holder, Kind, Member, Node, Span, field, field_member};

/// Looks at the settings beside a policy, whatever that is.
pub(in super::super) fn plugin(found: &Found, contents: &Contents, findings: &mut Vec<Finding>) {
    let Some(settings) = &found.settings else { return };
    let mut plugin = Plugin { found, settings, findings };
    match found.holder {
        Holder::Document => {}
        Holder::Filter => {
            if !plugin.fails_open("fail_open") {
                plugin.failure("failure_policy", &["FAIL_CLOSED", "UNSPECIFIED"]);
            }
            plugin.asked();
            plugin.on(contents);
            plugin.vm(contents);
        }
        Holder::WasmPlugin | Holder::TrafficExtension => {
            plugin.failure("failStrategy", &["FAIL_CLOSE"]);
        }
        Holder::ExtensionPolicy => {
            plugin.fails_open("failOpen");
        }
    }
}

/// That a filter which fetches keys may do what that takes.
pub(super) fn capabilities(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    const NEEDED: [&str; 8] = [
        "proxy_http_call",
        "proxy_on_http_call_response",
        "proxy_set_tick_period_milliseconds",
        "proxy_on_tick",
        "proxy_on_request_body",
        "proxy_on_request_trailers",
        "proxy_set_effective_context",
        "proxy_continue_stream",
    ];
    let Some(settings) = &subject.found.settings else { return };
    let Some((allowed, span)) = allowed_capabilities(settings) else { return };
    if subject.gate.remote_keys().next().is_none() || !asks(allowed) {
        return;
    }
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| allowed.get(name).is_none()).collect();
    if !missing.is_empty() {
        let message = format!("keys are fetched, and that takes `{}`, too", missing.join("`, `"));
        let mut plugin = Plugin { found: subject.found, settings, findings };
        plugin.push("missing-capability", CAPABILITIES, message, span);
    }
}

struct Plugin<'c> {
    found: &'c Found,
    settings: &'c Node,
    findings: &'c mut Vec<Finding>,
}

impl Plugin<'_> {
    /// Whether a switch is on that lets requests pass where claimgate cannot decide.
    fn fails_open(&mut self, key: &str) -> bool {
        let on = |member: &&Member| member.value.is_on();
        let Some(member) = field_member(self.settings, key).filter(on) else { return false };
        let (key, span) = (member.key.clone(), member.value.span.clone());
        self.open(&key, "true", span);
        true
    }

    /// What happens to requests where claimgate has crashed: these, or nothing said, stop them for good.
    fn failure(&mut self, key: &'static str, closed: &[&str]) {
        let Some(member) = field_member(self.settings, key) else {
            let start = self.settings.span.start;
            let message = format!(
                "`{key}` is not set: after one crash every request is answered 503 until Envoy is restarted; \
                 `FAIL_RELOAD` recovers"
            );
            return self.push("no-reload", key, message, start..start);
        };
        let (key, span) = (member.key.clone(), member.value.span.clone());
        match &*word(&member.value) {
            "FAIL_OPEN" => self.open(&key, "FAIL_OPEN", span),
            policy if closed.contains(&policy) => {
                let message = format!(
                    "with `{policy}`, after one crash every request is answered 503 until Envoy is restarted; \
                     `FAIL_RELOAD` recovers"
                );
                self.push("no-reload", &key, message, span);
            }
            _ => {}
        }
    }

    fn open(&mut self, key: &str, value: &str, span: Span) {
        let message = format!(
            "with `{key}: {value}`, every request passes unchecked once claimgate has crashed or does not load"
        );
        self.push("fail-open", key, message, span);
    }

    /// That Envoy asks at all.
    fn asked(&mut self) {
        let Some((allowed, span)) = allowed_capabilities(self.settings) else { return };
        // An empty list restricts nothing.
        if !allowed.members().is_empty() && !asks(allowed) {
            let message = "without `proxy_on_request_headers` Envoy never asks claimgate, and every request passes";
            self.push("never-asked", CAPABILITIES, message.to_owned(), span);
        }
    }

    /// That it is not switched off.
    fn on(&mut self, contents: &Contents) {
        if let Some(span) = &self.found.disabled {
            let message =
                "the filter is `disabled`: every request passes, but on routes that switch it on"
                    .to_owned();
            self.push("switched-off", "disabled", message, span.clone());
        }
        let name = self.found.filter.as_deref().filter(|name| !name.is_empty());
        let Some(name) = name else { return };
        for (path, span) in &contents.switched_off {
            if path.ends_with(&format!(".{name}")) {
                let message = format!("filter {name:?} is `disabled` here: every request passes");
                let span = span.clone();
                let severity = Severity::Warning;
                let (name, place) = (Some("switched-off"), path.clone());
                self.findings.push(Finding { severity, name, place, message, span });
            }
        }
    }

    /// That nothing else is in its virtual machine.
    fn vm(&mut self, contents: &Contents) {
        let vm_id = field(self.settings, "vm_config").and_then(|vm| field(vm, "vm_id"));
        let Some((vm_id, text)) = vm_id.and_then(|node| Some((node, node.text()?))) else { return };
        let filters = contents.vm_ids.iter().filter(|(other, _)| !text.is_empty() && other == text);
        if filters.count() > 1 {
            let message = format!(
                "`vm_id` {text:?} is another Wasm filter's too: where they share a virtual machine, a crash of one is one \
                 of both"
            );
            self.push("shared-vm", "vm_config.vm_id", message, vm_id.span.clone());
        }
    }

    fn push(&mut self, name: &'static str, key: &str, message: String, span: Span) {
        let error = super::super::names::LINTS.iter().any(|lint| lint.name == name && lint.error);
        let severity = if error { Severity::Error } else { Severity::Warning };
        let place = format!("{}.{key}", self.found.beside());
        self.findings.push(Finding { severity, name: Some(name), place, message, span });
    }
}

/// Where it is said what Envoy lets a module do and be called for; before Envoy 1.40 it stands beside `vm_config`.
const CAPABILITIES: &str = "capability_restriction_config.allowed_capabilities";

/// What Envoy lets a module do and be called for, and where that is said.
fn allowed_capabilities(settings: &Node) -> Option<(&Node, Span)> {
    let inside = field(settings, "vm_config").into_iter().chain([settings]);
    let mut restrictions = inside.filter_map(|node| field(node, "capability_restriction_config"));
    let member = field_member(restrictions.next()?, "allowed_capabilities")?;
    Some((&member.value, member.key_span.clone()))
}

/// The word of an enumeration, which Envoy takes in any case, and as its number.
fn word(value: &Node) -> String {
    let word = match &value.kind {
        Kind::Number(number) => number.to_string(),
        _ => value.text().unwrap_or_default().trim().to_ascii_uppercase(),
    };
    match word.as_str() {
        "0" => "UNSPECIFIED".to_owned(),
        "1" => "FAIL_RELOAD".to_owned(),
        "2" => "FAIL_CLOSED".to_owned(),
        "3" => "FAIL_OPEN".to_owned(),
        _ => word.replace('-', "_"),
    }
}

fn asks(allowed: &Node) -> bool {
    allowed.get("proxy_on_request_headers").is_some()
}
