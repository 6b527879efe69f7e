use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message as _;
use prost_types::value::Kind;
use serde_json::{Value, json};

use super::*;
use crate::claims::ClaimPath;
use crate::host::HostFailure;
use crate::roles::{RoleSource, Roles};

mod host;
mod remote;

/// A host whose dynamic metadata holds these payloads of jwt_authn, by key.
struct Metadata(Vec<(&'static str, Value)>);

impl Host for Metadata {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        let payloads = self.0.iter().map(|(key, payload)| ((*key).to_owned(), protobuf(payload)));
        let jwt_authn = prost_types::Struct { fields: payloads.collect() };
        // Field 1 of Metadata is a map, which is a repeated message of key (1) and value (2).
        let entry = prost_types::Any {
            type_url: "envoy.filters.http.jwt_authn".to_owned(),
            value: jwt_authn.encode_to_vec(),
        };
        let mut bytes = vec![0x0a];
        bytes.extend(entry.encode_length_delimited_to_vec());
        Ok(bytes)
    }
}

struct Broken;

impl Host for Broken {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Err(HostFailure("status 10".to_owned()))
    }
}

fn protobuf(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(boolean) => Kind::BoolValue(*boolean),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(elements) => Kind::ListValue(prost_types::ListValue {
            values: elements.iter().map(protobuf).collect(),
        }),
        Value::Object(members) => Kind::StructValue(prost_types::Struct {
            fields: members.iter().map(|(name, value)| (name.clone(), protobuf(value))).collect(),
        }),
    };
    prost_types::Value { kind: Some(kind) }
}

fn issuer(name: &str, iss: Option<&str>, signature: Signature) -> Issuer {
    Issuer {
        name: name.to_owned(),
        issuer: iss.map(str::to_owned),
        audiences: vec!["api".to_owned()],
        signature,
        algorithms: Vec::new(),
        types: Vec::new(),
        roles: Roles {
            sources: ["roles", "realm_access.roles"]
                .map(|path| RoleSource::claim(ClaimPath::parse(path).unwrap()))
                .into(),
            renamed: [("b".to_owned(), "renamed".to_owned())].into(),
        },
    }
}

fn jwt_authn(key: &str) -> Signature {
    Signature::JwtAuthn { metadata: key.to_owned() }
}

fn authenticator(issuers: Vec<Issuer>) -> Authenticator {
    let (sources, required_claims) = (TokenSources::default(), vec!["exp".to_owned()]);
    let revoked = Revoked { subjects: ["mallory".to_owned()].into(), ..Revoked::default() };
    let cache = CacheLimits { max_entries: 10, max_bytes: 100_000 };
    Authenticator::new(
        issuers,
        TokenRules {
            sources,
            leeway_seconds: 60,
            max_bytes: 1_000,
            required_claims,
            cache,
            revoked,
        },
        Vocabulary::default(),
    )
}

fn none() -> Credentials<'static> {
    Credentials::authorization(&[])
}

fn one(value: &[u8]) -> Credentials<'_> {
    Credentials::authorization(&[value])
}

fn bearer(payload: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#);
    format!("Bearer {header}.{}.c2ln", URL_SAFE_NO_PAD.encode(payload.to_string()))
}

fn said(result: Result<Rc<Principal>, Unauthenticated>) -> String {
    match result {
        Ok(principal) => format!(
            "{} of {} as {:?}",
            principal.subject().unwrap_or("somebody"),
            principal.issuer(),
            principal.roles()
        ),
        Err(error) => error.to_string(),
    }
}

const NOW: UnixTime = UnixTime::from_seconds(1_000);

