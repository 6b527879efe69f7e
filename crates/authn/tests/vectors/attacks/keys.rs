//! Keys that are weak, malformed or not for signatures: none of them is used, each with its reason.

use authn::{Algorithm, InvalidKeySet, KeySet, ParsedKeySet, SkippedKey, UnusableKey};
use serde_json::{Value, json};

use super::{OURS, check, our_jwk, token};
use crate::door::{ACCEPTED, for_keys, no_key};
use crate::signer::{RSA_N, Signer, decoded, encoded};

/// Why the JWK is not used: "skip: …" where it is not ours, else what is wrong with it.
fn reason(jwk: &Value) -> String {
    let ParsedKeySet { keys, skipped } = KeySet::parse(&json!({"keys": [jwk]}));
    match keys {
        Ok(_) => return "used".to_owned(),
        Err(invalid) => assert_eq!(invalid, InvalidKeySet::NoneUsable(1)),
    }
    match skipped.as_slice() {
        [SkippedKey { index: 0, reason: UnusableKey::NotOurs(reason) }] => {
            format!("skip: {reason}")
        }
        [SkippedKey { index: 0, reason: UnusableKey::Invalid(reason) }] => reason.clone(),
        other => panic!("{other:?}"),
    }
}

fn rsa(n: &[u8], e: &[u8]) -> Value {
    json!({"kty": "RSA", "n": encoded(n), "e": encoded(e)})
}

#[test]
fn rsa_keys() {
    let n = decoded(RSA_N);
    let not_rsa = "`n` and `e` are not an RSA key";
    let mut even = n.clone();
    *even.last_mut().unwrap() -= 1;
    let mut bits_2047 = n.clone();
    bits_2047[0] = 0x7f;
    let mut bits_1024 = n[..128].to_vec();
    *bits_1024.last_mut().unwrap() |= 1;
    let public = |added: Value| Signer::Rsa.jwk(added);
    for (name, jwk, expected) in [
        ("good", rsa(&n, &[1, 0, 1]), "used"),
        ("a leading zero", rsa(&[&[0], &n[..]].concat(), &[1, 0, 1]), "used"),
        ("e = 3", rsa(&n, &[3]), "used"),
        ("1024 bits", rsa(&bits_1024, &[1, 0, 1]), "has less than 2048 bits"),
        ("2047 bits", rsa(&bits_2047, &[1, 0, 1]), "has less than 2048 bits"),
        ("e with a leading zero", rsa(&n, &[0, 1, 0, 1]), "used"),
        ("4096 bits", rsa(&[0xff; 512], &[1, 0, 1]), "used"),
        ("4096 bits and a leading zero", rsa(&[&[0], &[0xff; 512][..]].concat(), &[3]), "used"),
        ("4097 bits", rsa(&[&[1], &[0xff; 512][..]].concat(), &[3]), "has more than 4096 bits"),
        ("8200 bits", rsa(&[0xff; 1025], &[1, 0, 1]), "has more than 4096 bits"),
        ("n = 0", rsa(&[0; 256], &[1, 0, 1]), not_rsa),
        ("n even", rsa(&even, &[1, 0, 1]), not_rsa),
        ("no n", rsa(&[], &[1, 0, 1]), not_rsa),
        ("e = 0", rsa(&n, &[0]), not_rsa),
        ("e = 1", rsa(&n, &[1]), not_rsa),
        ("e = 2", rsa(&n, &[2]), not_rsa),
        ("e = 65536", rsa(&n, &[1, 0, 0]), not_rsa),
        ("e of 9 bytes", rsa(&n, &[1; 9]), not_rsa),
        ("e missing", json!({"kty": "RSA", "n": RSA_N}), "`e` is missing"),
        ("private", public(json!({"d": "AQAB"})), "has `d`: it is a private key"),
        ("a prime", public(json!({"p": "AQAB"})), "has `p`: it is a private key"),
        ("the other", public(json!({"q": "AQAB"})), "has `q`: it is a private key"),
        ("an exponent", public(json!({"dp": null})), "has `dp`: it is a private key"),
        ("the other one", public(json!({"dq": 1})), "has `dq`: it is a private key"),
        ("a coefficient", public(json!({"qi": "AQAB"})), "has `qi`: it is a private key"),
        ("more primes", public(json!({"oth": []})), "has `oth`: it is a private key"),
        (
            "private, to decrypt",
            public(json!({"d": "AQAB", "use": "enc", "alg": "RSA-OAEP"})),
            "has `d`: it is a private key",
        ),
        (
            "n padded",
            public(json!({"n": format!("{RSA_N}==")})),
            "`n` is not base64url without padding",
        ),
        ("n a number", public(json!({"n": 65537})), "`n` is not a string"),
    ] {
        assert_eq!(reason(&jwk), expected, "{name}");
    }
}

