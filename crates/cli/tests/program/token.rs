//! `claimgate token`.

use std::fs;

use claimgate_cli::stand_in::{Draft, StandIn};
use gate::UnixTime;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::{Ran, claimgate, claimgate_with_input};

const NOW: i64 = 1_800_000_000;

/// A policy, a key set and a token on disk.
struct Files {
    folder: TempDir,
    token: String,
}

impl Files {
    fn new(claims: &Value, forged: bool) -> Self {
        let mut config = json!({
            "issuers": [{
                "name": "main", "issuer": "https://idp.example.com/", "audiences": ["api"],
                "signature": { "jwt_authn": { "metadata": "payload" } },
            }],
            "rules": [{ "path": "/**", "allow": { "roles": ["admin"] } }],
        });
        let policy = config.to_string();
        let stand_in = StandIn::take_over(&mut config).unwrap();
        let claims = Map::from_iter(claims.as_object().unwrap().clone());
        let draft = Draft { claims, forged, ..Draft::default() };
        let token = stand_in.token(&draft, UnixTime::from_seconds(NOW)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("policy.json", &policy);
        write("jwks.json", &config["issuers"][0]["signature"]["jwks"].to_string());
        write("token", &format!("Bearer {token}\n"));
        Self { folder, token }
    }

    /// What is said of the token, asked with these of the files.
    fn run(&self, args: &[&str]) -> Ran {
        let now = NOW.to_string();
        let path = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (token, policy, jwks) = (path("token"), path("policy.json"), path("jwks.json"));
        let mut all = vec!["token", &token, "--now", &now];
        for arg in args {
            all.extend(match *arg {
                "policy" => ["--policy", &policy],
                _ => ["--jwks", &jwks],
            });
        }
        let ran = claimgate(&all);
        let signature = self.token.rsplit('.').next().unwrap();
        assert!(!ran.out.contains(signature) && !ran.err.contains(signature));
        ran
    }
}

#[test]
fn what_was_checked_is_said_and_what_was_not() {
    let vera = json!({"sub": "vera", "roles": ["admin"]});
    let good = Files::new(&vera, false);
    let ran = good.run(&["policy", "jwks"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("✓ the signature, with the keys given\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n  vera, of issuer main; roles: admin\n"), "{}", ran.out);
    assert!(ran.out.contains("  exp: 1800000300  2027-01-15T08:05:00Z, in 5 min\n"), "{}", ran.out);

    let ran = good.run(&["jwks"]);
    assert!(ran.code == 0 && ran.out.contains("no issuer and no audience"), "{}", ran.out);

    for args in [&["policy"][..], &[]] {
        let ran = good.run(args);
        assert_eq!(ran.code, 1, "nothing was verified");
        assert!(ran.out.contains("? the signature was NOT checked"), "{}", ran.out);
    }
}

#[test]
fn what_is_refused_has_a_reason() {
    let vera = json!({"sub": "vera"});
    for (claims, forged, args, reason) in [
        (
            &vera,
            true,
            &["policy", "jwks"][..],
            "the signature is not that of a key of issuer `main`",
        ),
        (&vera, true, &["jwks"], "the signature is not that of a key of issuer `any`"),
        (&json!({"exp": NOW - 61}), false, &[], "expired"),
        (&json!({"aud": "web"}), false, &["policy"], "aud"),
        (
            &json!({"iss": "https://else.example.com/"}),
            false,
            &["policy"],
            "is not one of `issuers`",
        ),
    ] {
        let ran = Files::new(claims, forged).run(args);
        assert_eq!(ran.code, 1, "{}", ran.out);
        let refused = ran.out.lines().find(|line| line.contains("✗ refused: ")).unwrap();
        assert!(refused.contains(reason), "{refused}");
        assert!(!ran.out.contains("✓"), "{}", ran.out);
    }
}

/// On the command line it would stay in the shell's history, and in an error in the logs of a pipeline.
#[test]
fn a_token_in_the_place_of_a_file_is_not_repeated() {
    let long = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", "e30".repeat(200));
    let explain = ["explain", "envoy/policy.yaml", "GET", "/me"];
    for token in ["eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln", &long] {
        for args in [
            &["token", token][..],
            &["token", "--jwks", token, "envoy/policy.yaml"],
            &[&explain[..], &["--token", token]].concat(),
            &[&explain[..], &["--claims", token]].concat(),
        ] {
            let ran = claimgate(args);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""));
            assert!(ran.err.starts_with("error: found a token, expected the file"), "{}", ran.err);
            assert!(!ran.err.contains("eyJ"), "{}", ran.err);
        }
    }
}

