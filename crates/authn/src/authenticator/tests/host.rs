//! A host that fails: nothing can be said of the token, so it is not the client's fault.

use super::*;
use crate::algorithm::Hash;
use crate::host::Verdict;
use crate::key_set::KeySet;

/// A host that checks signatures, and gives this answer.
struct Checks(Result<Verdict, HostFailure>);

impl Host for Checks {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }

    fn verify(&self, _: Hash, _: &[u8], _: &[u8], _: &[u8]) -> Result<Verdict, HostFailure> {
        self.0.clone()
    }
}

/// The EC key of RFC 7515 appendix A.3.
fn keys() -> Signature {
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    Signature::Jwks(Rc::new(KeySet::parse(&json!({"keys": [jwk]})).keys.unwrap()))
}

#[test]
fn a_signature_is_forged_only_where_the_host_says_so() {
    let authenticator = authenticator(vec![issuer("main", Some("idp"), keys())]);
    let claims = json!({"iss": "idp", "aud": "api", "exp": 9_000, "sub": "alice"});
    let token = bearer(&claims);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([1; 64]));
    for (answer, expected) in [
        (Ok(Verdict::Invalid), "the signature is not that of a key of issuer `main`"),
        (Ok(Verdict::Unable), "the signature is not that of a key of issuer `main`"),
        (Err(HostFailure("status 10".to_owned())), "status 10"),
        (Ok(Verdict::Valid), "alice of main"),
    ] {
        let failed = answer.is_err();
        let found = authenticator.authenticate(
            &one(token.as_bytes()),
            &Checks(answer),
            UnixTime::from_seconds(1_000),
        );
        assert_eq!(matches!(found, Err(Unauthenticated::HostFailed(_))), failed, "{expected}");
        let said = match found {
            Ok(principal) => {
                format!("{} of {}", principal.subject().unwrap_or_default(), principal.issuer())
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(said, expected);
    }
}
