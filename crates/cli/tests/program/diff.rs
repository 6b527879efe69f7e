//! `claimgate diff`.

use std::fs;

use serde_json::{Value, json};

use super::claimgate;

const SAMPLE: &str = "envoy/policy.yaml";

/// A run against the sample policy, changed like this.
fn changed(changes: &[(&str, &str)], args: &[&str]) -> super::Ran {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = fs::read_to_string(root.join(SAMPLE)).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.yaml");
    fs::write(&file, text).unwrap();
    claimgate(&[args, &["diff", SAMPLE, file.to_str().unwrap()]].concat())
}

#[test]
fn who_is_let_in_and_who_is_kept_out() {
    let changes = [
        ("roles: [viewer, admin]", "roles: [viewer, admin, support]"),
        ("path: /me/**", "path: /me"),
        ("audiences: [api]", "audiences: [api, billing]"),
        ("decisions: all", "decisions: none"),
    ];
    let ran = changed(&changes, &[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(
        ran.out,
        "\
OTHER /me/1  host host
  profile -> (no rule)
  - whoever has a token

GET /user-data/1  host host
  read-user-data
  + support

audit.decisions differs, and is not compared here
issuers[0].audiences differs, and is not compared here: may let others in
access is wider in 1 and narrower in 1
"
    );
}

#[test]
fn the_exit_code_says_whether_access_may_be_wider() {
    for (changes, code, last) in [
        (&[][..], 0, "the tables decide alike"),
        (&[("[viewer, admin]", "[admin]")], 0, "access is wider in 0 and narrower in 1"),
        (&[("[viewer, admin]", "[viewer, admin, x]")], 1, "access is wider in 1 and narrower in 0"),
        (&[("allow: nobody", "allow: public")], 1, "access is wider in 1 and narrower in 0"),
        (&[("audiences: [api]", "audiences: [web]")], 1, "the tables decide alike"),
        (&[("decisions: all", "decisions: denied")], 0, "the tables decide alike"),
    ] {
        let ran = changed(changes, &[]);
        assert_eq!(
            (ran.code, ran.out.lines().last()),
            (code, Some(last)),
            "{changes:?}: {}",
            ran.out
        );
    }
}

#[test]
fn kinds_of_requests_are_counted_in_words() {
    let ran = changed(&[("path: /admin-dashboard/**", "path: /admin/**")], &[]);
    for line in [
        "OTHER /admin  host host, and 1 more kind of requests\n",
        "OTHER /admin-dashboard  host host, and 3 more kinds of requests\n",
    ] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
}

#[test]
fn programs_read_it_as_json() {
    let ran = changed(&[("[viewer, admin]", "[admin, x]")], &["--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let change = json!({
        "method": "GET", "host": "host", "path": "/user-data/1", "kinds": 1,
        "old_rule": "read-user-data", "new_rule": "read-user-data",
        "wider": ["x"], "narrower": ["viewer"],
    });
    let expected =
        json!({"may_be_wider": true, "changes": [change], "settings": [], "unknown": []});
    assert_eq!(report, expected);
}
