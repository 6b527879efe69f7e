use serde_json::{Value, json};

use super::*;
use crate::source::tests::containers::containers;

mod lints;
mod secrets;

fn check(text: &str) -> Checked {
    check_but(text, &[])
}

fn check_but(text: &str, allowed: &[&str]) -> Checked {
    let file = File { name: "policy.yaml".to_owned(), text: text.to_owned() };
    Checked::new(file, allowed).unwrap_or_else(|nothing| panic!("{nothing} in {text}"))
}

impl Checked {
    /// All findings as they are printed, without colours.
    fn printed(&self) -> String {
        let texts = self.findings.iter().map(|finding| self.text(finding));
        let texts: Vec<_> =
            texts.map(|text| anstream::adapter::strip_str(&text).to_string()).collect();
        texts.join("\n\n")
    }

    /// The text that a finding points at.
    fn pointed(&self, finding: &Finding) -> &str {
        self.file.text.get(finding.span.clone()).unwrap()
    }
}

#[test]
fn everything_that_is_wrong_is_shown_with_its_place() {
    let text = "\
issuers:
  - name: main
    signature:
      remote_jwks: { cluster: idp }
rules:
  - name: a
    path: /a/{id
    alow: public
  - methods: [get]
    path: /b
    allow: { roles: [admin] }
    message:
roles:
  é: { permissions: [\"orders:read\"] }
  admn: {}
";
    assert_eq!(
        check(text).printed(),
        "\
error: issuers[0].signature.remote_jwks: `uri` is missing
--> policy.yaml:4:7

error: rules[0]: `allow` is missing
 --> policy.yaml:6:5
  |
6 |   - name: a
  |     ^^^^^^^

error: rules[0].path: \"/a/{id\" has an unclosed `{`
 --> policy.yaml:7:11
  |
7 |     path: /a/{id
  |           ^^^^^^

error: rules[0]: unknown key \"alow\"; did you mean `allow`? expected one of `name`, `hosts`, `methods`, `path`, \
         `paths`, `grpc`, `allow`, `message`, `status`, `mode`
 --> policy.yaml:8:5
  |
8 |     alow: public
  |     ^^^^

error: rules[1].methods[0]: \"get\" is not a method; expected upper-case letters such as `GET`
 --> policy.yaml:9:15
  |
9 |   - methods: [get]
  |               ^^^

error: rules[1].message: expected a string, found null
  --> policy.yaml:12:5
   |
12 |     message:
   |     ^^^^^^^"
    );
}

#[test]
fn what_cannot_be_read_is_shown_too() {
    for (text, expected) in [
        (
            "rules:\n\t- a\n",
            "error: tabs disallowed within this context (block indentation)\n --> policy.yaml:2:2\n  |\n2 |     - a\n  |     ^",
        ),
        (
            "rules: []\nrules: []\n",
            "error: duplicate mapping key `rules` is not allowed here\n --> policy.yaml:2:1\n  |\n2 | rules: []\n  | ^^^^^",
        ),
        // A terminal obeys none of it.
        (
            "\"\\e[31m\": 1\n\"\\e[31m\": 1\n",
            "error: duplicate mapping key `\\u{1b}[31m` is not allowed here\n --> policy.yaml:2:1\n  |\n2 | \"\\e[31m\": 1\n  | ^^^^^^^^",
        ),
    ] {
        assert_eq!(check(text).printed(), expected);
    }
}

/// A policy that is right, but for one thing; with what is to be pointed at.
fn spoilt() -> Vec<(Value, &'static str, &'static str)> {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut config = json!({
            "issuers": [{"name": "main", "signature": {"jwt_authn": {"metadata": "payload"}}}],
            "roles": {"admin": {"permissions": ["orders:read"]}},
            "rules": [
                {"path": "/a", "allow": "nobody"},
                {"path": "/b/{id}", "methods": ["GET"], "allow": {"roles": ["admin"], "permissions": ["orders:read"]}},
            ],
        });
        change(&mut config);
        config
    };
    vec![
        (with(&|config| config["rulez"] = json!(1)), "configuration", "\"rulez\""),
        (with(&|config| config["rules"][1]["pathz"] = json!("/c")), "rules[1]", "\"pathz\""),
        (with(&|config| config["rules"][1]["path"] = json!("b")), "rules[1].path", "\"b\""),
        (with(&|config| config["rules"][1]["path"] = json!(77)), "rules[1].path", "77"),
        (
            with(&|config| config["rules"][1]["methods"][0] = json!("get")),
            "rules[1].methods[0]",
            "\"get\"",
        ),
        (
            with(&|config| config["rules"][1]["methods"] = json!([])),
            "rules[1].methods",
            "\"methods\"",
        ),
        (with(&|config| config["rules"][0]["message"] = json!(null)), "rules[0].message", "null"),
        (
            with(&|config| config["rules"][1]["allow"]["roles"] = json!(["admn"])),
            "rules[1].allow.roles[0]",
            "\"admn\"",
        ),
        (
            with(&|config| config["rules"][1]["allow"]["permissions"] = json!(["orders:raed"])),
            "rules[1].allow.permissions[0]",
            "\"orders:raed\"",
        ),
        (with(&|config| config["rules"][0]["path"] = json!("/b/{x}")), "", ""),
        (
            with(&|config| config["roles"]["admin"]["inherits"] = json!(["it's"])),
            "roles.admin.inherits[0]",
            "\"it's\"",
        ),
        (
            with(&|config| config["token"] = json!({"leeway_seconds": 9999})),
            "token.leeway_seconds",
            "9999",
        ),
        (
            with(&|config| config["issuers"][0]["signature"] = json!({"jwtauthn": 5})),
            "issuers[0].signature",
            "\"signature\"",
        ),
        // A warning.
        (with(&|config| config["roles"]["idle"] = json!({})), "roles.idle", "\"idle\""),
        (
            with(&|config| {
                config["roles"]["admin"]["permissions"] = json!(["orders:read", "stock:read"]);
            }),
            "roles.admin.permissions[1]",
            "\"stock:read\"",
        ),
    ]
}

/// What is said of the policy, not of what is around it.
fn of_policy(checked: &Checked) -> Vec<&Finding> {
    let beside = ["no-reload"];
    let findings = checked.findings.iter();
    findings.filter(|one| one.name.is_none_or(|name| !beside.contains(&name))).collect()
}

#[test]
fn a_policy_has_the_same_problems_in_every_container() {
    for (config, place, pointed) in spoilt() {
        let alone = check(&config.to_string());
        let expected: Vec<_> = of_policy(&alone).iter().map(|one| one.title()).collect();
        if !place.is_empty() {
            assert_eq!(of_policy(&alone)[0].place, place, "{config}");
        }
        for (text, _, _) in containers(&config.to_string()) {
            let checked = check(&text);
            let findings = of_policy(&checked);
            let titles: Vec<_> = findings.iter().map(|one| one.title()).collect();
            assert_eq!(titles, expected, "{text}");
            if pointed.is_empty() || text.contains("BytesValue") {
                continue;
            }
            // As it is written in a string with single quotes.
            let found = checked.pointed(findings[0]).replace("''", "'");
            assert_eq!(found, pointed, "{text}");
            let (Position { line, column }, _) = checked.positions(findings[0]);
            let place = format!("--> policy.yaml:{line}:{column}");
            let printed = checked.printed();
            assert!(printed.lines().any(|line| line.trim() == place), "{place} in {printed}");
        }
    }
}

#[test]
fn every_policy_of_a_file_is_checked() {
    let bad = "kind: WasmPlugin\nspec:\n  failStrategy: FAIL_RELOAD\n  pluginConfig: { rules: [{ path: /a }] }\n";
    let checked = check(&format!("{bad}---\nrules: [{{ path: /a, allow: nobody }}]\n---\n{bad}"));
    assert_eq!((checked.policies, checked.rules), (3, 1));
    let lines: Vec<_> =
        checked.findings.iter().map(|one| (checked.positions(one).0.line, one.title())).collect();
    let missing = "rules[0]: `allow` is missing".to_owned();
    assert_eq!(lines, [(4, missing.clone()), (11, missing)]);
}

#[test]
fn warnings_are_allowed_by_name_or_by_place() {
    let text = "rules:\n  - { path: /a, allow: public }\n  - path: /b\n    allow: nobody\n    mode: shadow";
    let count = |text: &str, allowed: &[&str]| check_but(text, allowed).findings.len();
    for (comment, left) in [
        ("", 1),
        ("  # claimgate-allow: shadow", 0),
        ("  # claimgate-allow: no-expiry, shadow", 0),
        ("\n    # claimgate-allow: shadow", 1),
        ("  # claimgate-allow: shado", 1),
        ("  # claimgate-allow:", 1),
    ] {
        assert_eq!(count(&format!("{text}{comment}\n"), &[]), left, "{comment}");
    }
    let before = text.replace("    mode", "    # claimgate-allow: shadow\n    mode");
    assert_eq!(
        (count(&before, &[]), count(text, &["shadow"]), count(text, &["no-expiry"])),
        (0, 0, 1)
    );
    // No error is allowed.
    let refused = "rules:\n  - { path: a, allow: public }  # claimgate-allow: shadow\n";
    assert_eq!(count(refused, &["shadow"]), 1);
}

#[test]
fn what_is_shipped_has_nothing_to_object_to() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../envoy");
    let folders =
        [root.join("policy-examples"), root].map(|folder| std::fs::read_dir(folder).unwrap());
    let mut policies = 0;
    for path in folders.into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let file = File {
            name: path.display().to_string(),
            text: std::fs::read_to_string(&path).unwrap(),
        };
        // Some are cases, or of upstreams.
        if let Ok(checked) = Checked::new(file, &[]) {
            assert_eq!(checked.printed(), "", "{}", path.display());
            policies += checked.policies;
        }
    }
    assert!(policies >= 8, "{policies}");
}
