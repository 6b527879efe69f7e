//! What rules say of their denials, and the configuration of all.

use super::*;

#[test]
fn what_is_not_enforced_is_warned_about() {
    let rule = |path: &str, mode: &str| json!({"path": path, "allow": "nobody", "mode": mode});
    let many: Vec<_> = (0..13).map(|index| rule(&format!("/{index}"), "shadow")).collect();
    let of = |index: usize, name: &str| {
        format!(
            "shadow rules[{index}].mode: rule `{name}` is in shadow: \
             whatever it governs goes on, also what another rule denied before it was there"
        )
    };
    let mut of_many: Vec<_> = (0..10).map(|index| of(index, &format!("/{index}"))).collect();
    of_many.push("shadow 3 more rules are in shadow".to_owned());
    for (mode, rules, expected) in [
        ("enforce", json!([rule("/a", "enforce")]), vec![]),
        ("enforce", json!([rule("/**", "enforce"), rule("/b", "shadow")]), vec![of(1, "/b")]),
        ("enforce", json!(many), of_many),
        (
            "shadow",
            json!([rule("/a", "shadow")]),
            vec!["shadow mode: nothing is enforced, every request goes on".to_owned()],
        ),
    ] {
        let gate = gate(json!({"mode": mode, "rules": rules}).to_string().as_bytes()).unwrap();
        assert_eq!(named(&gate), expected);
    }
}

#[test]
fn hiding_in_different_words_is_warned_about() {
    let rule = |path: &str, message: Option<&str>| {
        let mut rule = json!({"path": path, "allow": "nobody", "status": 404});
        if let Some(message) = message {
            rule["message"] = json!(message);
        }
        rule
    };
    let open = json!({"path": "/open", "allow": "nobody", "message": "No."});
    let apart = |index: usize| {
        format!(
            "hidden-unlike rules[{index}].status: rules `/**` and `/b` hide what they govern, but their `message` \
             tells them apart"
        )
    };
    for (rules, expected) in [
        (json!([open, rule("/a", Some("What?"))]), vec![]),
        (json!([open, rule("/**", None), rule("/b", None)]), vec![]),
        (json!([rule("/**", Some("What?")), rule("/b", Some("What?"))]), vec![]),
        (json!([rule("/**", None), rule("/a", None), rule("/b", Some("What?"))]), vec![apart(2)]),
        (json!([rule("/**", Some("Where?")), rule("/b", Some("What?"))]), vec![apart(1)]),
    ] {
        let gate = gate(json!({"rules": rules}).to_string().as_bytes()).unwrap();
        assert_eq!(named(&gate), expected);
    }
}

#[test]
fn what_says_two_things_is_refused() {
    let public = json!([
        {"path": "/a", "allow": "public", "status": 404, "mode": "enforce"},
        {"path": "/b", "allow": "public", "message": "No."},
        {"path": "/c", "allow": "public", "mode": "shadow"},
    ]);
    assert_eq!(
        problems(&with(json!({"rules": public}))),
        ["rules[0].status", "rules[1].message", "rules[2].mode"]
            .map(|place| format!("{place}: does not go with `allow: public`, which denies nobody"))
    );
    let contradicting = json!({"mode": "shadow", "rules": [
        {"path": "/a", "allow": "nobody", "mode": "enforce"}, {"path": "/b", "allow": "nobody", "mode": "shadow"},
    ]});
    assert_eq!(
        problems(&with(contradicting)),
        ["rules[0].mode: does not go with `mode: shadow` of the whole, which enforces nothing"]
    );
}
