//! `claimgate check`.

use serde_json::{Value, json};

use super::{Ran, claimgate, claimgate_with_input};

const GOOD: &str = "rules: [{ path: /a, allow: nobody }]\n";
const WARNED: &str = "rules: [{ path: /a, allow: nobody, mode: shadow }]\n";
const BAD: &str = "rules:\n  - path: /a\n    alow: nobody\n";

#[test]
fn exit_codes_say_whether_there_is_anything_to_object_to() {
    for (args, input, expected, last) in [
        (&["-"][..], GOOD, 0, "1 policy with 1 rule: nothing to object to"),
        (&["-"], WARNED, 0, "1 policy with 1 rule: 0 errors, 1 warning"),
        (&["-", "--deny-warnings"], WARNED, 1, "1 policy with 1 rule: 0 errors, 1 warning"),
        (
            &["-", "--deny-warnings", "--allow", "shadow"],
            WARNED,
            0,
            "1 policy with 1 rule: nothing to object to",
        ),
        (&["-"], BAD, 1, "1 policy: 2 errors, 0 warnings"),
        (&["-"], "rules: [", 1, "0 policies: 1 error, 0 warnings"),
        (&["-"], "kind: Service", 2, "0 policies: 1 error, 0 warnings"),
        (&["no-such-file.yaml", "-"], BAD, 2, "1 policy: 3 errors, 0 warnings"),
        (
            &["envoy/policy.yaml", "envoy/envoy.yaml", "envoy/standalone.yaml", "--deny-warnings"],
            "",
            0,
            "3 policies with 21 rules: nothing to object to",
        ),
    ] {
        let args: Vec<_> = ["check"].iter().chain(args).copied().collect();
        let Ran { code, out, err } = claimgate_with_input(&args, input);
        assert_eq!(
            (code, out.lines().last(), &*err),
            (expected, Some(last), ""),
            "{args:?}: {out}"
        );
    }
}

#[test]
fn what_is_wrong_is_printed_with_its_place() {
    let Ran { out, .. } = claimgate_with_input(&["check", "-"], BAD);
    assert_eq!(
        out,
        "\
error: rules[0]: `allow` is missing
 --> -:2:5
  |
2 |   - path: /a
  |     ^^^^^^^^

error: rules[0]: unknown key \"alow\"; did you mean `allow`? expected one of `name`, `hosts`, `methods`, `path`, \
         `paths`, `grpc`, `allow`, `message`, `status`, `mode`
 --> -:3:5
  |
3 |     alow: nobody
  |     ^^^^

1 policy: 2 errors, 0 warnings
"
    );
    let Ran { out, .. } = claimgate_with_input(&["check", "-", "--color", "always"], BAD);
    assert!(out.contains("\u{1b}["));
}

#[test]
fn json_is_one_document() {
    let args = ["check", "--format", "json", "-", "no-such-file.yaml"];
    let Ran { code, out, err } = claimgate_with_input(&args, WARNED);
    assert_eq!((code, &*err), (2, ""));
    let missing = "cannot read no-such-file.yaml: No such file or directory (os error 2)";
    assert_eq!(
        serde_json::from_str::<Value>(&out).unwrap(),
        json!({
            "findings": [
                {
                    "file": "-", "line": 1, "column": 42, "end_line": 1, "end_column": 48,
                    "severity": "warning", "name": "shadow", "place": "rules[0].mode",
                    "message": "rule `/a` is in shadow: whatever it governs goes on, also what another rule denied \
                                before it was there",
                },
                {
                    "file": "no-such-file.yaml", "line": null, "column": null, "end_line": null, "end_column": null,
                    "severity": "error", "name": null, "place": "", "message": missing,
                },
            ],
            "policies": 1, "rules": 1, "errors": 1, "warnings": 1,
        })
    );
    let Ran { code, out, .. } = claimgate_with_input(&["check", "--format", "json", "-"], GOOD);
    let nothing = json!({"findings": [], "policies": 1, "rules": 1, "errors": 0, "warnings": 0});
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()), (0, nothing));
}

#[test]
fn the_help_lists_what_may_be_allowed() {
    let Ran { code, out, .. } = claimgate(&["check", "--help"]);
    assert_eq!(code, 0);
    assert!(out.contains("\n  unused-role ") && out.contains("\n  fail-open "), "{out}");
    // An error cannot be allowed.
    let Ran { code, err, .. } = claimgate(&["check", "-", "--allow", "fail-open"]);
    assert_eq!(code, 2, "{err}");
}

/// Whatever the rules say: once claimgate has crashed, nobody would ask them (tests/e2e/faults/trap.rs shows it).
#[test]
fn what_opens_the_gate_after_a_crash_is_an_error() {
    let policy = "{ rules: [{ path: /a, allow: nobody }] }";
    let mesh = |kind: &str, plugin: String| format!("kind: {kind}\nspec: {plugin}");
    let files = ["failure_policy: FAIL_OPEN", "fail_open: true", "failOpen: true"].map(|setting| {
        let configuration =
            format!("configuration: {{ '@type': type.googleapis.com/google.protobuf.Struct, value: {policy} }}");
        let kind = "'@type': type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
        format!("name: claimgate\ntyped_config: {{ {kind}, config: {{ {setting}, {configuration} }} }}")
    });
    let meshes = [
        mesh("WasmPlugin", format!("{{ failStrategy: FAIL_OPEN, pluginConfig: {policy} }}")),
        mesh(
            "TrafficExtension",
            format!("{{ wasm: {{ failStrategy: FAIL_OPEN, pluginConfig: {policy} }} }}"),
        ),
        mesh(
            "EnvoyExtensionPolicy",
            format!("{{ wasm: [{{ failOpen: true, config: {policy} }}] }}"),
        ),
    ];
    for file in files.iter().chain(&meshes) {
        let Ran { code, out, err } = claimgate_with_input(&["check", "-"], file);
        let said = out + &err;
        assert_eq!(code, 1, "{file}: {said}");
        assert!(said.contains("error[fail-open]") && said.contains("1 error"), "{file}: {said}");
        let closed = file.replace("FAIL_OPEN", "FAIL_RELOAD").replace("true", "false");
        assert_eq!(claimgate_with_input(&["check", "-"], &closed).code, 0, "{closed}");
    }
}

#[test]
fn a_file_with_several_policies_is_named_where_one_is_expected() {
    let two = format!("{GOOD}---\n{GOOD}");
    let Ran { code, out, err } = claimgate_with_input(&["explain", "-", "GET", "/a"], &two);
    let said = "error: - has several policies, expected one of these:\n-#1: -:1:1: a policy alone\n-#2: -:3:1: a policy alone\n";
    assert_eq!((code, &*out, &*err), (2, "", said));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.yaml");
    std::fs::write(&file, &two).unwrap();
    for (number, code) in [("#1", 0), ("#2", 0), ("#0", 2), ("#3", 2), ("#x", 2), ("", 2)] {
        let ran = claimgate(&["explain", &format!("{}{number}", file.display()), "GET", "/a"]);
        assert_eq!(ran.code, code, "{number}: {}", ran.err);
    }
    let Ran { code, err, .. } = claimgate_with_input(&["explain", "-", "GET", "/a"], BAD);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: the policy is refused:\n-:3:5: rules[0]: unknown key"),
        "{err}"
    );
    assert!(err.ends_with("\n-:2:5: rules[0]: `allow` is missing\n"), "{err}");
}
