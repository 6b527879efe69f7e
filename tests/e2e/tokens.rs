//! Tokens: who they let in, and what broken ones get.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::raw;
use claimgate_tests::token::{Issuer, claims, now};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// Envoy with the sample policy; tokens verified by jwt_authn in front, or only decoded.
fn start(upstream: &Upstream, issuer: &Issuer, verified: bool) -> Result<Envoy> {
    let config = Config::new(upstream.addr(), issuer.jwks());
    let config = if verified {
        config
    } else {
        let mut policy = sample_policy()?;
        policy["issuers"][0]["signature"] = json!({ "decode_only": true });
        config.policy(&policy).without_jwt_authn()
    };
    Envoy::start(&config.build()?)
}

fn delete(envoy: &Envoy, token: &str) -> Result<u16> {
    Ok(Request::new("DELETE /user-data/123")?.bearer(token)?.send(envoy.addr())?.status)
}

#[test]
fn the_role_in_the_token_decides() -> Result<()> {
    for verified in [true, false] {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let envoy = start(&upstream, &issuer, verified)?;
        assert_eq!(delete(&envoy, &issuer.token(&claims("ada", &["admin"])))?, 200);
        assert_eq!(upstream.hits(), 1);
        assert_eq!(delete(&envoy, &issuer.token(&claims("vera", &["viewer"])))?, 403);
        assert_eq!(delete(&envoy, &issuer.token(&claims("ada", &["Admin", "admin "])))?, 403);
        assert_eq!(upstream.hits(), 1, "a denied request reached the upstream");
    }
    Ok(())
}

#[test]
fn a_forged_token_is_stopped_where_jwt_authn_verifies_and_warned_about_where_nobody_does()
-> Result<()> {
    let (upstream, issuer, stranger) = (Upstream::start()?, Issuer::new()?, Issuer::new()?);
    let forged = stranger.token(&claims("ada", &["admin"]));
    let envoy = start(&upstream, &issuer, true)?;
    assert_eq!(delete(&envoy, &forged)?, 401);
    assert_eq!(upstream.hits(), 0);
    assert!(envoy.log()?.contains("jwt_authn verified no token on this request"));
    let envoy = start(&upstream, &issuer, false)?;
    assert!(envoy.log()?.contains("is `decode_only`: signatures are not checked here"));
    // What the warning means.
    assert_eq!(delete(&envoy, &forged)?, 200);
    Ok(())
}

#[test]
fn metadata_cannot_be_imitated_by_a_client() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let envoy = start(&upstream, &issuer, true)?;
    let payload = URL_SAFE_NO_PAD.encode(claims("ada", &["admin"]).to_string());
    for name in ["x-jwt-payload", "payload", "envoy.filters.http.jwt-authn", "x-envoy-jwt-payload"]
    {
        let request = Request::new("DELETE /user-data/123")?.header(name, &payload)?;
        assert_eq!(request.send(envoy.addr())?.status, 401, "{name}");
    }
    Ok(())
}

#[test]
fn claims_of_every_shape_come_through_jwt_authn() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let envoy = start(&upstream, &issuer, true)?;
    for (shape, expected) in [
        (json!({ "roles": ["viewer", "admin"] }), 200),
        (json!({ "roles": "admin" }), 200),
        (json!({ "realm_access": { "roles": ["admin"] } }), 200),
        (
            json!({ "roles": ["admin", 5, null, true, ["x"], { "y": 1.5 }], "n": 1e300, "o": {} }),
            200,
        ),
        (json!({ "roles": [["admin"], { "0": "admin" }] }), 403),
        (json!({ "roles": { "0": "admin", "admin": "admin" } }), 403),
        (json!({ "roles": "viewer admin" }), 403),
        // The bytes of a list that Envoy's untagged form would have.
        (json!({ "roles": "\u{1}\0\0\0\u{5}\0\0\0\0\0\0\0admin\0\0" }), 403),
        (json!({ "roles": 5 }), 403),
        (json!({ "roles": null }), 403),
        (json!({ "realm_access": { "roles": [] } }), 403),
        (json!({ "realm_access": "admin" }), 403),
    ] {
        let mut payload = claims("ada", &[]);
        if let (Value::Object(payload), Value::Object(shape)) = (&mut payload, shape.clone()) {
            payload.remove("roles");
            payload.extend(shape);
        }
        assert_eq!(delete(&envoy, &issuer.token(&payload))?, expected, "{shape}");
    }
    Ok(())
}

