//! A claim as the value of a header.
//!
//! What cannot be written so that every reader takes it for what it is, is not written at all: half an identity, or one
//! that reads as another, is worse than none. (docs/adr/0019)

use serde_json::{Number, Value};

use crate::escape::escaped;

/// How a claim is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Notation {
    /// As it is, the elements of an array joined by commas.
    #[default]
    Csv,
    /// As JSON, in ASCII.
    Json,
}

impl Notation {
    /// The value of the header; none where the claim has no such form.
    pub(crate) fn write(self, claim: &Value) -> Option<String> {
        let text = match (self, claim) {
            (Self::Csv, Value::Array(elements)) => {
                elements.iter().map(plain).collect::<Option<Vec<_>>>()?.join(",")
            }
            (Self::Csv, scalar) => plain(scalar)?,
            (Self::Json, Value::Array(elements)) => json(claim, elements)?,
            (Self::Json, scalar) => json(scalar, std::slice::from_ref(scalar))?,
        };
        // An empty value is what many servers take for no header, and others for somebody without a name.
        (1..=LONGEST).contains(&text.len()).then_some(text)
    }
}

fn plain(scalar: &Value) -> Option<String> {
    match scalar {
        Value::String(text) => is_plain(text).then(|| text.clone()),
        Value::Number(number) => is_exact(number).then(|| number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether it is one element of a list, and the same to everybody: commas and quotes have a meaning there, blanks at
/// the ends are dropped, what is not ASCII is read in many ways, some of which end in ASCII, and what begins with `=?`
/// may be decoded (RFC 2047: some servers do so in any header).
fn is_plain(text: &str) -> bool {
    let one = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'"');
    let is_whole = !text.is_empty() && text.trim_ascii() == text;
    is_whole && text.bytes().all(one) && !text.contains("=?")
}

/// Whether no digit of it is lost. Claims that come through `jwt_authn` are doubles, and beyond 2^53 two ids may be one.
fn is_exact(number: &Number) -> bool {
    number.as_f64().is_some_and(|double| !number.is_f64() || double.fract() != 0.0)
}

/// The claim as JSON, if it is made of these scalars and nothing else.
fn json(claim: &Value, scalars: &[Value]) -> Option<String> {
    let is_clean = |scalar: &Value| match scalar {
        Value::String(text) => !text.chars().any(char::is_control),
        Value::Number(number) => is_exact(number),
        Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    let json = serde_json::to_string(claim).ok().filter(|_| scalars.iter().all(is_clean))?;
    // No `?`, no encoded word: outside its strings JSON has none.
    Some(escaped(json, b'?', |_| false))
}

/// Bytes of a value: what servers take of one header without complaint.
const LONGEST: usize = 4_096;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A claim, as CSV, as JSON.
    type Row = (Value, Option<&'static str>, Option<&'static str>);

    #[test]
    fn what_is_written_and_what_is_left_out() {
        let table: Vec<Row> = vec![
            (json!("alice"), Some("alice"), Some(r#""alice""#)),
            (
                json!("Alice B. <a@b.example>"),
                Some("Alice B. <a@b.example>"),
                Some(r#""Alice B. <a@b.example>""#),
            ),
            (json!(42), Some("42"), Some("42")),
            (json!(-1.5), Some("-1.5"), Some("-1.5")),
            (json!(true), Some("true"), Some("true")),
            (json!(["a", 1, false]), Some("a,1,false"), Some(r#"["a",1,false]"#)),
            (json!([]), None, Some("[]")),
            (json!(""), None, Some(r#""""#)),
            (json!(["a", ""]), None, Some(r#"["a",""]"#)),
            // What would read as two elements, or as one without its quotes.
            (json!("Doe, John"), None, Some(r#""Doe, John""#)),
            (json!(["a", "b,admin"]), None, Some(r#"["a","b,admin"]"#)),
            (json!(["\"admin\""]), None, Some(r#"["\"admin\""]"#)),
            (json!(["\"a", "b\""]), None, Some(r#"["\"a","b\""]"#)),
            // What would be trimmed.
            (json!(" admin"), None, Some(r#"" admin""#)),
            (json!(["admin "]), None, Some(r#"["admin "]"#)),
            // What is not ASCII.
            (json!("Zo\u{eb}"), None, Some(r#""Zo\u00eb""#)),
            (json!(["\u{1f600}", "\u{ff0c}"]), None, Some(r#"["\ud83d\ude00","\uff0c"]"#)),
            // Encoded words (RFC 2047), which some servers decode in any header.
            (json!("=?utf-8?q?root?="), None, Some(r#""=\u003futf-8\u003fq\u003froot\u003f=""#)),
            (
                json!(["a", "x=?utf-8?b?LGFkbWlu?="]),
                None,
                Some(r#"["a","x=\u003futf-8\u003fb\u003fLGFkbWlu\u003f="]"#),
            ),
            (
                json!("https://x.example/?a=1"),
                Some("https://x.example/?a=1"),
                Some(r#""https://x.example/\u003fa=1""#),
            ),
            // Control characters, in no notation.
            (json!("a\r\nx-user-roles: admin"), None, None),
            (json!("a\u{0}"), None, None),
            (json!("a\u{7f}"), None, None),
            (json!(["a", "\u{85}x"]), None, None),
            (json!("a\tb"), None, None),
            // Numbers that a double holds inexactly.
            (json!(u64::MAX), Some("18446744073709551615"), Some("18446744073709551615")),
            (json!(18_446_744_073_709_551_615.0), None, None),
            (json!([1e300]), None, None),
            // No scalars.
            (json!(null), None, None),
            (json!([null]), None, None),
            (json!({"a": "b"}), None, None),
            (json!([["a"]]), None, None),
            (json!(["a", {}]), None, None),
        ];
        for (claim, csv, json) in table {
            let written = [Notation::Csv, Notation::Json].map(|notation| notation.write(&claim));
            assert_eq!(written, [csv, json].map(|text| text.map(str::to_owned)), "{claim}");
        }
    }

    #[test]
    fn nothing_is_cut() {
        for (length, notation, written) in [
            (4_096, Notation::Csv, true),
            (4_097, Notation::Csv, false),
            (4_094, Notation::Json, true),
            (4_095, Notation::Json, false),
        ] {
            let found = notation.write(&json!("x".repeat(length)));
            assert_eq!(found.is_some(), written, "{length} {notation:?}");
        }
        assert_eq!(Notation::Csv.write(&json!(["x".repeat(4_000), "x".repeat(96)])), None);
    }

    proptest::proptest! {
        #[test]
        fn a_value_is_printable_ascii_and_reads_as_what_it_was(
            texts in proptest::collection::vec("[a-z=? ,\"\u{e9}\u{85}\t]{0,5}|.{0,5}", 0..4),
        ) {
            let claim = json!(texts);
            for notation in [Notation::Csv, Notation::Json] {
                let Some(value) = notation.write(&claim) else { continue };
                proptest::prop_assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{value:?}");
                proptest::prop_assert!(!value.contains("=?"), "{value:?}");
                let read: Vec<String> = match notation {
                    Notation::Csv => value.split(',').map(|text| text.trim().to_owned()).collect(),
                    Notation::Json => serde_json::from_str(&value).unwrap(),
                };
                proptest::prop_assert_eq!(&read, &texts);
            }
        }
    }
}
