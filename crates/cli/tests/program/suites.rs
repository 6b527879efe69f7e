//! `claimgate test` as its users run it.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Ran, claimgate, claimgate_in};

/// A policy, a suite that it passes, and one that fails in every way.
struct Files(TempDir);

impl Files {
    fn new() -> Result<Self> {
        let files = Self(TempDir::new()?);
        for (name, text) in [("policy.yaml", POLICY), ("good.yaml", GOOD), ("bad.yaml", BAD)] {
            files.write(name, text)?;
        }
        Ok(files)
    }

    /// Writes one more.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.0.path().join(name), text)?)
    }

    fn read(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.0.path().join(name))?)
    }

    /// Runs `claimgate test` in their folder.
    fn test(&self, args: &[&str]) -> Ran {
        claimgate_in(self.0.path(), &[&["test"], args].concat(), "")
    }
}

const POLICY: &str = r"
issuers: [{ name: main, issuer: https://idp.example.com/, signature: { jwt_authn: { metadata: payload } } }]
rules:
  - { name: health, methods: [GET], path: /healthz, allow: public }
  - { name: profile, path: /me, allow: authenticated }
  - { name: orders, path: /orders/**, allow: { roles: [clerk] }, message: Orders are for clerks. }
";

const GOOD: &str = r#"
policy: policy.yaml
principals:
  vera: { sub: vera }
  emil: { sub: emil, roles: [clerk] }
  late: { sub: emil, roles: [clerk], expires_in: -300 }
cases:
  - { request: GET /healthz, as: "*", expect: 200 }
  - { name: whoever has a token, request: GET /me, as: [vera, emil], expect: { status: 200, rule: profile } }
  - { name: no token, request: GET /me, expect: { status: 401, code: missing_token } }
  - { request: GET /orders/7, as: emil, expect: 200 }
  - { request: GET /orders/7, as: vera, expect: { status: 403, message: Orders are for clerks. } }
"#;

const BAD: &str = r"
policy: policy.yaml
principals:
  vera: { sub: vera }
  emil: { sub: emil, roles: [clerk] }
cases:
  - { request: GET /healthz, as: [vera, emil], expect: 200 }
  - { name: <vera> & clerks, request: GET /orders/7, as: [vera, emil], expect: { status: 200, rule: order } }
  - { request: GET /none, as: vera, expect: 401 }
";

const TOLD: &str = "\
bad.yaml: running 6 tests
test GET /healthz as vera ... ok
test GET /healthz as emil ... ok
test <vera> & clerks as vera ... FAILED
test <vera> & clerks as emil ... FAILED
test GET /none as vera ... FAILED
test GET /healthz without a token ... FAILED

failures:

---- <vera> & clerks as vera (bad.yaml:8)
expected status 200, found 403
expected rule \"order\", found \"orders\"
denied by rule `orders`: insufficient_permission: has none of the roles [\"clerk\"]

---- <vera> & clerks as emil (bad.yaml:8)
expected rule \"order\", found \"orders\"
allowed by rule `orders`

---- GET /none as vera (bad.yaml:9)
expected status 401, found 403
denied: no_rule: no rule matches

---- GET /healthz without a token (bad.yaml:7)
not listed, but allowed
allowed by rule `health`

rule     allowed  denied
health         2       0
profile        0       0
orders         1       1
rules without a case that they allow: profile
rules without a case that they deny: profile

test result: FAILED. 2 passed; 4 failed; 0 filtered out; 3 not listed, and denied
";

#[test]
fn what_passes_is_good() -> Result<()> {
    let Ran { code, out, err } = Files::new()?.test(&["good.yaml", "--require-coverage"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.starts_with("good.yaml: running 12 tests\n"), "{out}");
    assert!(out.contains("\ntest whoever has a token as emil ... ok\n"), "{out}");
    assert!(out.contains("\ntest coverage of rule orders ... ok\n"), "{out}");
    let result =
        "\ntest result: ok. 12 passed; 0 failed; 0 filtered out; 3 not listed, and denied\n";
    assert!(out.ends_with(result), "{out}");
    Ok(())
}

#[test]
fn what_fails_is_explained() -> Result<()> {
    let Ran { code, out, err } = Files::new()?.test(&["bad.yaml"]);
    assert_eq!((code, out.as_str(), err.as_str()), (1, TOLD, ""));
    Ok(())
}

#[test]
fn one_that_fails_is_enough() -> Result<()> {
    let Ran { code, out, .. } = Files::new()?.test(&["good.yaml", "bad.yaml"]);
    assert!(out.contains("test result: ok. ") && out.ends_with(TOLD), "{out}");
    assert_eq!(code, 1);
    Ok(())
}

#[test]
fn a_suite_may_come_from_the_standard_input() -> Result<()> {
    let files = Files::new()?;
    let Ran { code, out, err } = claimgate_in(files.0.path(), &["test", "-"], BAD);
    let told = TOLD.replace("bad.yaml", "-");
    assert_eq!((code, out.as_str(), err.as_str()), (1, told.as_str(), ""));
    Ok(())
}

#[test]
fn a_filter_leaves_out_the_others() -> Result<()> {
    let Ran { code, out, .. } = Files::new()?.test(&["bad.yaml", "--filter", "healthz as"]);
    let expected = "\
bad.yaml: running 2 tests
test GET /healthz as vera ... ok
test GET /healthz as emil ... ok

test result: ok. 2 passed; 0 failed; 3 filtered out; 0 not listed, and denied
";
    assert_eq!((code, out.as_str()), (0, expected));
    Ok(())
}

#[test]
fn coverage_is_required_where_that_is_asked_for() -> Result<()> {
    let files = Files::new()?;
    let (healthz, _) = GOOD.split_once("  - { name").context("more cases")?;
    files.write("healthz.yaml", healthz)?;
    let lacks = "\n---- coverage of rule orders (healthz.yaml)\nno case that it allows\nno case that it denies\n";
    for (args, expected_code, expected) in [
        (&["healthz.yaml"][..], 0, "test result: ok. 4 passed; 0 failed"),
        (&["healthz.yaml", "--require-coverage"], 1, "test result: FAILED. 5 passed; 2 failed"),
        (&["healthz.yaml", "--require-coverage"], 1, lacks),
    ] {
        let Ran { code, out, .. } = files.test(args);
        assert!(out.contains(expected), "{out}");
        assert_eq!(code, expected_code, "{out}");
    }
    Ok(())
}

#[test]
fn programs_are_told_the_same() -> Result<()> {
    let Ran { code, out, .. } = Files::new()?.test(&["bad.yaml", "good.yaml", "--format", "json"]);
    assert_eq!(code, 1);
    let told: Value = serde_json::from_str(&out)?;
    assert_eq!(told["passed"], false);
    let suites = told["suites"].as_array().context("suites")?;
    let counts = suites.iter().map(|it| {
        json!([it["file"], it["passed"], it["failed"], it["filtered_out"], it["not_listed"]])
    });
    let counts: Vec<_> = counts.collect();
    assert_eq!(counts, [json!(["bad.yaml", 2, 4, 0, 3]), json!(["good.yaml", 9, 0, 0, 3])]);
    let expected = json!({
        "title": "<vera> & clerks as vera",
        "line": 8,
        "problems": ["expected status 200, found 403", "expected rule \"order\", found \"orders\""],
        "found": {
            "status": 403,
            "code": "insufficient_permission",
            "rule": "orders",
            "message": "Orders are for clerks.",
            "reason": "has none of the roles [\"clerk\"]",
        },
    });
    assert_eq!(told["suites"][0]["tests"][2], expected);
    let profile =
        json!({ "rule": "profile", "allowed": 0, "denied": 0, "lacks": ["allowed", "denied"] });
    assert_eq!(told["suites"][0]["coverage"][1], profile);
    Ok(())
}

/// Some characters no XML may have, in whatever form.
#[test]
fn junit_is_xml_whatever_a_title_has() -> Result<()> {
    let files = Files::new()?;
    let title = r#""a\uFFFE\e[31m\u202e]]> <b>""#;
    let case = format!("cases: [{{ name: {title}, request: GET /healthz, expect: 200 }}]");
    files.write("odd.yaml", &format!("policy: policy.yaml\n{case}"))?;
    assert_eq!(files.test(&["odd.yaml", "--junit", "junit.xml"]).code, 0);
    let text = files.read("junit.xml")?;
    let name = r#"name="a\u{fffe}\u{1b}[31m\u{202e}]]&gt; &lt;b&gt;""#;
    assert!(text.contains(name), "{text}");
    Ok(())
}

#[test]
fn junit_is_told_the_same() -> Result<()> {
    let files = Files::new()?;
    assert_eq!(files.test(&["bad.yaml", "good.yaml", "--junit", "junit.xml"]).code, 1);
    let text = files.read("junit.xml")?;
    let document = roxmltree::Document::parse(&text)?;
    let all = |name: &'static str| {
        document.descendants().filter(move |node| node.has_tag_name(name)).collect::<Vec<_>>()
    };
    let counts = |element: &roxmltree::Node<'_, '_>| {
        ["name", "tests", "failures", "errors"]
            .map(|name| element.attribute(name).unwrap_or_default().to_owned())
    };
    assert_eq!(counts(&document.root_element()), ["claimgate", "15", "4", "0"]);
    let suites: Vec<_> = all("testsuite").iter().map(counts).collect();
    assert_eq!(suites, [["bad.yaml", "6", "4", "0"], ["good.yaml", "9", "0", "0"]]);
    let failures = all("failure");
    assert_eq!((all("testcase").len(), failures.len()), (15, 4));
    let failure = failures.first().context("a failure")?;
    let case = failure.parent().context("its case")?;
    let place =
        ["name", "classname", "file", "line"].map(|name| case.attribute(name).unwrap_or_default());
    assert_eq!(place, ["<vera> & clerks as vera", "bad.yaml", "bad.yaml", "8"]);
    let message = "expected status 200, found 403; expected rule \"order\", found \"orders\"";
    let reason =
        "denied by rule `orders`: insufficient_permission: has none of the roles [\"clerk\"]";
    assert_eq!((failure.attribute("message"), failure.text()), (Some(message), Some(reason)));
    Ok(())
}

#[test]
fn what_cannot_be_tried_is_an_error() -> Result<()> {
    let files = Files::new()?;
    for (name, text) in [
        ("no-policy.yaml", GOOD.replace("policy.yaml", "none.yaml")),
        ("no-such-policy.yaml", GOOD.replace("policy.yaml", "good.yaml")),
        ("refusing.yaml", GOOD.replace("policy.yaml", "refused.yaml")),
        ("refused.yaml", POLICY.replace("allow: public", "allow: pubic")),
        ("misspelt.yaml", GOOD.replace("cases:", "case:")),
        ("unknown.yaml", GOOD.replace("as: vera", "as: verra")),
        ("issuer.yaml", GOOD.replace("{ sub: vera }", "{ sub: vera, issuer: mian }")),
    ] {
        files.write(name, &text)?;
    }
    for (args, expected) in [
        (&["none.yaml"][..], "error: cannot read none.yaml: "),
        (&["good.yaml", "no-policy.yaml"], "error: no-policy.yaml: cannot read none.yaml: "),
        (&["no-such-policy.yaml"], "error: no-such-policy.yaml: good.yaml: "),
        (&["refusing.yaml"], "error: refusing.yaml: the policy is refused:\nrefused.yaml:4:"),
        (
            &["misspelt.yaml"],
            "error: misspelt.yaml: line 7: unknown key \"case\"; did you mean `cases`? ",
        ),
        (
            &["unknown.yaml"],
            "error: unknown.yaml: line 12: unknown principal \"verra\"; did you mean `vera`? ",
        ),
        (
            &["issuer.yaml"],
            "error: issuer.yaml: principal \"vera\": unknown issuer \"mian\"; did you mean `main`? ",
        ),
        (&["good.yaml", "--junit", "none/junit.xml"], "error: cannot write none/junit.xml: "),
        (
            &["good.yaml", "--filter", "a", "--require-coverage"],
            "error: the argument '--filter <TEXT>' cannot be used with ",
        ),
        (&[], "error: the following required arguments were not provided:"),
    ] {
        let Ran { code, out, err } = files.test(args);
        assert!(err.starts_with(expected), "{args:?}: {err}");
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
    }
    Ok(())
}

/// Neither when all is well nor when it is not is a token shown, or a key.
#[test]
fn no_token_is_shown() -> Result<()> {
    let files = Files::new()?;
    for format in ["text", "json"] {
        let args = ["good.yaml", "bad.yaml", "--junit", "junit.xml", "--format", format];
        let Ran { out, err, .. } = files.test(&args);
        // What every JWT begins with.
        assert!(!(out + &err + &files.read("junit.xml")?).contains("eyJ"), "{format}");
    }
    Ok(())
}

#[test]
fn the_policy_may_be_inside_of_another_file() -> Result<()> {
    let files = Files::new()?;
    let held = POLICY.trim().replace('\n', "\n    ");
    let plugin = format!(
        "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {{ name: claimgate }}\nspec:\n  \
         url: oci://registry.example.com/claimgate:1\n  pluginConfig:\n    {held}\n"
    );
    files.write("plugin.yaml", &plugin)?;
    files.write("inside.yaml", &GOOD.replace("policy.yaml", "plugin.yaml"))?;
    let Ran { code, out, err } = files.test(&["inside.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    Ok(())
}

#[test]
fn the_suites_that_are_shipped_pass() -> Result<()> {
    let mut files = vec!["tests/cases/sample.yaml".to_owned()];
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../envoy/policy-examples");
    for entry in fs::read_dir(examples)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cases.yaml") {
            files.push(format!("envoy/policy-examples/{name}"));
        }
    }
    let mut args = vec!["test", "--require-coverage"];
    args.extend(files.iter().map(String::as_str));
    let Ran { code, out, err } = claimgate(&args);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(out.matches("\ntest result: ok. ").count(), files.len(), "{out}");
    Ok(())
}
