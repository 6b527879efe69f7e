//! What is taken and should be looked at.

mod metadata;
mod plugin;
mod roles;
mod rules;
mod scalars;

pub(super) use self::plugin::plugin;
use super::{Finding, Subject};
use crate::source::Place;

/// Looks at a policy that is taken.
pub(super) fn policy(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    of_gate(subject, findings);
    plugin::capabilities(subject, findings);
    metadata::unwritten(subject, findings);
    roles::unused(subject, findings);
    rules::unreachable(subject, findings);
    rules::holes(subject, findings);
    rules::disguises(subject, findings);
    scalars::scalars(subject, findings);
}

/// What claimgate warns about itself.
fn of_gate(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for warning in subject.gate.warnings() {
        let mut message = warning.message.clone();
        if warning.name == "decode-only" {
            if !subject.contents.jwt_authn.is_empty() {
                continue;
            }
            message.push_str("; nothing in this file does");
        }
        let at = subject.at(&warning.place);
        findings.push(Finding::warning(warning.name, &*warning.place, message, at));
    }
}

impl<'c> Subject<'c> {
    fn at(&self, place: &str) -> Place<'c> {
        Place::find(self.root, place)
    }

    /// Where a rule says its paths.
    fn paths_of(&self, rule: usize) -> String {
        let row = format!("rules[{rule}]");
        let node = self.at(&row).node;
        let key = ["path", "paths", "grpc"].into_iter().find(|key| node.get(key).is_some());
        key.map_or(row.clone(), |key| format!("{row}.{key}"))
    }
}
