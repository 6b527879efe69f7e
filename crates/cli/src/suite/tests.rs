use gate::{Gate, UnixTime};
use serde_json::json;

use super::*;

/// A suite of these principals and cases, on a policy with one rule for admins and one that is public.
fn suite(text: &str) -> Result<Suite> {
    let decode_only = json!({ "decode_only": true });
    let policy = json!({
        "issuers": [
            { "name": "main", "issuer": "https://main.example/", "signature": decode_only },
            { "name": "partners", "issuer": "https://partners.example/", "signature": decode_only },
        ],
        "rules": [
            { "name": "open", "path": "/open", "allow": "public" },
            { "name": "closed", "path": "/closed", "allow": "nobody" },
            { "name": "mine", "path": "/me", "allow": "authenticated" },
            { "name": "admin", "path": "/admin/**", "allow": { "roles": ["admin"] }, "message": "No." },
            { "name": "tried", "path": "/tried", "allow": { "roles": ["admin"] }, "mode": "shadow" },
        ],
    });
    let text = format!("policy: policy.yaml\n{text}");
    Suite::parse(Path::new("suite.yaml"), &text, |path| {
        assert_eq!(path, Path::new("policy.yaml"));
        Ok(policy)
    })
}

const PRINCIPALS: &str = "\
principals:
  ada: { sub: ada, roles: [admin] }
  vera: { sub: vera }
  pat: { sub: pat, issuer: partners }
  nobody: ~
cases:
";

fn cases(text: &str) -> Result<Suite> {
    suite(&format!("{PRINCIPALS}{}", text.trim_start_matches('\n')))
}

/// What everything that is tried comes to: a title, and what is not as it must be.
fn tried(suite: &Suite) -> Vec<String> {
    let runner = Runner::new(suite, UnixTime::from_seconds(1_800_000_000)).unwrap();
    let tried = suite.checks().into_iter().map(|check| {
        let differences = check.differences(&runner.outcome(&check));
        let listed = if check.expect.is_some() { "" } else { "(not listed) " };
        format!("{}: {listed}{}: {}", check.line, check.title, differences.join("; "))
    });
    tried.collect()
}

#[test]
fn everybody_makes_every_request() {
    let suite = cases(
        "
  - { request: GET /admin, as: ada, expect: { status: 200, rule: admin } }
  - { name: not without a token, request: GET /admin, as: nobody, expect: 401 }
  - { name: closed, request: GET /closed, as: [ada, ~], expect: 403 }
  - { request: GET /open, as: '*', expect: 200 }
",
    );
    let expected = [
        "8: GET /admin as ada: ",
        "9: not without a token: ",
        "10: closed as ada: ",
        "10: closed without a token: ",
        "11: GET /open as ada: ",
        "11: GET /open as pat: ",
        "11: GET /open as vera: ",
        "11: GET /open without a token: ",
        "8: (not listed) GET /admin as pat: ",
        "8: (not listed) GET /admin as vera: ",
        "10: (not listed) GET /closed as pat: ",
        "10: (not listed) GET /closed as vera: ",
    ];
    assert_eq!(tried(&suite.unwrap()), expected);
}

#[test]
fn what_no_case_lists_must_not_get_through() {
    let suite = cases(
        "
  - { request: GET /me, as: vera, expect: 200 }
  - { request: GET /me, host: a.example, as: [vera, ada, pat], expect: 200 }
  - { request: GET /me, headers: { x-a: [b, c] }, as: [vera, ada, pat], expect: 200 }
  - { request: GET /tried, as: [ada, vera, pat], expect: 200 }
",
    );
    let failed: Vec<_> =
        tried(&suite.unwrap()).into_iter().filter(|it| !it.ends_with(": ")).collect();
    let expected = [
        "8: (not listed) GET /me as ada: not listed, but allowed",
        "8: (not listed) GET /me as pat: not listed, but allowed",
        "11: (not listed) GET /tried without a token: not listed, but let through: its denial is not enforced",
    ];
    assert_eq!(failed, expected);
}