/// Authorization values that must get 401, as raw bytes, by what is wrong with them.
fn broken(issuer: &Issuer) -> Vec<(&'static str, Vec<u8>)> {
    let header = br#"{"alg":"ES256","kid":"test"}"#;
    let good = claims("ada", &["admin"]);
    let jws = |payload: &str| issuer.jws(header, payload.as_bytes(), true);
    let with = |member: &str, value: &str| {
        // As text: a JSON value cannot hold 1e400 or a member twice.
        let payload = good.to_string();
        jws(&format!("{{{member}:{value},{}", payload.trim_start_matches('{')))
    };
    let replacing = |member: &str, value: Value| {
        let mut payload = good.clone();
        payload[member] = value;
        jws(&payload.to_string())
    };
    let token = jws(&good.to_string());
    let (start, signature) = token.rsplit_once('.').unwrap_or_default();
    let texts = [
        ("empty", String::new()),
        ("one part", "abc".into()),
        ("two parts", start.to_owned()),
        ("four parts", format!("{token}.x")),
        ("five parts", format!("{token}.x.y")),
        ("fifty parts", vec!["e30"; 50].join(".")),
        ("only dots", "..".into()),
        ("ten thousand dots", ".".repeat(10_000)),
        ("unsigned", issuer.jws(br#"{"alg":"none"}"#, good.to_string().as_bytes(), false)),
        ("empty signature", format!("{start}.")),
        ("padded signature", format!("{token}==")),
        ("trailing bits", format!("{start}.{}", trailing_bits(signature))),
        ("standard base64", format!("{start}.+/+/")),
        ("twice", format!("{token},Bearer {token}")),
        ("followed by a word", format!("{token} admin")),
        ("followed by a blank and quoted", format!("\"{token}\"")),
        (
            "crit",
            issuer.jws(br#"{"alg":"ES256","crit":["exp"]}"#, good.to_string().as_bytes(), true),
        ),
        ("header not an object", issuer.jws(b"[]", good.to_string().as_bytes(), true)),
        (
            "header with a member twice",
            issuer.jws(br#"{"alg":"none","alg":"ES256"}"#, good.to_string().as_bytes(), true),
        ),
        ("payload not an object", jws("[]")),
        ("payload not JSON", jws("{")),
        ("payload a lone surrogate", with("\"x\"", "\"\\ud800\"")),
        ("member twice", with("\"roles\"", "[\"viewer\"]")),
        ("number out of range", with("\"x\"", "1e400")),
        ("depth bomb", with("\"x\"", &format!("{}{}", "[".repeat(3_000), "]".repeat(3_000)))),
        ("exp a string", replacing("exp", json!((now() + 300).to_string()))),
        ("exp 0", replacing("exp", json!(0))),
        ("exp 0.5", replacing("exp", json!(0.5))),
        ("exp negative", replacing("exp", json!(-1))),
        ("exp null", replacing("exp", json!(null))),
        ("exp 2^64", replacing("exp", json!(18_446_744_073_709_551_616.0))),
        ("exp true", replacing("exp", json!(true))),
        ("nbf to come", replacing("nbf", json!(now() + 3_000))),
        ("nbf a string", replacing("nbf", json!("0"))),
        ("aud another", replacing("aud", json!("web"))),
        ("aud a number", replacing("aud", json!(5))),
        ("aud an object", replacing("aud", json!({ "api": "api" }))),
        ("aud missing", replacing("aud", Value::Null)),
        ("iss another", replacing("iss", json!("https://idp.example.com"))),
        ("iss a list", replacing("iss", json!(["https://idp.example.com/"]))),
        ("sub a number", replacing("sub", json!(5))),
        ("huge", format!("{token}{}", "A".repeat(40_000))),
    ];
    let values = texts.map(|(what, token)| (what, format!("Bearer {token}").into_bytes()));
    let raw = [
        ("not UTF-8", b"Bearer \xff\xfe\xfd".to_vec()),
        ("overlong UTF-8", b"Bearer \xc0\xae.\xc0\xae.x".to_vec()),
        ("a tab", [b"Bearer\t", token.as_bytes()].concat()),
        ("no scheme", token.clone().into_bytes()),
        ("Basic", b"Basic YTpi".to_vec()),
        ("scheme alone", b"Bearer".to_vec()),
        ("hidden in Basic", format!("Basic YTpi,Bearer {token}").into_bytes()),
        ("hidden in another word", format!("xBearer {token}").into_bytes()),
        ("two headers", format!("Bearer {token}\r\nAuthorization: Bearer {token}").into_bytes()),
        ("two unlike headers", format!("Basic YTpi\r\nAuthorization: Bearer {token}").into_bytes()),
    ];
    values.into_iter().chain(raw).collect()
}

/// The same bytes with a bit set beyond the last one.
fn trailing_bits(signature: &str) -> String {
    let mut text = signature.to_owned();
    let last = text.pop().unwrap_or_default();
    // 64 bytes are 86 characters; the last one carries two bits.
    text.push(match last {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x',
    });
    text
}

#[test]
fn broken_tokens_get_401_and_never_harm() -> Result<()> {
    for verified in [true, false] {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let envoy = start(&upstream, &issuer, verified)?;
        for (what, value) in broken(&issuer) {
            let head =
                b"DELETE /user-data/123 HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: ";
            let request = [head.as_slice(), &value, b"\r\n\r\n"].concat();
            let answer = raw::http1(envoy.addr(), &request)?;
            assert_eq!(answer.status, 401, "{what}, verified: {verified}");
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Bearer realm=\"claimgate\""), "{what}: {challenge}");
            assert!(answer.json()?["error"].is_string(), "{what}");
        }
        assert_eq!(upstream.hits(), 0);
        // The VM is alive, and was all the time.
        assert_eq!(delete(&envoy, &issuer.token(&claims("ada", &["admin"])))?, 200);
        let log = envoy.log()?;
        for sign_of_a_trap in ["panicked", "Uncaught", "Function: proxy_on"] {
            assert!(!log.contains(sign_of_a_trap), "{sign_of_a_trap}");
        }
    }
    Ok(())
}

#[test]
fn the_scheme_is_taken_in_any_case_and_after_any_number_of_blanks() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let envoy = start(&upstream, &issuer, false)?;
    let token = issuer.token(&claims("ada", &["admin"]));
    for scheme in ["Bearer ", "bearer ", "BEARER   "] {
        let value = format!("{scheme}{token}");
        let request = Request::new("GET /me")?.header("authorization", &value)?;
        assert_eq!(request.send(envoy.addr())?.status, 200, "{scheme:?}");
    }
    Ok(())
}
