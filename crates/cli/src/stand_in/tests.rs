use gate::Gate;

use super::*;
use crate::host::NoEnvoy;

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// A policy with one rule, for whoever has the role `admin`.
fn policy(issuers: &Value, token: &Value) -> Value {
    json!({
        "issuers": issuers,
        "token": token,
        "rules": [{ "path": "/**", "allow": { "roles": ["admin"] } }],
    })
}

/// What the gate says of this token's request: `allow`, or the reason of the denial.
fn decided(mut config: Value, draft: &Draft) -> String {
    Gate::from_configuration(config.to_string().as_bytes()).unwrap();
    let stand_in = StandIn::take_over(&mut config).unwrap();
    let gate = Gate::from_configuration(config.to_string().as_bytes()).unwrap();
    let token = stand_in.token(draft, NOW).unwrap();
    let (mut path, mut headers) = ("/a?b=c".to_owned(), Vec::new());
    stand_in.attach(&token, &mut path, &mut headers);
    let target = [(":method", "GET"), (":authority", "localhost"), (":path", &path)];
    let all = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(target);
    let request = gate.request(all.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
    let decision = gate.decide(&request, &NoEnvoy, NOW);
    match decision.outcome {
        Ok(()) => {
            format!("allow: {}", decision.principal.map_or(String::new(), |it| it.issuer().into()))
        }
        Err(denial) => denial.to_string(),
    }
}

fn draft(claims: Value) -> Draft {
    let Value::Object(claims) = claims else { panic!("claims are an object: {claims}") };
    Draft { claims, ..Draft::default() }
}

fn admin() -> Draft {
    draft(json!({ "sub": "ada", "roles": ["admin"] }))
}

#[test]
fn it_stands_in_for_issuers_of_every_kind() {
    let key = Key::new().unwrap().jwk();
    let uri = "https://idp.example.com/keys";
    let issuers = [
        json!({ "signature": { "jwks": { "keys": [key] } }, "algorithms": ["HS256"] }),
        json!({ "signature": { "remote_jwks": { "cluster": "idp", "uri": uri } }, "algorithms": ["RS256"] }),
        json!({ "signature": { "jwt_authn": { "metadata": "payload" } } }),
        json!({ "signature": { "decode_only": true } }),
        json!({ "signature": { "decode_only": true }, "typ": ["at+jwt", "application/jwt"] }),
        json!({ "signature": { "decode_only": true }, "issuer": "https://idp.example.com/", "audiences": ["api", "b"] }),
    ];
    for (index, mut issuer) in issuers.into_iter().enumerate() {
        issuer["name"] = json!("main");
        let config = || policy(&json!([issuer]), &json!({}));
        assert_eq!(decided(config(), &admin()), "allow: main", "{index}");
        let forged = Draft { forged: true, ..admin() };
        let expected = "the signature is not that of a key of issuer `main`";
        assert_eq!(decided(config(), &forged), expected, "{index}");
    }
}

#[test]
fn a_token_is_put_where_it_is_looked_for() {
    for source in [
        json!({ "header": "authorization", "scheme": "Bearer" }),
        json!({ "header": "x-token", "scheme": "Token" }),
        json!({ "header": "x-token" }),
        json!({ "cookie": "session" }),
        json!({ "query": "access_token" }),
    ] {
        let issuers = json!([{ "name": "main", "signature": { "decode_only": true } }]);
        let config = policy(&issuers, &json!({ "from": [source, { "header": "x-other" }] }));
        assert_eq!(decided(config, &admin()), "allow: main", "{source}");
    }
}

#[test]
fn claims_that_are_given_count() {
    let decode_only = json!({ "decode_only": true });
    let issuers = json!([
        { "name": "one", "issuer": "https://one.example/", "audiences": ["a"], "signature": decode_only },
        { "name": "two", "issuer": "https://two.example/", "audiences": ["b"], "signature": decode_only },
    ]);
    let of = |claim: &str, value: Value| {
        let mut draft = admin();
        draft.claims.insert(claim.to_owned(), value);
        draft
    };
    let named = |name: &str, draft: Draft| Draft { issuer: Some(name.to_owned()), ..draft };
    for (draft, expected) in [
        (admin(), "allow: one"),
        (named("two", admin()), "allow: two"),
        (of("iss", json!("https://two.example/")), "allow: two"),
        // One issuer's key does not sign for the other.
        (
            named("one", of("iss", json!("https://two.example/"))),
            "the signature is not that of a key of issuer `two`",
        ),
        (
            of("iss", json!("https://three.example/")),
            "issuer \"https://three.example/\" is not one of `issuers`",
        ),
        (of("aud", json!("c")), "claim `aud` names none of `audiences` of issuer `one`"),
        (of("exp", json!(NOW.seconds() - 61)), "expired 61 s ago"),
        (Draft { expires_in: Some(-300), ..admin() }, "expired 300 s ago"),
        (Draft { expires_in: Some(-30), ..admin() }, "allow: one"),
        (draft(json!({})), "has none of the roles [\"admin\"]"),
    ] {
        assert_eq!(decided(policy(&issuers, &json!({})), &draft), expected, "{draft:?}");
    }
}

#[test]
fn an_issuer_that_is_not_there_is_an_error() {
    let mut config =
        policy(&json!([{ "name": "main", "signature": { "decode_only": true } }]), &json!({}));
    let stand_in = StandIn::take_over(&mut config).unwrap();
    let error = stand_in.token(&Draft { issuer: Some("mian".into()), ..admin() }, NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown issuer \"mian\"; did you mean `main`? expected one of `main`"
    );
}

#[test]
fn without_issuers_there_are_tokens_still() {
    let mut config = json!({ "rules": [{ "path": "/**", "allow": "public" }] });
    let stand_in = StandIn::take_over(&mut config).unwrap();
    assert_eq!(config, json!({ "rules": [{ "path": "/**", "allow": "public" }] }));
    assert!(stand_in.token(&admin(), NOW).is_ok());
}

#[test]
fn keys_are_made_anew_and_not_shown() {
    let issuers = json!([{ "name": "main", "signature": { "decode_only": true } }]);
    let (mut one, mut two) = (policy(&issuers, &json!({})), policy(&issuers, &json!({})));
    let stand_ins = (StandIn::take_over(&mut one).unwrap(), StandIn::take_over(&mut two).unwrap());
    let tokens = (stand_ins.0.token(&admin(), NOW), stand_ins.1.token(&admin(), NOW));
    assert_ne!(tokens.0.unwrap(), tokens.1.unwrap());
    assert_ne!(one, two);
    assert_eq!(format!("{:?}", stand_ins.0), r#"StandIn { issuers: ["main"], .. }"#);
    assert_eq!(
        format!("{:?}", admin()),
        r#"Draft { claims: ["roles", "sub"], issuer: None, expires_in: None, forged: false }"#
    );
}
