//! The examples of RFCs whose payload is a text; those that are JWTs are in `tests/vectors/rfc.rs`.

use serde_json::{Value, json};

use super::verify;

/// RFC 7515 appendix A.4.
const ES512: &str = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
/// RFC 8037 appendix A.4.
const EDDSA: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

fn es512_key() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-521",
        "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    })
}

/// RFC 8037 appendix A.2.
fn eddsa_key() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

#[test]
fn the_key_of_an_example_verifies_it_and_no_other() {
    let no_key = |alg: &str| format!("issuer `main` has no key for `alg` {alg:?} and `kid` \"\"");
    for (key, token, expected) in [
        (es512_key(), ES512, Ok(())),
        (eddsa_key(), EDDSA, Ok(())),
        (es512_key(), EDDSA, Err(no_key("EdDSA"))),
        (eddsa_key(), ES512, Err(no_key("ES512"))),
    ] {
        assert_eq!(verify(&key, token), expected, "{token}");
    }
}

#[test]
fn another_text_under_the_same_signature_is_forged() {
    for (key, token) in [(es512_key(), ES512), (eddsa_key(), EDDSA)] {
        let fields: Vec<_> = token.split('.').collect();
        let changed = format!("{}.cGF5bG9hZA.{}", fields[0], fields[2]);
        let forged = "the signature is not that of a key of issuer `main`".to_owned();
        assert_eq!(verify(&key, &changed), Err(forged), "{token}");
    }
}