#[test]
fn a_decoded_token_is_checked_claim_by_claim() {
    let authenticator = authenticator(vec![issuer("main", Some("idp"), Signature::DecodeOnly)]);
    for (payload, expected) in [
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "sub": "alice", "roles": ["a"], "realm_access": {"roles": ["b"]}}),
            r#"alice of main as ["a", "renamed"]"#,
        ),
        (json!({"iss": "idp", "aud": "api", "exp": 2_000}), "somebody of main as []"),
        (json!({"iss": "idp", "aud": "api"}), "claim `exp` is missing"),
        (json!({"iss": "idp", "aud": "api", "exp": 900}), "expired 100 s ago"),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "nbf": 1_500}),
            "not valid for another 500 s",
        ),
        (
            json!({"iss": "idp", "aud": "web", "exp": 2_000}),
            "claim `aud` names none of `audiences` of issuer `main`",
        ),
        (json!({"iss": "idp", "exp": 2_000}), "claim `aud` is missing"),
        (json!({"aud": "api", "exp": 2_000}), "claim `iss` is missing"),
        (
            json!({"iss": ["idp"], "aud": "api", "exp": 2_000}),
            "claim `iss` is an array, expected a string",
        ),
        (
            json!({"iss": "idp/", "aud": "api", "exp": 2_000}),
            r#"issuer "idp/" is not one of `issuers`"#,
        ),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "sub": 5}),
            "claim `sub` is a number, expected a string",
        ),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "iat": "900"}),
            "claim `iat` is a string, expected a number of seconds",
        ),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "iat": 1e30}),
            "claim `iat` is out of range, expected a number of seconds",
        ),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "jti": ["x"]}),
            "claim `jti` is an array, expected a string",
        ),
        // When a token was issued says nothing of whether it counts (RFC 7519 section 4.1.6).
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "iat": 5_000, "jti": "x"}),
            "somebody of main as []",
        ),
        (
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "sub": "mallory"}),
            "claim `sub` is in `revoked.sub`",
        ),
        // The last of all checks.
        (json!({"iss": "idp", "aud": "api", "exp": 900, "sub": "mallory"}), "expired 100 s ago"),
        (
            json!({"iss": "idp", "pad": "x".repeat(1_000)}),
            "the token has 1389 bytes, `token.max_bytes` is 1000",
        ),
    ] {
        let value = bearer(&payload);
        let credentials = one(value.as_bytes());
        assert_eq!(
            said(authenticator.authenticate(&credentials, &Broken, NOW)),
            expected,
            "{payload}"
        );
    }
    assert_eq!(said(authenticator.authenticate(&none(), &Broken, NOW)), "no bearer token");
}

