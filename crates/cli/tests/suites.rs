//! `claimgate test`, the program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A policy, a suite that it passes, and one that fails in every way.
struct Files(TempDir);

impl Files {
    fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        for (name, text) in [("policy.yaml", POLICY), ("good.yaml", GOOD), ("bad.yaml", BAD)] {
            fs::write(folder.path().join(name), text)?;
        }
        Ok(Self(folder))
    }

    /// Runs `claimgate test` in their folder.
    fn test(&self, args: &[&str]) -> Result<Output> {
        run(self.0.path(), args)
    }
}

fn run(folder: &Path, args: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_claimgate"));
    Ok(command.arg("test").args(args).current_dir(folder).output()?)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
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
    let output = Files::new()?.test(&["good.yaml", "--require-coverage"])?;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("good.yaml: running 12 tests\n"), "{text}");
    assert!(text.contains("\ntest whoever has a token as emil ... ok\n"), "{text}");
    assert!(text.contains("\ntest coverage of rule orders ... ok\n"), "{text}");
    let result =
        "\ntest result: ok. 12 passed; 0 failed; 0 filtered out; 3 not listed, and denied\n";
    assert!(text.ends_with(result), "{text}");
    Ok(())
}

#[test]
fn what_fails_is_explained() -> Result<()> {
    let output = Files::new()?.test(&["bad.yaml"])?;
    assert_eq!(stdout(&output), TOLD);
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}

#[test]
fn one_that_fails_is_enough() -> Result<()> {
    let files = Files::new()?;
    let output = files.test(&["good.yaml", "bad.yaml"])?;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("test result: ok. ") && text.ends_with(TOLD), "{text}");
    Ok(())
}

#[test]
fn a_filter_leaves_out_the_others() -> Result<()> {
    let output = Files::new()?.test(&["bad.yaml", "--filter", "healthz as"])?;
    let expected = "\
bad.yaml: running 2 tests
test GET /healthz as vera ... ok
test GET /healthz as emil ... ok

test result: ok. 2 passed; 0 failed; 3 filtered out; 0 not listed, and denied
";
    assert_eq!((stdout(&output).as_str(), output.status.code()), (expected, Some(0)));
    Ok(())
}

#[test]
fn coverage_is_required_where_that_is_asked_for() -> Result<()> {
    let files = Files::new()?;
    let healthz = format!("{}\n", GOOD.split("  - { name").next().unwrap_or_default());
    fs::write(files.0.path().join("healthz.yaml"), healthz)?;
    for (args, code, expected) in [
        (&["healthz.yaml"][..], 0, "test result: ok. 4 passed; 0 failed"),
        (&["healthz.yaml", "--require-coverage"], 1, "test result: FAILED. 5 passed; 2 failed"),
        (
            &["healthz.yaml", "--require-coverage"],
            1,
            "\n---- coverage of rule orders (healthz.yaml)\nno case that it allows\nno case that it denies\n",
        ),
    ] {
        let output = files.test(args)?;
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(expected), "{text}");
    }
    Ok(())
}

#[test]
fn programs_are_told_the_same() -> Result<()> {
    let output = Files::new()?.test(&["bad.yaml", "good.yaml", "--format", "json"])?;
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let suites = told["suites"].as_array().context("suites")?;
    let counts = suites.iter().map(|it| {
        json!([it["file"], it["passed"], it["failed"], it["filtered_out"], it["not_listed"]])
    });
    let counts: Vec<_> = counts.collect();
    assert_eq!(counts, [json!(["bad.yaml", 2, 4, 0, 3]), json!(["good.yaml", 9, 0, 0, 3])]);
    assert_eq!(told["passed"], false);
    let failed = &suites.first().context("one")?["tests"][2];
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
    assert_eq!(*failed, expected);
    let lacks: Vec<_> = told["suites"][0]["coverage"]
        .as_array()
        .context("coverage")?
        .iter()
        .map(|it| &it["lacks"])
        .collect();
    assert_eq!(lacks, [&json!([]), &json!(["allowed", "denied"]), &json!([])]);
    Ok(())
}