/// Points off the curve are keys of another, weaker group (invalid curve attack).
#[test]
fn ec_keys() {
    let good = OURS.jwk(json!({}));
    let bytes = |member: &str| decoded(good[member].as_str().unwrap());
    let (x, y) = (bytes("x"), bytes("y"));
    let mut off = y.clone();
    off[31] ^= 1;
    let ec = |crv: &str, x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": crv, "x": encoded(x), "y": encoded(y)});
    let not_on = "`x` and `y` are not a point on the curve";
    let length = "`x` and `y` are not as long as the curve's field";
    let curve = "skip: `crv` is not `P-256`, `P-384` or `P-521`";
    let longer = |bytes: &[u8], to: usize| [vec![0; to - bytes.len()].as_slice(), bytes].concat();
    for (name, jwk, expected) in [
        ("good", ec("P-256", &x, &y), "used"),
        ("off the curve", ec("P-256", &x, &off), not_on),
        ("(0, 0)", ec("P-256", &[0; 32], &[0; 32]), not_on),
        ("beyond the field", ec("P-256", &[0xff; 32], &[0xff; 32]), not_on),
        ("x and y swapped", ec("P-256", &y, &x), not_on),
        ("of P-256, called P-384", ec("P-384", &x, &y), length),
        ("filled up to P-384", ec("P-384", &longer(&x, 48), &longer(&y, 48)), not_on),
        ("filled up to P-521", ec("P-521", &longer(&x, 66), &longer(&y, 66)), not_on),
        ("a zero before", ec("P-256", &longer(&x, 33), &y), length),
        ("one byte less", ec("P-256", &x[1..], &y), length),
        ("no y", ec("P-256", &x, &[]), length),
        ("secp256k1", ec("secp256k1", &x, &y), curve),
        ("p-256", ec("p-256", &x, &y), curve),
        ("no crv", json!({"kty": "EC", "x": encoded(&x), "y": encoded(&y)}), curve),
        ("private", OURS.jwk(json!({"d": encoded([7; 32])})), "has `d`: it is a private key"),
        ("as OKP", OURS.jwk(json!({"kty": "OKP"})), "skip: `crv` is not `Ed25519`"),
    ] {
        assert_eq!(reason(&jwk), expected, "{name}");
    }
}

/// The eight points of small order, and the ways to write them that are not canonical: such a key verifies signatures
/// that anybody can make.
#[test]
fn ed25519_keys_of_small_order() {
    for x in [
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
        "7P_______________________________________38",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o",
        "7f_______________________________________38",
        "7v_______________________________________38",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "7P________________________________________8",
        "7f________________________________________8",
        "7v________________________________________8",
    ] {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        assert_eq!(reason(&jwk), "`x` is not a point on the curve", "{x}");
    }
}

#[test]
fn okp_and_oct_keys() {
    let ed = |added| Signer::Ed25519(7).jwk(added);
    let oct = |length: usize, added: Value| Signer::Secret(vec![7; length]).jwk(added);
    let short = "`k` has less than 32 bytes";
    let cannot = |alg| format!("`alg` is `{alg}`, which this key cannot verify");
    for (name, jwk, expected) in [
        ("good", ed(json!({})), "used".to_owned()),
        ("31 bytes", ed(json!({"x": encoded([7; 31])})), "`x` does not have 32 bytes".to_owned()),
        ("33 bytes", ed(json!({"x": encoded([7; 33])})), "`x` does not have 32 bytes".to_owned()),
        ("Ed448", ed(json!({"crv": "Ed448"})), "skip: `crv` is not `Ed25519`".to_owned()),
        ("X25519", ed(json!({"crv": "X25519"})), "skip: `crv` is not `Ed25519`".to_owned()),
        ("private", ed(json!({"d": "AQAB"})), "has `d`: it is a private key".to_owned()),
        ("by its own name", ed(json!({"alg": "Ed25519"})), "used".to_owned()),
        ("for another", ed(json!({"alg": "ES256"})), cannot("ES256")),
        ("Ed448 by name", ed(json!({"alg": "Ed448"})), format!("skip: {UNKNOWN}")),
        ("32 bytes", oct(32, json!({"alg": "HS256"})), "used".to_owned()),
        ("31 bytes", oct(31, json!({"alg": "HS256"})), short.to_owned()),
        ("31 bytes, no alg", oct(31, json!({})), short.to_owned()),
        ("no bytes", oct(0, json!({})), short.to_owned()),
        ("32 bytes for HS384", oct(32, json!({"alg": "HS384"})), cannot("HS384")),
        ("47 bytes for HS384", oct(47, json!({"alg": "HS384"})), cannot("HS384")),
        ("48 bytes for HS384", oct(48, json!({"alg": "HS384"})), "used".to_owned()),
        ("63 bytes for HS512", oct(63, json!({"alg": "HS512"})), cannot("HS512")),
        ("64 bytes for HS512", oct(64, json!({"alg": "HS512"})), "used".to_owned()),
        ("no k", json!({"kty": "oct"}), "`k` is missing".to_owned()),
        ("k null", json!({"kty": "oct", "k": null}), "`k` is not a string".to_owned()),
    ] {
        assert_eq!(reason(&jwk), expected, "{name}");
    }
}