#[test]
fn what_is_not_as_expected_is_told() {
    for (case, expected) in [
        ("request: GET /admin, as: vera, expect: 200", "expected status 200, found 403"),
        (
            "request: GET /admin, as: vera, expect: { status: 403, code: no_rule }",
            r#"expected code "no_rule", found "insufficient_permission""#,
        ),
        (
            "request: GET /admin, as: vera, expect: { status: 403, rule: mine, message: Never. }",
            r#"expected rule "mine", found "admin"; expected message "Never.", found "No.""#,
        ),
        (
            "request: GET /admin, as: ada, expect: { status: 200, message: No. }",
            r#"expected message "No.", found none"#,
        ),
        (
            "request: GET /none, as: ada, expect: { status: 403, rule: mine }",
            r#"expected rule "mine", found none"#,
        ),
        ("grpc: a.B/C, as: vera, expect: 404", "expected status 404, found 403"),
        (
            "request: HEAD /admin, as: vera, expect: { status: 403, message: No. }",
            r#"expected message "No.", found none"#,
        ),
        ("request: GET /admin%2F, expect: 403", "expected status 403, found 400"),
    ] {
        let suite = cases(&format!("  - {{ {case} }}")).unwrap();
        let found = tried(&suite).swap_remove(0);
        assert!(found.ends_with(&format!(": {expected}")), "{case}: {found}");
    }
}

#[test]
fn a_file_that_makes_no_sense_is_refused() {
    for (case, expected) in [
        (
            "request: GET /, ass: vera, expect: 200",
            "line 8: unknown key \"ass\"; did you mean `as`? expected one of `name`, `request`, `grpc`, `host`, `headers`, `as`, `expect`",
        ),
        (
            "request: GET /, expect: { status: 200, rul: a }",
            "line 8: unknown key \"rul\"; did you mean `rule`? expected one of `status`, `code`, `rule`, `message`",
        ),
        (
            "request: GET /, as: vero, expect: 200",
            "line 8: unknown principal \"vero\"; did you mean `vera`? expected one of `ada`, `nobody`, `pat`, `vera`",
        ),
        ("request: GET /, as: [vera, ada, vera], expect: 200", "line 8: `as` names \"vera\" twice"),
        ("request: GET /, as: [], expect: 200", "line 8: `as` is an empty list"),
        (
            "request: GET /, as: [\"*\"], expect: 200",
            "line 8: unknown principal \"*\"; expected one of `ada`, `nobody`, `pat`, `vera`",
        ),
        (
            "request: GET /, grpc: a.B/C, expect: 200",
            "line 8: expected exactly one of `request` and `grpc`",
        ),
        ("expect: 200", "line 8: expected exactly one of `request` and `grpc`"),
        (
            "request: /admin, expect: 200",
            "line 8: \"/admin\" is not a request; expected a method and a path such as `GET /orders`",
        ),
        (
            "request: GET /, headers: { host: a }, expect: 200",
            "line 8: a host is not written as a header, but as `host`",
        ),
        (
            "request: GET /, headers: { \":path\": /b }, expect: 200",
            "line 8: \":path\" is not a header's name; expected one such as `x-tenant`",
        ),
        (
            "request: GET /, headers: { x-a: \"b\\nc\" }, expect: 200",
            "line 8: the value of \"x-a\" cannot be sent",
        ),
        (
            "request: GET /, headers: { x-a: [] }, expect: 200",
            "line 8: header \"x-a\" is an empty list",
        ),
        (
            "request: GET /, headers: { x-a: 5 }, expect: 200",
            "invalid type: integer `5`, expected a string or a list at line 8, column 34",
        ),
        (
            "request: GET /, expect: yes",
            "invalid type: string \"yes\", expected a status such as 403, or a mapping with `status` at line 8, column 23",
        ),
        (
            "request: GET /, expect: 70000",
            "invalid value: integer `70000`, expected a status such as 403, or a mapping with `status` at line 8, column 23",
        ),
        ("request: GET /", "missing field `expect` at line 8, column 7"),
        (
            "request: /b, expect: 200 }\n  - { grpc: a, request: b, expect: 200",
            "line 8: \"/b\" is not a request; expected a method and a path such as `GET /orders`\nline 9: expected exactly one of `request` and `grpc`",
        ),
    ] {
        let error = cases(&format!("  - {{ {case} }}")).map(|_| ()).unwrap_err();
        assert_eq!(format!("{error:#}"), expected, "{case}");
    }
    for (text, expected) in [
        ("cases: []", "`cases` is an empty list"),
        (
            "principal: {}\ncases: []",
            "line 2: unknown key \"principal\"; did you mean `principals`? expected one of `policy`, `principals`, `cases`",
        ),
        (
            "cases: [{ request: GET /, as: vera, expect: 200 }]",
            "line 2: `as` names \"vera\", but there are no `principals`",
        ),
        ("principals: { '*': { sub: a } }\ncases: []", "principal \"*\": `*` is everybody"),
        (
            "principals: { a: { exp: 5, expires_in: 5 } }\ncases: []",
            "principal \"a\": expected only one of `exp` and `expires_in`",
        ),
    ] {
        let error = suite(text).map(|_| ()).unwrap_err();
        assert_eq!(format!("{error:#}"), expected, "{text}");
    }
}