/// One issuer's tokens count unchecked, another's do not.
#[test]
fn a_signature_that_can_be_checked_is_checked() {
    let mut config = json!({
        "issuers": [
            { "name": "main", "issuer": "a", "signature": { "decode_only": true } },
            { "name": "other", "issuer": "b", "signature": { "decode_only": true } },
        ],
        "rules": [{ "path": "/**", "allow": "authenticated" }],
    });
    let stand_in = StandIn::take_over(&mut config).unwrap();
    config["issuers"][1]["signature"] = json!({ "decode_only": true });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("policy.json"), config.to_string()).unwrap();
    for (issuer, forged, refused) in
        [("main", false, false), ("main", true, true), ("other", true, false)]
    {
        let draft = Draft { issuer: Some(issuer.to_owned()), forged, ..Draft::default() };
        let token = stand_in.token(&draft, UnixTime::from_seconds(NOW)).unwrap();
        fs::write(path("token"), token).unwrap();
        let ran = claimgate(&[
            "token",
            &path("token"),
            "--policy",
            &path("policy.json"),
            "--now",
            &NOW.to_string(),
        ]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(ran.out.contains("? the signature was NOT checked"), "{}", ran.out);
        assert_eq!(ran.out.contains("✗ refused: the signature"), refused, "{}", ran.out);
    }
}

/// A token is somebody else's text: no terminal obeys it, and nothing in it hides.
#[test]
fn what_a_token_says_does_nothing_to_a_terminal() {
    let hostile = "\u{1b}[8m\u{202e}\u{9b}2J";
    let claims = json!({"sub": hostile, "roles": [hostile], "\u{1b}]0;x\u{7}": hostile});
    let files = Files::new(&claims, false);
    let path = |name: &str| files.folder.path().join(name).to_str().unwrap().to_owned();
    let now = NOW.to_string();
    let (token, policy, jwks) = (path("token"), path("policy.json"), path("jwks.json"));
    fs::write(&token, &files.token).unwrap();
    let common = ["--jwks", &jwks, "--now", &now, "--color", "always"];
    for args in [
        &["token", &token, "--policy", &policy][..],
        &["explain", &policy, "GET", "/\u{1b}]0;x\u{7}\u{202e}", "--token", &token],
        &["explain", &policy, "GET", "/", "--token", &token],
    ] {
        let ran = claimgate(&[args, &common].concat());
        assert!(ran.out.contains(r"\u{202e}"), "{:?}", ran.out);
        for obeyed in ["\u{1b}]", "\u{1b}[8m", "\u{202e}", "\u{9b}", "\u{7}"] {
            assert!(!ran.out.contains(obeyed), "{obeyed:?} in {:?}", ran.out);
        }
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    for (input, code, said) in [
        ("", 2, "there is no token"),
        ("abc", 1, "the token does not have the three parts of a signed JWT"),
        ("e30.e30.", 1, "the token's header names no signature algorithm"),
        ("e30.bm90IGpzb24.c2ln", 1, "cannot be read as a JSON object"),
    ] {
        let ran = claimgate_with_input(&["token"], input);
        assert_eq!(ran.code, code, "{input}: {}{}", ran.out, ran.err);
        assert!(
            ran.out.contains(said) || ran.err.contains(said),
            "{input}: {}{}",
            ran.out,
            ran.err
        );
    }
    let ran = claimgate_with_input(&["token", "--format", "json"], "eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["header"], json!({"alg": "HS256"}));
    assert_eq!(report["signature"], "not_checked");
    assert_eq!(report["refused"], "claim `exp` is missing");
}