#[test]
fn a_payload_of_jwt_authn_counts_and_a_token_it_did_not_verify_does_not() {
    let authenticator = authenticator(vec![issuer("main", Some("idp"), jwt_authn("payload"))]);
    let good = json!({"iss": "idp", "aud": ["api"], "exp": 2_000, "sub": "alice", "roles": ["a", 5, null]});
    let forged = bearer(&good);
    let foreign = bearer(&json!({"iss": "other"}));
    let verified = Metadata(vec![("payload", good)]);
    let nothing = Metadata(vec![]);
    for (credentials, host, expected) in [
        (none(), &verified, r#"alice of main as ["a"]"#),
        (one(forged.as_bytes()), &verified, r#"alice of main as ["a"]"#),
        (
            one(foreign.as_bytes()),
            &verified,
            "the request has another token than the one that jwt_authn verified",
        ),
        (one(b"Basic eA=="), &verified, r#"alice of main as ["a"]"#),
        // What jwt_authn let pass, the upstream may read otherwise.
        (one(b"Bearer x"), &verified, "the token does not have the three parts of a signed JWT"),
        (one(b"Bearer x,Bearer y"), &verified, "authorization is not `Bearer` and one token"),
        (
            Credentials::authorization(&[b"", b""]),
            &verified,
            "authorization is not `Bearer` and one token",
        ),
        (none(), &nothing, "no bearer token"),
        (one(forged.as_bytes()), &nothing, "jwt_authn verified no token on this request"),
        (one(foreign.as_bytes()), &nothing, r#"issuer "other" is not one of `issuers`"#),
        (none(), &Metadata(vec![("other", json!({"iss": "idp"}))]), "no bearer token"),
        (
            none(),
            &Metadata(vec![("payload", json!({"iss": "x"}))]),
            r#"issuer "x" is not one of `issuers`"#,
        ),
        (
            none(),
            &Metadata(vec![("payload", json!({"iss": "idp", "exp": 0}))]),
            "expired 1000 s ago",
        ),
        (none(), &Metadata(vec![("payload", json!({}))]), "claim `iss` is missing"),
        (
            none(),
            &Metadata(vec![(
                "payload",
                json!({"iss": "idp", "aud": "api", "exp": 2_000, "sub": "mallory"}),
            )]),
            "claim `sub` is in `revoked.sub`",
        ),
    ] {
        assert_eq!(said(authenticator.authenticate(&credentials, host, NOW)), expected);
    }
    assert_eq!(said(authenticator.authenticate(&none(), &Broken, NOW)), "status 10");
}

/// Found by fuzzing. Python's `time.time()` as `iat` has more digits than some readers take exactly.
#[test]
fn a_time_with_many_digits_is_the_same_in_the_token_and_in_the_metadata() {
    let authenticator = authenticator(vec![issuer("main", Some("idp"), jwt_authn("payload"))]);
    for step in 0..1_000 {
        let issued = 1_700_000_000.0 + f64::from(step) / 4_194_304.0;
        let payload =
            json!({"iss": "idp", "aud": "api", "exp": 2_000, "sub": "alice", "iat": issued});
        let (token, host) = (bearer(&payload), Metadata(vec![("payload", payload)]));
        let found = said(authenticator.authenticate(&one(token.as_bytes()), &host, NOW));
        assert_eq!(found, "alice of main as []", "{issued}");
    }
}

#[test]
fn several_issuers_are_told_apart_by_iss() {
    let authenticator = authenticator(vec![
        issuer("one", Some("idp-1"), jwt_authn("payload")),
        issuer("two", Some("idp-2"), jwt_authn("payload")),
        issuer("three", Some("idp-3"), jwt_authn("third")),
        issuer("four", Some("idp-4"), Signature::DecodeOnly),
    ]);
    let of = |iss: &str| json!({"iss": iss, "aud": "api", "exp": 2_000, "sub": "alice"});
    let header = |iss: &str| bearer(&of(iss));
    for (value, payloads, expected) in [
        (String::new(), vec![("payload", of("idp-1"))], "alice of one as []"),
        (String::new(), vec![("payload", of("idp-2"))], "alice of two as []"),
        (String::new(), vec![("third", of("idp-3"))], "alice of three as []"),
        // A payload stored for one issuer never speaks for another.
        (String::new(), vec![("third", of("idp-1"))], r#"issuer "idp-1" is not one of `issuers`"#),
        (
            String::new(),
            vec![("payload", of("idp-2")), ("third", of("idp-3"))],
            "jwt_authn verified tokens of several issuers on this request: `two` and `three`",
        ),
        (header("idp-4"), vec![], "alice of four as []"),
        (header("idp-1"), vec![], "jwt_authn verified no token on this request"),
    ] {
        let credentials = one(value.as_bytes());
        let found = authenticator.authenticate(&credentials, &Metadata(payloads), NOW);
        assert_eq!(said(found), expected);
    }
}

#[test]
fn without_a_configured_issuer_iss_is_not_checked() {
    let authenticator = authenticator(vec![issuer("only", None, Signature::DecodeOnly)]);
    for payload in
        [json!({"aud": "api", "exp": 2_000}), json!({"iss": 5, "aud": "api", "exp": 2_000})]
    {
        let value = bearer(&payload);
        let found = authenticator.authenticate(&one(value.as_bytes()), &Broken, NOW);
        assert_eq!(said(found), "somebody of only as []");
    }
}
