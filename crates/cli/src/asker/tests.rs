use std::fs;

use tempfile::TempDir;

use super::*;
use crate::host::NoEnvoy;

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// A policy whose keys are elsewhere, with files beside it.
struct Fixture {
    folder: TempDir,
    config: Value,
}

impl Fixture {
    fn new(signature: &Value) -> Self {
        let config = json!({
            "issuers": [{ "name": "main", "issuer": "https://idp.example.com/", "signature": signature }],
            "rules": [{ "path": "/**", "allow": { "roles": ["admin"] } }],
        });
        Self { folder: tempfile::tempdir().unwrap(), config }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A file with a key set, and one with a token that one of its keys signed.
    fn keys_and_token(&self, forged: bool) -> (String, String) {
        let mut own = self.config.clone();
        let stand_in = StandIn::take_over(&mut own).unwrap();
        let claims = Map::from_iter([("roles".to_owned(), json!(["admin"]))]);
        let token = stand_in.token(&Draft { claims, forged, ..Draft::default() }, NOW).unwrap();
        let keys = own.pointer("/issuers/0/signature/jwks").unwrap();
        (self.file("jwks.json", &keys.to_string()), self.file("token", &format!("{token}\n")))
    }

    /// What becomes of `GET /`, and what was checked; or the error.
    fn asked(&self, asker: &Asker) -> Result<(String, Signature)> {
        let config = self.config.clone();
        let policy = Policy { gate: compiled(&config)?, config };
        let headers = [(":method", "GET"), (":authority", "h"), (":path", "/")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let Prepared { gate, headers, signature } = asker.prepare(policy, headers, NOW)?;
        let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
        let outcome = gate.decide(&request, &NoEnvoy, NOW).outcome;
        Ok((outcome.map_or_else(|denial| denial.to_string(), |()| "allow".to_owned()), signature))
    }
}

fn asker(token: &str, jwks: Option<&str>, trust_token: bool) -> Asker {
    Asker {
        roles: Vec::new(),
        claims: None,
        token: Some(token.to_owned()),
        keys: Keys { jwks: jwks.map(str::to_owned) },
        trust_token,
    }
}

#[test]
fn a_token_is_verified_with_the_keys_that_are_named() {
    let remote =
        json!({ "remote_jwks": { "cluster": "idp", "uri": "https://idp.example.com/jwks" } });
    for signature in [remote, json!({ "jwt_authn": { "metadata": "payload" } })] {
        let fixture = Fixture::new(&signature);
        let (keys, token) = fixture.keys_and_token(false);
        let good = fixture.asked(&asker(&token, Some(&keys), false)).unwrap();
        assert_eq!(good, ("allow".to_owned(), Signature::Checked));
        let trusted = fixture.asked(&asker(&token, None, true)).unwrap();
        assert_eq!(trusted, ("allow".to_owned(), Signature::NotChecked));
        let error = fixture.asked(&asker(&token, None, false)).unwrap_err().to_string();
        assert!(error.starts_with("the keys of issuer \"main\" are not in the policy"), "{error}");

        let (keys, token) = fixture.keys_and_token(true);
        let (said, _) = fixture.asked(&asker(&token, Some(&keys), false)).unwrap();
        assert!(said.contains("signature"), "{said}");
    }
}

#[test]
fn keys_of_the_policy_are_not_exchanged() {
    let mut fixture = Fixture::new(&json!({ "decode_only": true }));
    let mut own = fixture.config.clone();
    StandIn::take_over(&mut own).unwrap();
    fixture.config = own;
    let (keys, token) = fixture.keys_and_token(false);
    let (said, checked) = fixture.asked(&asker(&token, Some(&keys), false)).unwrap();
    assert!(said.contains("signature") && checked == Signature::Checked, "{said}");
}

#[test]
fn what_nobody_checks_is_not_said_to_be_checked() {
    let fixture = Fixture::new(&json!({ "decode_only": true }));
    let (_, token) = fixture.keys_and_token(true);
    let found = fixture.asked(&asker(&token, None, false)).unwrap();
    assert_eq!(found, ("allow".to_owned(), Signature::NotChecked));
}

#[test]
fn roles_and_claims_are_those_of_a_verified_token() {
    let fixture = Fixture::new(&json!({ "jwt_authn": { "metadata": "payload" } }));
    let described = |roles: &[&str], claims: Option<&str>| {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let claims = claims.map(str::to_owned);
        let asker =
            Asker { roles, claims, token: None, keys: Keys { jwks: None }, trust_token: false };
        fixture.asked(&asker).map_err(|error| error.to_string())
    };
    let said = |said: &str, signature| Ok((said.to_owned(), signature));
    assert_eq!(described(&["admin"], None), said("allow", Signature::Described));
    assert_eq!(described(&[], Some(r#"{"role": "admin"}"#)), said("allow", Signature::Described));
    assert_eq!(described(&[], None), said("no bearer token", Signature::NoToken));
    let yaml = fixture.file("claims.yaml", "roles: [admin]\n");
    assert_eq!(described(&[], Some(&yaml)), said("allow", Signature::Described));
    let list = fixture.file("list.json", "[1]");
    assert_eq!(described(&[], Some(&list)), Err(format!("{list}: claims are an object")));
}

#[test]
fn times_are_seconds_or_dates() {
    for (text, seconds) in [
        ("0", Some(0)),
        ("1800000000", Some(1_800_000_000)),
        ("2027-01-15T08:00:00Z", Some(1_800_000_000)),
        ("2027-01-15T09:00:00+01:00", Some(1_800_000_000)),
        ("-1", None),
        ("noon", None),
        ("2027-01-15", None),
    ] {
        assert_eq!(time(Some(text)).ok().map(UnixTime::seconds), seconds, "{text}");
    }
}