#[test]
fn what_a_key_is_for() {
    let operations = "skip: `key_ops` does not name `verify`";
    let unknown = &format!("skip: {UNKNOWN}");
    for (member, value, expected) in [
        ("use", json!("sig"), "used"),
        ("use", json!("enc"), "skip: `use` is not `sig`"),
        ("use", json!("SIG"), "skip: `use` is not `sig`"),
        ("use", json!(""), "skip: `use` is not `sig`"),
        ("use", json!(["sig"]), "`use` is not a string"),
        ("use", json!(null), "`use` is not a string"),
        ("key_ops", json!(["verify"]), "used"),
        ("key_ops", json!(["sign", "verify"]), "used"),
        ("key_ops", json!(["sign"]), operations),
        ("key_ops", json!(["encrypt", "decrypt"]), operations),
        ("key_ops", json!([]), operations),
        ("key_ops", json!(["sign, verify"]), operations),
        ("key_ops", json!("verify"), "`key_ops` is not a list"),
        ("alg", json!("ES256"), "used"),
        ("alg", json!("none"), unknown),
        ("alg", json!("es256"), unknown),
        ("alg", json!("ECDH-ES"), unknown),
        ("alg", json!("ES384"), "`alg` is `ES384`, which this key cannot verify"),
        ("alg", json!("HS256"), "`alg` is `HS256`, which this key cannot verify"),
        ("alg", json!("RS256"), "`alg` is `RS256`, which this key cannot verify"),
        ("alg", json!(["ES256"]), "`alg` is not a string"),
        ("kty", json!("RSA"), "`n` is missing"),
        ("kty", json!("oct"), "`k` is missing"),
        ("kty", json!("ec"), "skip: `kty` is not `RSA`, `EC`, `OKP` or `oct`"),
        ("kty", json!(null), "`kty` is not a string"),
        ("kid", json!(5), "`kid` is not a string"),
        // RFC 7517 section 4: members that are not understood are ignored.
        ("x5u", json!("https://attacker.example/cert.pem"), "used"),
    ] {
        let mut jwk = OURS.jwk(json!({}));
        jwk[member] = value.clone();
        assert_eq!(reason(&jwk), expected, "{member}: {value}");
    }
}

/// What is skipped is no choice: the token is verified as if it were not there.
#[test]
fn a_set_is_what_is_left_of_it() {
    let set = json!({"keys": [
        OURS.jwk(json!({"kid": "a", "use": "enc"})),
        Signer::Secret(vec![7; 31]).jwk(json!({"kid": "a"})),
        5,
        our_jwk("a"),
    ]});
    let skipped = KeySet::parse(&set).skipped;
    let reasons = skipped.iter().map(|key| (key.index, key.reason.to_string()));
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            (0, "`use` is not `sig`".to_owned()),
            (1, "`k` has less than 32 bytes".to_owned()),
            (2, "expected an object, found a number".to_owned()),
        ]
    );
    for not_a_set in [json!(null), json!([]), json!({}), json!({"keys": {}}), our_jwk("a")] {
        assert_eq!(KeySet::parse(&not_a_set).keys, Err(InvalidKeySet::NotASet), "{not_a_set}");
    }
    assert_eq!(KeySet::parse(&json!({"keys": []})).keys, Err(InvalidKeySet::NoneUsable(0)));
    let many = vec![our_jwk("a"); 101];
    assert_eq!(KeySet::parse(&json!({"keys": many})).keys, Err(InvalidKeySet::TooMany(101)));
}

/// Without `alg`, a secret is for the hashes that it is as long as.
#[test]
fn a_secret_is_as_long_as_the_hash() {
    let signer = Signer::Secret(vec![7; 32]);
    let by = |alg: &str| {
        let algorithm = Algorithm::named(alg).unwrap();
        token(&signer, algorithm, &json!({"alg": alg}))
    };
    check(
        &for_keys(&[signer.jwk(json!({}))]),
        vec![
            ("HS256", by("HS256"), ACCEPTED.to_owned()),
            ("HS384", by("HS384"), no_key("HS384", "")),
            ("HS512", by("HS512"), no_key("HS512", "")),
        ],
    );
}

const UNKNOWN: &str = "`alg` is not a signature algorithm that is supported";
