//! `google.protobuf.Struct`, in which Envoy hands over configuration and jwt_authn's payload: it means what the same JSON
//! means.
//!
//! Input: a serialized `Struct`, or the text of an object that is made one first.

use std::rc::Rc;

use authn::{
    Authenticator, CacheLimits, Credentials, Host, HostFailure, Issuer, Revoked, Roles, Signature,
    TokenRules, TokenSources, UnixTime, Vocabulary, json, structpb,
};
use gate::Gate;
use prost::Message as _;
use serde_json::Value;

use crate::door::NOW;
use crate::sentence::assert_sentence;
use crate::signer::encoded;
use crate::wire;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let bytes = match json::parse_object(input) {
        Ok(members) => wire::fields(&members).encode_to_vec(),
        Err(_) => input.to_vec(),
    };
    let members = match structpb::parse(&bytes) {
        Ok(members) => members,
        Err(error) => {
            assert_sentence(&error.to_string());
            return false;
        }
    };
    let again = structpb::parse(&wire::fields(&members).encode_to_vec()).unwrap();
    assert_eq!(again, members);
    let text = Value::Object(members.clone()).to_string();
    // A text says 1e-310 as well as a double does; but not what is nested too deep.
    if let Ok(read) = json::parse_object(text.as_bytes()) {
        assert_eq!(read, members);
        // What begins with no field of it is not told from other bytes.
        if bytes.starts_with(b"\n") {
            as_configuration(&bytes, &text);
        }
        as_payload(&bytes, &text);
    }
    true
}

/// As configuration: the same gate, or the same problems.
fn as_configuration(bytes: &[u8], text: &str) {
    let (one, two) = (Gate::from_configuration(bytes), Gate::from_configuration(text.as_bytes()));
    match (one, two) {
        (Ok(one), Ok(two)) => assert_eq!(one.rules(), two.rules()),
        (Err(one), Err(two)) => assert_eq!(one, two),
        (one, two) => panic!("{:?} and {:?}", one.err(), two.err()),
    }
}

/// As the payload of a verified token: who is let in, and as whom, is the same as by a token with this payload.
fn as_payload(bytes: &[u8], text: &str) {
    let payload = prost_types::Struct::decode(bytes).unwrap();
    let vouched = authenticate(
        Signature::JwtAuthn { metadata: "payload".to_owned() },
        wire::metadata(payload),
        None,
    );
    let token = format!("Bearer {}.{}.c2ln", encoded(r#"{"alg":"RS256"}"#), encoded(text));
    let presented = authenticate(Signature::DecodeOnly, Vec::new(), Some(&token));
    // What is nested a little deeper is refused in metadata, which has more layers.
    if !vouched.as_ref().is_err_and(|error| error.contains("malformed")) {
        assert_eq!(vouched, presented, "{text}");
    }
}

fn authenticate(
    signature: Signature,
    metadata: Vec<u8>,
    token: Option<&str>,
) -> Result<Rc<authn::Principal>, String> {
    let issuer = Issuer {
        name: "main".to_owned(),
        issuer: None,
        audiences: Vec::new(),
        signature,
        algorithms: Vec::new(),
        types: Vec::new(),
        roles: Roles::default(),
    };
    let rules = TokenRules {
        sources: TokenSources::default(),
        leeway_seconds: 60,
        max_bytes: usize::MAX,
        required_claims: Vec::new(),
        cache: CacheLimits { max_entries: 0, max_bytes: 0 },
        revoked: Revoked::default(),
    };
    let claims = ["roles", "tenant", "a"].map(str::to_owned).into();
    let door =
        Authenticator::new(vec![issuer], rules, Vocabulary { claims, ..Vocabulary::default() });
    let mut credentials = Credentials::new(door.sources());
    if let Some(token) = token {
        credentials.note_header(b"authorization", token.as_bytes());
    }
    door.authenticate(&credentials, &Envoy(metadata), UnixTime::from_seconds(NOW))
        .map_err(|error| error.to_string())
}

/// A host with this metadata.
struct Envoy(Vec<u8>);

impl Host for Envoy {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(self.0.clone())
    }
}
