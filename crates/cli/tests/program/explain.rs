//! `claimgate explain`.

use serde_json::{Value, json};

use super::{claimgate, claimgate_with_input};

const OWNERSHIP: &str = "envoy/policy-examples/rest-api-ownership.yaml";

fn report(args: &[&str]) -> Value {
    let args = [&["--format", "json", "explain"], args].concat();
    let ran = claimgate(&args);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_denial_is_explained() {
    let ran = claimgate(&[
        "explain",
        "envoy/policy.yaml",
        "DELETE",
        "/user-data/123?access_token=x",
        "--claims",
        r#"{"sub": "vera", "roles": ["viewer"]}"#,
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out,
        r#"DELETE /user-data/123  host localhost

  denied: 403 insufficient_permission
  because  has none of the roles ["admin"]
  asks     vera, of issuer main; roles: viewer
  token    as described, taken as verified

rule delete-user-data  DELETE /user-data/{id}
  ✗ the role "admin"  has roles "viewer"

reply
  HTTP 403
  cache-control: no-store
  content-type: application/json
  www-authenticate: Bearer realm="claimgate", error="insufficient_scope"

  {"error":"You do not have permission to delete user data."}

  in the access log, %RESPONSE_CODE_DETAILS%: claimgate.insufficient_permission[delete-user-data]

audit line
  {"decision":"deny","status":403,"code":"insufficient_permission","rule":"delete-user-data","issuer":"main","subject":"vera","method":"DELETE","host":"localhost","path":"/user-data/123","reason":"has none of the roles [\"admin\"]"}
"#
    );
}

#[test]
fn each_part_is_told_and_which_rules_are_beaten() {
    let report = report(&[OWNERSHIP, "PUT", "/users/vera/roles", "--claims", r#"{"sub":"vera"}"#]);
    assert_eq!(report["decision"], "deny");
    assert_eq!(report["rule"], json!({"name": "user-roles", "matches": "* /users/{id}/roles/**"}));
    assert_eq!(
        report["asked"],
        json!({"what": r#"the role "admin""#, "met": "no", "has": "roles (none)"})
    );
    let why = "segment 3: `roles` is more specific than `**`";
    assert_eq!(
        report["beaten"],
        json!([{"name": "own-data", "matches": "* /users/{id}/**", "why": why}])
    );
    assert_eq!(report["principal"], json!({"issuer": "main", "subject": "vera", "roles": []}));
    assert_eq!(report["reply"]["status"], 403);
    assert_eq!(report["audit"]["rule"], "user-roles");
}

#[test]
fn what_goes_on_has_no_reply() {
    let report = report(&[OWNERSHIP, "GET", "/users/vera", "--claims", r#"{"sub":"vera"}"#]);
    assert_eq!(report["decision"], "allow");
    assert_eq!(report["asked"]["parts"][1]["met"], "yes");
    assert!(report.get("reply").is_none() && report.get("status").is_none(), "{report}");
}

#[test]
fn where_no_rule_matches_the_nearest_are_named() {
    let report = report(&["envoy/policy.yaml", "PUT", "/user-data/1", "--role", "viewer"]);
    assert_eq!(report["code"], "no_rule");
    let near =
        report["near"].as_array().unwrap().iter().map(|row| row["matches"].as_str().unwrap());
    assert_eq!(near.collect::<Vec<_>>(), ["GET /user-data/{id}", "DELETE /user-data/{id}"]);
}

#[test]
fn hosts_and_headers_take_part() {
    let url = "https://acme.example.com/api/orders";
    let policy = "envoy/policy-examples/multi-tenant.yaml";
    let claims = r#"{"tenant": "acme", "roles": ["reader"]}"#;
    for (url, header, status) in [
        (url, "x-tenant: acme", Value::Null),
        (url, "x-tenant: other", json!(403)),
        ("/a//b", "x-tenant: acme", json!(400)),
    ] {
        let report = report(&[policy, "GET", url, "-H", header, "--claims", claims]);
        assert_eq!(
            report.get("status").cloned().unwrap_or_default(),
            status,
            "{url} {header}: {report:#}"
        );
    }
}

#[test]
fn time_is_as_asked() {
    let claims = r#"{"exp": 1800000000, "sub": "vera"}"#;
    for (now, decision) in [
        ("1800000000", "allow"),
        ("2027-01-15T08:00:00Z", "allow"),
        ("1800000061", "deny"),
        ("2027-01-15T08:01:01Z", "deny"),
    ] {
        let report = report(&["envoy/policy.yaml", "GET", "/me", "--claims", claims, "--now", now]);
        assert_eq!(report["decision"], decision, "{now}");
    }
}

#[test]
fn claims_may_be_written_as_yaml_on_the_command_line() {
    let claims = "{sub: vera, roles: [viewer]}";
    let report = report(&["envoy/policy.yaml", "GET", "/user-data/1", "--claims", claims]);
    assert_eq!(report["principal"]["subject"], "vera");
    assert_eq!(report["decision"], "allow");
}

/// Nobody shall look in the log for a line that is not there.
#[test]
fn it_is_said_where_the_audit_line_is_not_logged() {
    for (decisions, path, logged) in [
        ("denied", "/open", false),
        ("denied", "/closed", true),
        ("none", "/closed", false),
        ("all", "/open", true),
    ] {
        let policy = json!({
            "rules": [{"path": "/open", "allow": "public"}, {"path": "/closed", "allow": "nobody"}],
            "audit": {"decisions": decisions},
        });
        let args = ["explain", "-", "GET", path];
        let ran = claimgate_with_input(&args, &policy.to_string());
        let title =
            if logged { "audit line" } else { "audit line  not logged, by `audit.decisions`" };
        assert!(ran.out.contains(&format!("\n{title}\n")), "{decisions} {path}: {}", ran.out);
        let args = [&["--format", "json"][..], &args].concat();
        let ran = claimgate_with_input(&args, &policy.to_string());
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["audited"], logged, "{decisions} {path}");
    }
}

#[test]
fn a_policy_and_claims_may_be_piped_in() {
    let policy = r#"{"rules": [{"path": "/a", "allow": "public"}]}"#;
    let ran = claimgate_with_input(&["explain", "-", "GET", "/a"], policy);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("allowed") && ran.out.contains("lets everybody through"),
        "{}",
        ran.out
    );
    let args = ["explain", "envoy/policy.yaml", "GET", "/me", "--claims", "-"];
    let ran = claimgate_with_input(&args, "sub: vera\n");
    assert!(ran.out.contains("asks     vera, of issuer main"), "{}{}", ran.out, ran.err);
}

/// A token is worth what its signature is; nobody is told that it was checked when it was not.
#[test]
fn a_signature_is_checked_or_it_is_said_that_it_was_not() {
    let header = "authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln";
    let args = ["explain", "envoy/policy.yaml", "GET", "/me", "-H", header];
    let ran = claimgate(&args);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("the keys of issuer \"main\" are not in the policy"), "{}", ran.err);
    let ran = claimgate(&[&args[..], &["--trust-token"]].concat());
    assert!(ran.out.contains("its signature was NOT checked"), "{}", ran.out);
    assert!(!ran.out.contains("eyJ"), "{}", ran.out);
}