#[test]
fn junit_is_told_the_same() -> Result<()> {
    let files = Files::new()?;
    let output = files.test(&["bad.yaml", "good.yaml", "--junit", "junit.xml"])?;
    assert_eq!(output.status.code(), Some(1));
    let text = fs::read_to_string(files.0.path().join("junit.xml"))?;
    let document = roxmltree::Document::parse(&text)?;
    let root = document.root_element();
    assert_eq!((root.attribute("tests"), root.attribute("failures")), (Some("15"), Some("4")));
    let elements = |name: &'static str| {
        document.descendants().filter(move |node| node.has_tag_name(name)).collect::<Vec<_>>()
    };
    let suites = elements("testsuite");
    let suites: Vec<_> = suites
        .iter()
        .map(|it| {
            ["name", "tests", "failures", "errors"]
                .map(|name| it.attribute(name).unwrap_or_default())
        })
        .collect();
    assert_eq!(suites, [["bad.yaml", "6", "4", "0"], ["good.yaml", "9", "0", "0"]]);
    assert_eq!(elements("testcase").len(), 15);
    let failures = elements("failure");
    assert_eq!(failures.len(), 4);
    let first = failures.first().context("a failure")?;
    let case = first.parent().context("its case")?;
    assert_eq!(case.attribute("name"), Some("<vera> & clerks as vera"));
    assert_eq!((case.attribute("file"), case.attribute("line")), (Some("bad.yaml"), Some("8")));
    let message = "expected status 200, found 403; expected rule \"order\", found \"orders\"";
    assert_eq!(first.attribute("message"), Some(message));
    let reason =
        "denied by rule `orders`: insufficient_permission: has none of the roles [\"clerk\"]";
    assert_eq!(first.text(), Some(reason));
    Ok(())
}

#[test]
fn what_cannot_be_tried_is_an_error() -> Result<()> {
    let files = Files::new()?;
    for (name, text) in [
        ("no-policy.yaml", GOOD.replace("policy.yaml", "none.yaml")),
        ("refused.yaml", GOOD.replace("policy.yaml", "good.yaml")),
        ("misspelt.yaml", GOOD.replace("cases:", "case:")),
        ("unknown.yaml", GOOD.replace("as: vera", "as: verra")),
        ("issuer.yaml", GOOD.replace("{ sub: vera }", "{ sub: vera, issuer: mian }")),
    ] {
        fs::write(files.0.path().join(name), text)?;
    }
    for (args, expected) in [
        (&["none.yaml"][..], "error: cannot read none.yaml: "),
        (&["good.yaml", "no-policy.yaml"], "error: no-policy.yaml: cannot read none.yaml: "),
        (&["refused.yaml"], "error: refused.yaml: good.yaml is refused: "),
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
        let output = files.test(args)?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.starts_with(expected), "{args:?}: {told}");
        assert_eq!((stdout(&output).as_str(), output.status.code()), ("", Some(2)), "{args:?}");
    }
    Ok(())
}

/// Neither when all is well nor when it is not is a token shown, or a key.
#[test]
fn no_token_is_shown() -> Result<()> {
    let files = Files::new()?;
    for format in ["text", "json"] {
        let args = ["good.yaml", "bad.yaml", "--junit", "junit.xml", "--format", format];
        let output = files.test(&args)?;
        let junit = fs::read_to_string(files.0.path().join("junit.xml"))?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        // What every JWT begins with.
        assert!(!(stdout(&output) + &junit + &errors).contains("eyJ"), "{format}");
    }
    Ok(())
}

#[test]
fn the_suites_that_are_shipped_pass() -> Result<()> {
    let repository: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", ".."].iter().collect();
    let mut files = vec!["tests/cases/sample.yaml".to_owned()];
    for entry in fs::read_dir(repository.join("envoy/policy-examples"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cases.yaml") {
            files.push(format!("envoy/policy-examples/{name}"));
        }
    }
    let mut args: Vec<_> = files.iter().map(String::as_str).collect();
    args.push("--require-coverage");
    let output = run(&repository, &args)?;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(text.matches("\ntest result: ok. ").count(), files.len(), "{text}");
    Ok(())
}
