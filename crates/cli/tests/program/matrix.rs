//! `claimgate matrix`.

use std::fs;

use serde_json::{Value, json};

use super::{claimgate, claimgate_with_input};

const OWNERSHIP: &str = "envoy/policy-examples/rest-api-ownership.yaml";

#[test]
fn it_is_drawn_for_a_terminal() {
    let ran = claimgate(&["matrix", OWNERSHIP]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        ran.out,
        "\
rule             matches                        no token  no role  admin  suspended
health           GET /healthz                   ✓         ✓        ✓      ✓
docs             GET,HEAD /docs/**              ✓         ✓        ✓      ✓
                 GET,HEAD /openapi.json
own-data         * /users/{id}/**               ✗         ◐        ✓      ◐
user-roles       * /users/{id}/roles/**         ✗         ✗        ✓      ✗
read-user-roles  GET,HEAD /users/{id}/roles/**  ✗         ◐        ✓      ◐
delete-user      DELETE /users/{id}             ✗         ✗        ✓      ✗
list-users       GET /users                     ✗         ✗        ✓      ✗
catalog          GET /catalog/**                ✗         ✓        ✓      ✓
(no rule)        what no rule matches           ✗         ✗        ✗      ✗

✓ allowed  ✗ denied  ◐ depends on claims, scopes or the request
"
    );
    let coloured = claimgate(&["matrix", OWNERSHIP, "--color", "always"]).out;
    assert!(coloured.contains("\u{1b}[1m\u{1b}[32m✓"), "{coloured:?}");
}

#[test]
fn it_is_narrowed() {
    let ran = claimgate(&["matrix", OWNERSHIP, "--role", "suspended", "--rule", "ROLES"]);
    assert_eq!(
        ran.out,
        "\
rule             matches                        suspended
user-roles       * /users/{id}/roles/**         ✗
read-user-roles  GET,HEAD /users/{id}/roles/**  ◐

✗ denied  ◐ depends on claims, scopes or the request
"
    );
    let ran = claimgate(&["matrix", OWNERSHIP, "--role", "amdin"]);
    let expected = "error: unknown role \"amdin\"; did you mean `admin`? expected one of `admin`, `suspended`\n";
    assert_eq!((ran.code, ran.err.as_str()), (2, expected));
}

/// A policy with names that mean something to Markdown, and with wide and invisible characters.
fn odd() -> String {
    json!({
        "issuers": [{ "name": "main", "signature": { "decode_only": true } }],
        "rules": [
            { "name": "a|b ``c`", "path": "/x|y", "hosts": ["h"], "allow": { "roles": ["管理者", "*b*|\u{202e}"] } },
            { "name": "many", "paths": ["/1", "/2", "/3", "/4", "/5"], "allow": { "roles": ["管理者"] }, "mode": "shadow" },
        ],
    })
    .to_string()
}

#[test]
fn odd_names_are_aligned_and_shown() {
    let ran = claimgate_with_input(&["matrix", "-"], &odd());
    assert_eq!(
        ran.out,
        "\
rule              matches               no token  no role  *b*|\\u{202e}  管理者
a|b ``c`          * h /x|y              ✗         ✗        ✓             ✓
many (in shadow)  * /1                  ✓         ✓        ✓             ✓
                  * /2
                  * /3
                  and 2 more
(no rule)         what no rule matches  ✗         ✗        ✗             ✗

✓ allowed  ✗ denied
"
    );
}

#[test]
fn it_is_a_table_of_markdown() {
    let ran = claimgate_with_input(&["matrix", "-", "--markdown"], &odd());
    assert_eq!(
        ran.out,
        "\
| rule | matches | no token | no role | `*b*\\|\\u{202e}` | `管理者` |
| --- | --- | :-: | :-: | :-: | :-: |
| ``` a\\|b ``c` ``` | `* h /x\\|y` | ✗ | ✗ | ✓ | ✓ |
| `many` *(in shadow)* | `* /1`<br>`* /2`<br>`* /3`<br>and 2 more | ✓ | ✓ | ✓ | ✓ |
| (no rule) | what no rule matches | ✗ | ✗ | ✗ | ✗ |

✓ allowed · ✗ denied
"
    );
}

#[test]
fn programs_read_it() {
    let ran = claimgate(&["matrix", OWNERSHIP, "--format", "json", "--rule", "docs"]);
    assert_eq!(
        serde_json::from_str::<Value>(&ran.out).unwrap(),
        json!({
            "policy": OWNERSHIP,
            "columns": [
                { "token": false, "role": null },
                { "token": true, "role": null },
                { "token": true, "role": "admin" },
                { "token": true, "role": "suspended" },
            ],
            "rows": [{
                "rule": "docs",
                "matches": ["GET,HEAD /docs/**", "GET,HEAD /openapi.json"],
                "shadow": false,
                "example": { "method": "GET", "host": "host", "path": "/docs" },
                "cells": ["allow", "allow", "allow", "allow"],
            }],
        })
    );
    let ran = claimgate_with_input(
        &["matrix", "-", "--format", "json"],
        r#"{"rules":[{"path":"/**","allow":"public"}]}"#,
    );
    let rows = serde_json::from_str::<Value>(&ran.out).unwrap()["rows"].take();
    let last = json!({ "rule": null, "matches": [], "shadow": false, "example": null, "cells": ["never", "never"] });
    assert_eq!(rows[1], last);
}

#[test]
fn a_page_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("who.html").to_str().unwrap().to_owned();
    let written = claimgate(&["matrix", OWNERSHIP, &format!("--html={file}")]);
    assert_eq!((written.code, written.out.as_str(), written.err.as_str()), (0, "", ""));
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
    assert!(page.contains("content=\"default-src 'none'; script-src 'sha256-"), "{page}");
    // There is no secret in it, and nothing of the run: it may be committed, and compared.
    // What stands behind it is the policy, whatever the order.
    for args in [["matrix", OWNERSHIP, "--html"], ["matrix", "--html", OWNERSHIP]] {
        assert_eq!(claimgate(&args).out, format!("{page}\n"));
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let policy = file("policy.json");
    fs::write(&policy, odd()).unwrap();
    let roles: Vec<String> = (0..1_000).map(|number| format!("role-{number}")).collect();
    let rule = |number| json!({ "path": format!("/{number}"), "allow": { "roles": roles } });
    let large = file("large.json");
    let rules: Vec<Value> = (0..20).map(rule).collect();
    let issuers = json!([{ "name": "main", "signature": { "decode_only": true } }]);
    fs::write(&large, json!({ "issuers": issuers, "rules": rules }).to_string()).unwrap();
    let onto_itself = format!("--html={policy}");
    let nowhere = format!("--html={}", file("no/such/folder"));
    for (args, said) in [
        (&[policy.as_str(), &onto_itself][..], "is the policy, expected another file for the page"),
        (&[&policy, &nowhere], "cannot write"),
        (&[&policy, "--html", "--markdown"], "cannot be used with"),
        (&[&policy, "--html", "--format", "json"], "--format json is a form of its own"),
        (
            &[&large, "--html"],
            "a page of 21042 cells is too much for a browser, expected at most 20000",
        ),
    ] {
        let ran = claimgate(&[&["matrix"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    assert_eq!(fs::read_to_string(&policy).unwrap(), odd());
    assert_eq!(claimgate(&["matrix", &large, "--html", "--rule", "/7"]).code, 0);
}