#[test]
fn a_principal_of_an_unknown_issuer_is_named() {
    let suite = suite(
        "principals: { a: { issuer: partner } }\ncases: [{ request: GET /, as: a, expect: 200 }]",
    )
    .unwrap();
    let error = Runner::new(&suite, UnixTime::from_seconds(0)).unwrap_err();
    let expected = "principal \"a\": unknown issuer \"partner\"; did you mean `partners`? expected one of `main`, `partners`";
    assert_eq!(format!("{error:#}"), expected);
}

#[test]
fn the_configuration_that_ran_decides_alike_elsewhere() {
    let suite = cases("  - { request: GET /admin, as: ada, expect: 200 }").unwrap();
    let now = UnixTime::from_seconds(1_800_000_000);
    let runner = Runner::new(&suite, now).unwrap();
    let gate = Gate::from_configuration(runner.config().to_string().as_bytes()).unwrap();
    for check in suite.checks() {
        assert_eq!(Outcome::by(&gate, &runner.request(&check), now), runner.outcome(&check));
    }
    // Tokens are in none of it, as it is shown.
    for check in suite.checks() {
        let shown = format!("{runner:?} {:?} {check:?}", runner.request(&check));
        assert!(runner.tokens().all(|token| !shown.contains(token)) && !shown.contains("eyJ"));
    }
}

#[test]
fn coverage_counts_what_cases_list() {
    let suite = cases(
        "
  - { request: GET /admin, as: ada, expect: 200 }
  - { request: GET /admin, expect: 401 }
  - { request: GET /me, as: '*', expect: 200 }
  - { request: GET /me/more, as: ada, expect: 200 }
",
    )
    .unwrap();
    let runner = Runner::new(&suite, UnixTime::from_seconds(1_800_000_000)).unwrap();
    let outcomes = runner.try_all(suite.checks());
    let found = Coverage::of(runner.gate(), &outcomes);
    let found: Vec<_> =
        found.iter().map(|it| (it.rule.as_str(), it.allowed, it.denied, &it.lacks[..])).collect();
    let expected = [
        ("open", 0, 0, &[Lack::Allowed][..]),
        ("closed", 0, 0, &[Lack::Denied]),
        ("mine", 3, 1, &[]),
        // That somebody has no token says nothing of the role.
        ("admin", 1, 1, &[Lack::Denied]),
        ("tried", 0, 0, &[Lack::Allowed, Lack::Denied]),
    ];
    assert_eq!(found, expected);
}
