//! What other readers of YAML take for something else: claimgate's own YAML is 1.2, those of Envoy and Kubernetes are not.

use super::super::{Finding, Severity, Subject};
use crate::source::{Holder, Kind, Node};

/// Who reads a file in earnest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// It takes a number for one where it is whole and has 32 bits; any other is text.
    Envoy,
    Kubernetes,
}

/// Words and numbers without quotes that whoever reads the file in earnest takes for something else.
pub(super) fn scalars(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let found = subject.found;
    let reader = match found.holder {
        Holder::Document => return,
        // The configuration is JSON, and that is in quotes; or all is JSON.
        Holder::Filter if found.exact || is_json(&subject.file.text) => return,
        Holder::Filter if !found.path.contains("configPatches[") => Reader::Envoy,
        _ => Reader::Kubernetes,
    };
    look(subject.root, "", reader, subject, findings);
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Recursion is bounded by the reader's depth.
fn look(
    node: &Node,
    place: &str,
    reader: Reader,
    subject: &Subject<'_>,
    findings: &mut Vec<Finding>,
) {
    let source = subject.file.text.get(node.span.clone()).unwrap_or_default();
    let other = boolean(node, source).or_else(|| number(node, source, reader));
    if let Some((name, message)) = other {
        findings.push(Finding {
            severity: Severity::Warning,
            name: Some(name),
            place: place.to_owned(),
            message: format!("`{source}` without quotes is {message}"),
            span: node.span.clone(),
        });
    }
    for (index, element) in node.elements().iter().enumerate() {
        look(element, &format!("{place}[{index}]"), reader, subject, findings);
    }
    for member in node.members() {
        let dot = if place.is_empty() { "" } else { "." };
        look(&member.value, &format!("{place}{dot}{}", member.key), reader, subject, findings);
    }
}

fn boolean(node: &Node, source: &str) -> Option<(&'static str, String)> {
    const WORDS: [&str; 6] = ["y", "yes", "on", "n", "no", "off"];
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(source));
    let taken =
        format!("true or false to those who hand it over; where text is meant, write \"{source}\"");
    (is_word && node.text() == Some(source)).then_some(("yaml-boolean", taken))
}

fn number(node: &Node, source: &str, reader: Reader) -> Option<(&'static str, String)> {
    let own = match &node.kind {
        Kind::Number(number) => number.as_f64(),
        // A tag makes it one (`!!str 5`), which Envoy overlooks.
        Kind::Text(text) if reader == Reader::Envoy && text == source => None,
        _ => return None,
    };
    let octal = source.trim_start_matches(['+', '-']).starts_with('0');
    let taken = match (whole(source), reader) {
        (Some(other), Reader::Envoy) if own != Some(f64::from(other)) => {
            format!("the number {other} to Envoy")
        }
        (Some(other), Reader::Kubernetes) if octal && own != Some(f64::from(other)) => {
            format!("the number {other} to Kubernetes")
        }
        (None, Reader::Envoy) if own.is_some() => {
            "text to Envoy, whose YAML has whole numbers of 32 bits only; where a \
             number is meant, hand the policy over as JSON, in a `google.protobuf.StringValue`"
                .to_owned()
        }
        _ => return None,
    };
    Some(("yaml-number", taken))
}

/// The whole number of 32 bits that a text is as C reads it: `010` is 8.
fn whole(text: &str) -> Option<i32> {
    let digits = text.trim_start_matches(['+', '-']);
    let (radix, digits) = match digits.strip_prefix('0') {
        Some("") | None => (10, digits),
        Some(octal) => match octal.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => (16, hexadecimal),
            None => (8, octal),
        },
    };
    let signs = text.len().saturating_sub(text.trim_start_matches(['+', '-']).len());
    if signs > 1 || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let size = i64::from_str_radix(digits, radix).ok()?;
    let number = if text.starts_with('-') { size.checked_neg()? } else { size };
    i32::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Envoy 1.40 reads them.
    #[test]
    fn whole_numbers_are_those_of_c() {
        for (text, number) in [
            ("5", Some(5)),
            ("+5", Some(5)),
            ("-0", Some(0)),
            ("00", Some(0)),
            ("010", Some(8)),
            ("0x10", Some(16)),
            ("0X1F", Some(31)),
            ("-2147483648", Some(i32::MIN)),
            ("2147483648", None),
            ("08", None),
            ("0o10", None),
            ("0b11", None),
            ("0x", None),
            ("0x1G", None),
            ("1_000", None),
            ("60.0", None),
            ("5.", None),
            (".5", None),
            ("1e2", None),
            ("--5", None),
            ("-+5", None),
            ("", None),
        ] {
            assert_eq!(whole(text), number, "{text}");
        }
    }
}
