//! Words that YAML 1.1 takes for true or false: claimgate's own YAML is 1.2, that of Envoy and Kubernetes is not.

use super::super::{Finding, Severity, Subject};
use crate::source::{Holder, Node};

/// Strings without quotes that whoever reads the file in earnest takes for booleans.
pub(super) fn booleans(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.found.holder != Holder::Document {
        look(subject.root, "", subject, findings);
    }
}

/// Recursion is bounded by the reader's depth.
fn look(node: &Node, place: &str, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    const WORDS: [&str; 6] = ["y", "yes", "on", "n", "no", "off"];
    if let Some(word) = node.text() {
        let lower = word.to_ascii_lowercase();
        let plain = subject.file.text.get(node.span.clone()) == Some(word);
        if plain && WORDS.contains(&lower.as_str()) {
            findings.push(Finding {
                severity: Severity::Warning,
                name: Some("yaml-boolean"),
                place: place.to_owned(),
                message: format!(
                    "`{word}` without quotes is true or false to those who hand it over; write \"{word}\""
                ),
                span: node.span.clone(),
            });
        }
    }
    for (index, element) in node.elements().iter().enumerate() {
        look(element, &format!("{place}[{index}]"), subject, findings);
    }
    for member in node.members() {
        let dot = if place.is_empty() { "" } else { "." };
        look(&member.value, &format!("{place}{dot}{}", member.key), subject, findings);
    }
}
