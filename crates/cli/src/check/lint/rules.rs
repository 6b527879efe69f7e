//! Rules that surely mean something else beside each other.

use super::super::{Finding, Subject};

/// Rules that never govern.
pub(super) fn unreachable(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let rules = subject.gate.rules().iter().zip(subject.gate.examples()).enumerate();
    for (index, (rule, example)) in rules {
        if example.is_none() {
            let message = format!(
                "rule `{}` never governs: more specific rules govern everything that it matches",
                rule.name
            );
            findings.push(about(subject, "unreachable-rule", index, message));
        }
    }
}

/// Public rules in the trees of others.
pub(super) fn holes(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for hole in subject.gate.holes() {
        let (name, path) = (&hole.protected.rule.name, hole.protected.path.to_string());
        // A generated name has its path in it.
        let path = if name.contains(&path) { String::new() } else { format!(" (`{path}`)") };
        let open = &hole.open.rule.name;
        let message = format!("rule `{open}` makes public what rule `{name}`{path} protects");
        findings.push(about(subject, "public-in-protected", hole.rule, message));
    }
}

/// Public rules that a semicolon leads to.
pub(super) fn disguises(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for disguise in subject.gate.disguises() {
        let message = format!(
            "with `semicolon: allow`, the public rule `{}` governs `{}`, which Java servers take for a path of rule `{}`",
            disguise.open.name, disguise.path, disguise.protected.name
        );
        findings.push(about(subject, "public-by-semicolon", disguise.rule, message));
    }
}

fn about(subject: &Subject<'_>, name: &'static str, rule: usize, message: String) -> Finding {
    let place = subject.paths_of(rule);
    let at = subject.at(&place);
    Finding::warning(name, place, message, at)
}
