//! Each path option on raw bytes, with Envoy's own path hardening and without.
//!
//! What Envoy 1.40 itself does to a path, when hardened as in `envoy/envoy.yaml`, before claimgate sees it:
//!
//! - `normalize_path` resolves dot segments, also `%2e` and, of the forms with parameters, `..;x` and `.;x` with raw dots;
//!   it turns `\` into `/`, and refuses `%00`
//! - `merge_slashes` makes one slash of several
//! - `path_with_escaped_slashes_action: REJECT_REQUEST` refuses `%2F` and `%5C`; so `encoded_slash: allow` needs it to be
//!   `KEEP_UNCHANGED`
//!
//! It leaves alone `;`, `%3B`, a trailing slash and case. A raw `#` it refuses in any case.

use anyhow::{Context, Result, bail, ensure};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Answer;
use claimgate_tests::raw::{self, Outcome};
use claimgate_tests::release::Release;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// What becomes of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate<'a> {
    /// This rule lets it through, and the upstream is asked for this path.
    Passes(&'a str, &'a str),
    /// This rule stops it.
    Stopped(&'a str),
    /// claimgate refuses it, for this reason.
    Refused(&'a str),
    /// Envoy refuses it, and claimgate is not asked.
    RefusedByEnvoy,
}

use Fate::{Passes, Refused, RefusedByEnvoy, Stopped};

/// A path as it is sent; what becomes of it without Envoy's hardening; what with it, where that is another thing.
type Row = (&'static str, Fate<'static>, Option<Fate<'static>>);

const DOTS: Fate<'_> = Refused("the path has a dot segment");
const EMPTY: Fate<'_> = Refused("the path has an empty segment");
const SLASH: Fate<'_> = Refused("the path has the escape %2F");
const SEMICOLON: Fate<'_> = Refused("the path has the raw byte 0x3b");

#[test]
fn encoded_slash_allow() -> Result<()> {
    check(
        &json!({ "encoded_slash": "allow" }),
        &[
            ("/repos/a%2Fb", Passes("repository", "/repos/a%2Fb"), Some(RefusedByEnvoy)),
            ("/repos/a%2fb", Passes("repository", "/repos/a%2fb"), Some(RefusedByEnvoy)),
            ("/repos/a%2F%2Fb", Passes("repository", "/repos/a%2F%2Fb"), Some(RefusedByEnvoy)),
            ("/repos/a%2F..%2Fb", DOTS, Some(RefusedByEnvoy)),
            ("/repos/..%2Fadmin", DOTS, Some(RefusedByEnvoy)),
            ("/repos/a%5Cb", Refused("the path has the escape %5C"), Some(RefusedByEnvoy)),
            (
                "/repos/a\\b",
                Refused("the path has the raw byte 0x5c"),
                Some(Passes("rest", "/repos/a/b")),
            ),
            ("/repos/a%252Fb", Refused("the path is percent-encoded twice"), None),
            ("/repos/a/b", Passes("rest", "/repos/a/b"), None),
        ],
    )
}

#[test]
fn encoded_slashes_pass_a_hardened_envoy_that_keeps_them() -> Result<()> {
    let upstream = Upstream::start()?;
    let mut tree = config(&json!({ "encoded_slash": "allow" }), &upstream).build()?;
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
    let manager = tree.pointer_mut(manager).context("no connection manager")?;
    ensure!(manager["path_with_escaped_slashes_action"] == "REJECT_REQUEST");
    manager["path_with_escaped_slashes_action"] = json!("KEEP_UNCHANGED");
    let envoy = Envoy::start(&tree)?;
    for (path, expected) in [
        ("/repos/a%2Fb", Passes("repository", "/repos/a%2Fb")),
        ("/open/../repos/a%2Fb", Passes("repository", "/repos/a%2Fb")),
        ("/repos/a%2F..%2Fb", DOTS),
        ("/repos/a%2F..", DOTS),
        ("/repos/a%2F../b", DOTS),
        ("/repos/a%5Cb", Refused("the path has the escape %5C")),
    ] {
        meets(&envoy, path, &expected)?;
    }
    Ok(())
}

#[test]
fn semicolon_allow() -> Result<()> {
    let resolves = Release::of_envoy()?.resolves_dots_with_parameters()?;
    let resolved = |fate| resolves.then_some(fate);
    check(
        &json!({ "semicolon": "allow" }),
        &[
            ("/open/a;v=1", Passes("open", "/open/a;v=1"), None),
            ("/notes;v=1", Stopped("notes"), None),
            ("/notes%3Bv=1", Stopped("notes"), None),
            ("/notes;v=2", Passes("rest", "/notes;v=2"), None),
            // Why an upstream that drops parameters needs `strip`.
            ("/admin;x", Passes("rest", "/admin;x"), None),
            ("/;/admin", Passes("rest", "/;/admin"), None),
            ("/open/..;/admin", DOTS, resolved(Stopped("admin"))),
            ("/open/..;x=1/admin", DOTS, resolved(Stopped("admin"))),
            ("/open/.;/admin", DOTS, resolved(Passes("open", "/open/admin"))),
            ("/open/%2e%2e;/admin", DOTS, None),
            ("/open/..%3B/admin", DOTS, None),
            ("/open/a;b=%2F", SLASH, Some(RefusedByEnvoy)),
        ],
    )
}

#[test]
fn semicolon_strip() -> Result<()> {
    let resolves = Release::of_envoy()?.resolves_dots_with_parameters()?;
    let resolved = |fate| resolves.then_some(fate);
    let encoded = Refused("the path has the escape %3B");
    check(
        &json!({ "semicolon": "strip" }),
        &[
            ("/admin;x", Stopped("admin"), None),
            ("/%61dmin;", Stopped("admin"), None),
            ("/open;v=1/a;b=c", Passes("open", "/open;v=1/a;b=c"), None),
            ("/;/admin", EMPTY, None),
            ("/open/;x", EMPTY, None),
            ("/open/..;/admin", DOTS, resolved(Stopped("admin"))),
            ("/open/..;x=1/admin", DOTS, resolved(Stopped("admin"))),
            ("/open/%2e%2e;/admin", DOTS, None),
            ("/open/..%3B/admin", encoded.clone(), None),
            ("/admin%3Bx", encoded, None),
            ("/open/a;b=%2F", SLASH, Some(RefusedByEnvoy)),
        ],
    )
}

#[test]
fn trailing_slash_strict() -> Result<()> {
    check(
        &json!({ "trailing_slash": "strict" }),
        &[
            ("/list", Passes("list", "/list"), None),
            ("/list/", Stopped("list with slash"), None),
            ("/list?/", Passes("list", "/list?/"), None),
            ("/list//", EMPTY, Some(Stopped("list with slash"))),
            ("/list/.", DOTS, Some(Stopped("list with slash"))),
            ("/repos/", Passes("rest", "/repos/"), None),
            ("/repos/a/", Passes("rest", "/repos/a/"), None),
            ("/admin/", Stopped("admin"), None),
            ("/", Passes("rest", "/"), None),
        ],
    )
}

#[test]
fn case_insensitive() -> Result<()> {
    check(
        &json!({ "case": "insensitive" }),
        &[
            ("/ADMIN", Stopped("admin"), None),
            ("/aDmin/X", Stopped("admin"), None),
            ("/%41DMIN", Stopped("admin"), None),
            ("/adm%C4%B1n", Stopped("admin"), None),
            ("/adm%C4%B0n", Stopped("admin"), None),
            ("/Key%C5%BF", Stopped("keys"), None),
            ("/%E2%84%AAeys", Stopped("keys"), None),
            ("/Repos/A", Passes("repository", "/Repos/A"), None),
            ("/ADMIN;x", SEMICOLON, None),
        ],
    )
}

#[test]
fn by_default() -> Result<()> {
    check(
        &json!({}),
        &[
            ("/list/", Passes("list", "/list/"), None),
            ("/ADMIN", Passes("rest", "/ADMIN"), None),
            ("/admin;x", SEMICOLON, None),
            ("/admin%3Bx", Refused("the path has the escape %3B"), None),
            ("/repos/a%2Fb", SLASH, Some(RefusedByEnvoy)),
            ("/open/%2e%2e/admin", DOTS, Some(Stopped("admin"))),
            ("//admin", EMPTY, Some(Stopped("admin"))),
            ("/open/%00", Refused("the path has the escape %00"), Some(RefusedByEnvoy)),
        ],
    )
}

fn check(options: &Value, rows: &[Row]) -> Result<()> {
    for normalization in [false, true] {
        let upstream = Upstream::start()?;
        let tree = config(options, &upstream).normalization(normalization).build()?;
        let envoy = Envoy::start(&tree)?;
        for (path, plain, hardened) in rows {
            let expected = hardened.as_ref().filter(|_| normalization).unwrap_or(plain);
            meets(&envoy, path, expected)
                .with_context(|| format!("normalization: {normalization}"))?;
        }
    }
    Ok(())
}

/// Public rules but for what their names say, and a public one for the rest.
fn config(options: &Value, upstream: &Upstream) -> Config {
    let mut rules = vec![
        json!({ "name": "admin", "path": "/admin/**", "allow": "nobody" }),
        json!({ "name": "keys", "path": "/Keys", "allow": "nobody" }),
        json!({ "name": "repository", "path": "/repos/{name}", "allow": "public" }),
        json!({ "name": "list", "path": "/list", "allow": "public" }),
        json!({ "name": "open", "path": "/open/**", "allow": "public" }),
        json!({ "name": "rest", "path": "/**", "allow": "public" }),
    ];
    if options["semicolon"] == "allow" {
        rules.push(json!({ "name": "notes", "path": "/notes;v=1", "allow": "nobody" }));
    }
    if options["trailing_slash"] == "strict" {
        rules.push(json!({ "name": "list with slash", "path": "/list/", "allow": "nobody" }));
    }
    let policy = json!({ "paths": options, "rules": rules, "audit": { "decisions": "all" } });
    Config::new(upstream.addr(), json!({ "keys": [] })).policy(&policy).without_jwt_authn()
}

/// Sends the path over both protocols.
fn meets(envoy: &Envoy, path: &str, expected: &Fate<'_>) -> Result<()> {
    let http1 = format!("GET {path} HTTP/1.1\r\nHost: api\r\n\r\n");
    let http1 = || raw::http1(envoy.addr(), http1.as_bytes());
    let http2 = || {
        let fields =
            [(":method", "GET"), (":path", path), (":scheme", "http"), (":authority", "api")];
        let fields = fields.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        match raw::http2(envoy.addr(), &fields)? {
            Outcome::Answer(answer) => Ok(*answer),
            Outcome::Reset(code) => bail!("the stream was reset with {code}"),
        }
    };
    meets_over(envoy, &http1, expected).with_context(|| format!("{path} over HTTP/1.1"))?;
    meets_over(envoy, &http2, expected).with_context(|| format!("{path} over HTTP/2"))
}

fn meets_over(envoy: &Envoy, send: &dyn Fn() -> Result<Answer>, expected: &Fate<'_>) -> Result<()> {
    let earlier = envoy.decisions()?.len();
    let answer = send()?;
    let audit = envoy.decisions()?.into_iter().nth(earlier).unwrap_or_default();
    let reached = answer.json().map_or(Value::Null, |body| body["path"].clone());
    let found = match (answer.status, audit["rule"].as_str(), reached.as_str()) {
        (200, Some(rule), Some(path)) => Passes(rule, path),
        (403, Some(rule), None) => Stopped(rule),
        (400, None, None) if audit.is_null() => RefusedByEnvoy,
        (400, None, None) => Refused(audit["reason"].as_str().unwrap_or_default()),
        _ => bail!("{} {audit}", answer.status),
    };
    ensure!(found == *expected, "expected {expected:?}, found {found:?}");
    Ok(())
}
