//! Roles and permissions that make no difference.

use std::collections::BTreeSet;

use super::super::{Finding, Subject};
use crate::source::Node;

/// Roles that nobody inherits and no rule has use for; permissions that no rule asks for.
pub(super) fn unused(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(roles) = subject.root.get("roles") else { return };
    let usage = subject.gate.usage();
    let inherited: BTreeSet<&str> = roles
        .members()
        .iter()
        .flat_map(|role| texts(&role.value, "inherits"))
        .map(|(_, name)| name)
        .collect();
    for role in roles.members() {
        let name = role.key.as_str();
        let mut warn = |lint: &'static str, place: String, message: String| {
            let at = subject.at(&place);
            findings.push(Finding::warning(lint, place, message, at));
        };
        if !usage.role(name) && !inherited.contains(name) {
            let message = format!("no rule has use for role {name:?}, and no role inherits it");
            warn("unused-role", format!("roles.{name}"), message);
            continue;
        }
        for (index, permission) in texts(&role.value, "permissions") {
            if !usage.permission(permission) {
                let message = format!("no rule asks for {permission:?}");
                warn("unused-permission", format!("roles.{name}.permissions[{index}]"), message);
            }
        }
    }
}

/// The texts of a list, each with its index.
fn texts<'n>(role: &'n Node, list: &str) -> impl Iterator<Item = (usize, &'n str)> {
    let elements = role.get(list).map_or(&[][..], Node::elements).iter().enumerate();
    elements.filter_map(|(index, element)| Some((index, element.text()?)))
}
