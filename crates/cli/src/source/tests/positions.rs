//! That what is pointed at is what is meant.

use super::*;

/// A policy in which each part has a text of its own, as it is written in many ways.
const WAYS: &[&str] = &[
    "rules:\n  - name: café\n    path: /a\n    allow: { roles: [x, \"y\"] }\n  - alow: 5\nroles:\n  a.b:\n    inherits:\n",
    "{\"rules\": [{\"name\":\"café\",\t\"path\":\n\t\"/a\",\"allow\": {\"roles\":[\"x\", \"y\"]}},\n{\"alow\":5}], \"roles\": {\"a.b\": {\"inherits\": null}}}",
    "rules: [{name: café, path: '/a', allow: &r {roles: [x, y]}}, {alow: 5}]\nroles: {a.b: {inherits: }}",
];

#[test]
fn places_are_found_however_they_are_written() {
    for text in WAYS {
        let root = read(text).unwrap().remove(0);
        for (place, key, expected) in [
            ("rules", None, "rules"),
            ("rules[0].name", None, "café"),
            ("rules[0].path", None, "/a"),
            ("rules[0].allow", None, "allow"),
            ("rules[0].allow.roles", None, "roles"),
            ("rules[0].allow.roles[1]", None, "y"),
            ("rules[1]", Some("alow"), "alow"),
            ("rules[1].alow", None, "5"),
            // As much as is there.
            ("rules[1].alow.x[2]", None, "5"),
            ("roles.a.b", None, "a.b"),
            // Nothing is there: its key.
            ("roles.a.b.inherits", None, "inherits"),
        ] {
            let span = Place::find(&root, place).span(key);
            let found = shown(text, &span);
            let bare = found.trim_matches(['"', '\'']);
            let null = place.ends_with("inherits") && bare == "null";
            assert!(bare == expected || null, "{place}: {found:?} in {text}");
        }
    }
}

#[test]
fn an_object_is_from_its_first_key_to_its_last_value() {
    for (text, expected) in [
        ("- a: 1\n  b: [2, {c: 3}]\n- 4\n", "a: 1\n  b: [2, {c: 3}]"),
        ("[ { \"a\" : [ ] , } , 4]", "{ \"a\" : [ ] , }"),
        ("- &x {a: 1}\n- *x", "{a: 1}"),
    ] {
        let root = read(text).unwrap().remove(0);
        assert_eq!(shown(text, &Place::find(&root, "[0]").span(None)), expected);
    }
}

#[test]
fn positions_are_lines_and_columns_in_characters() {
    let text = "é: 1\r\nb: ü x\n";
    for (offset, line, column) in [(0, 1, 1), (2, 1, 2), (7, 2, 1), (12, 2, 5), (99, 3, 1)] {
        assert_eq!(Position::of(offset, text), Position { line, column });
    }
}

/// A JSON text as a member of a YAML object, as a string of each style.
fn as_strings(json: &str) -> Vec<String> {
    let indented = |json: &str| json.replace('\n', "\n     ");
    let folded = json.replace('\n', "\n\n");
    vec![
        format!("k:\n  v: |\n     {}\nw: 1\n", indented(json)),
        format!("k:\n  v: >-\n     {}\n", indented(&folded)),
        format!("v: '{}'", indented(&folded.replace('\'', "''"))),
        format!("v: {}", serde_json::to_string(json).unwrap()),
        format!(
            "- {{ v: {} }}",
            serde_json::to_string(json)
                .unwrap()
                .replace("\\\"", "\\\\\n  \\x22")
                .replace("\\\\\n", "\\\n")
        ),
    ]
}

fn string_of(root: &Node) -> &Node {
    let inner = |node: &Node| node.get("v").is_some();
    let holder = [Some(root), root.get("k"), root.elements().first()];
    holder.into_iter().flatten().find(|node| inner(node)).unwrap().get("v").unwrap()
}

/// Every scalar with where it is said to stand.
fn scalars<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::List(elements) => elements.iter().for_each(|element| scalars(element, found)),
        Kind::Object(members) => members.iter().for_each(|member| scalars(&member.value, found)),
        _ => found.push(node),
    }
}

proptest! {
    #[test]
    fn json_is_read_as_json(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let tabs = text.replace("\n  ", "\n\t");
            for text in [text, tabs] {
                let Some(root) = read(&text).unwrap().pop() else {
                    prop_assert_eq!(&value, &Value::Null);
                    continue;
                };
                prop_assert_eq!(root.value(), value.clone());
            }
        }
    }

    #[test]
    fn json_in_a_string_keeps_its_positions(number in 1_000_000u32..9_999_999, more in any_json()) {
        let value = json!({"a": [{"b": number}], "rest": more, "z": {"é": number}});
        for json in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            for text in as_strings(&json) {
                let root = read(&text).unwrap().remove(0);
                let string = string_of(&root);
                let inner = embedded::json(string, &text).unwrap();
                prop_assert_eq!(inner.value(), value.clone(), "{}", text);
                for place in ["a[0].b", "z.é"] {
                    let span = Place::find(&inner, place).span(None);
                    prop_assert_eq!(shown(&text, &span), number.to_string(), "{} in {}", place, text);
                }
                let mut found = Vec::new();
                scalars(&inner, &mut found);
                for node in found {
                    prop_assert!(string.span.start <= node.span.start && node.span.end <= string.span.end);
                }
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "([ -~\n\t]|[a-z]: |- |[{}\\[\\]\"'&*|>]){0,60}") {
        if let Ok(documents) = read(&text) {
            for root in documents {
                let mut found = Vec::new();
                scalars(&root, &mut found);
                prop_assert!(found.iter().all(|node| text.get(node.span.clone()).is_some()));
            }
        }
        let _ = Contents::find(&text);
    }
}
