//! The examples of the RFCs that are JWTs. Their claims are `{"iss":"joe", "exp":1300819380,
//! "http://example.com/is_root":true}`.

use authn::{ClaimPath, Issuer};
use serde_json::{Value, json};

use crate::door::{FORGED, UNSIGNED, authenticate, authenticator, issuer, said_at};
use crate::signer::RSA_N;

/// RFC 7515 appendix A.1, and RFC 7519 section 3.1.
const HS256: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const HS256_K: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
/// RFC 7515 appendix A.2.
const RS256: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
/// RFC 7515 appendix A.3.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// RFC 7515 appendix A.5, and RFC 7519 section 6.1: an unsecured one.
const UNSECURED: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
/// RFC 7519 appendix A.1: the same claims, encrypted.
const ENCRYPTED: &str = "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8qDcjiHnSJflSdv1iNqhWXaKH4MqAkQtMoNfABIPJaZm0HaA415sv3aeuBWnD8J-Ui7Ah6cWafs3ZwwFKDFUUsWHSK-IPKxLGTkND09XyjORj_CHAgOPJ-Sd8ONQRnJvWn_hXV1BNMHzUjPyYwEsRhDhzjAD26imasOTsgruobpYGoQcXUwFDn7moXPRfDE8-NoQX7N7ZYMmpUDkR-Cx9obNGwJQ3nM52YCitxoQVPzjbl7WBuB7AohdBoZOdZ24WlN1lVIeh8v1K4krB8xgKvRU8kgFrEn_a1rZgN5TiysnmzTROF869lQ.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0orbHvAKeWnDYvpIAeZ72deHxz3roJDXQyhxx0wKaMHDjUEOKIwrtkHthpqEanSBNYHZgmNOV7sln1Eu9g3J8.fiK51VwhsxJ-siBMR-YFiA";
/// RFC 7519 appendix A.2: the token of RFC 7515 appendix A.2, encrypted.
const NESTED: &str = "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiY3R5IjoiSldUIn0.g_hEwksO1Ax8Qn7HoN-BVeBoa8FXe0kpyk_XdcSmxvcM5_P296JXXtoHISr_DD_MqewaQSH4dZOQHoUgKLeFly-9RI11TG-_Ge1bZFazBPwKC5lJ6OLANLMd0QSL4fYEb9ERe-epKYE3xb2jfY1AltHqBO-PM6j23Guj2yDKnFv6WO72tteVzm_2n17SBFvhDuR9a2nHTE67pe0XGBUS_TK7ecA-iVq5COeVdJR4U4VZGGlxRGPLRHvolVLEHx6DYyLpw30Ay9R6d68YCLi9FYTq3hIXPK_-dmPlOUlKvPr1GgJzRoeC9G5qCvdcHWsqJGTO_z3Wfo5zsqwkxruxwA.UmVkbW9uZCBXQSA5ODA1Mg.VwHERHPvCNcHHpTjkoigx3_ExK0Qc71RMEParpatm0X_qpg-w8kozSjfNIPPXiTBBLXR65CIPkFqz4l1Ae9w_uowKiwyi9acgVztAi-pSL8GQSXnaamh9kX1mdh3M_TT-FZGQFQsFhu0Z72gJKGdfGE-OE7hS1zuBD5oEUfk0Dmb0VzWEzpxxiSSBbBAzP10l56pPfAtrjEYw-7ygeMkwBl6Z_mLS6w6xUgKlvW6ULmkV-uLC4FUiyKECK4e3WZYKw1bpgIqGYsw2v_grHjszJZ-_I5uM-9RA8ycX9KqPRp9gc6pXmoU_-27ATs9XCvrZXUtK2902AUzqpeEUJYjWWxSNsS-r1TJ1I-FMJ4XyAiGrfmo9hQPcNBYxPz3GQb28Y5CLSQfNgKSGt0A4isp1hBUXBHAndgtcslt7ZoQJaKe_nNJgNliWtWpJ_ebuOpEl8jdhehdccnRMIwAmU1n7SPkmhIl1HlSOpvcvDfhUN5wuqU955vOBvfkBOh5A11UzBuo2WlgZ6hYi9-e3w29bR0C2-pp3jbqxEDw3iWaf2dc5b-LnR0FEYXvI_tYk5rd_J9N0mg0tQ6RbpxNEMNoA9QWk5lgdPvbh9BaO195abQ.AVO9iT5AV4CzvDJCdhSFlQ";

/// Just before `exp`.
const THEN: i64 = 1_300_819_379;

fn keys() -> [Value; 3] {
    [
        json!({"kty": "oct", "k": HS256_K}),
        json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"}),
        json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
    ]
}

fn joe(jwks: &[Value]) -> Issuer {
    Issuer { issuer: Some("joe".to_owned()), audiences: Vec::new(), ..issuer(jwks) }
}

#[test]
fn signed_examples_are_accepted_until_they_expire() {
    let all = authenticator(vec![joe(&keys())], 0);
    for (token, jwk) in [HS256, RS256, ES256].into_iter().zip(keys()) {
        let own = authenticator(vec![joe(std::slice::from_ref(&jwk))], 0);
        for authenticator in [&all, &own] {
            assert_eq!(said_at(authenticator, token, THEN), "somebody of main", "{token}");
            assert_eq!(said_at(authenticator, token, THEN + 61), "expired 60 s ago", "{token}");
        }
        let value = format!("Bearer {token}");
        let principal = authenticate(&own, value.as_bytes(), THEN).unwrap();
        let path = ClaimPath::literal(vec!["http://example.com/is_root".to_owned()]);
        assert_eq!(principal.claims().at(&path.unwrap()), Some(&json!(true)), "{token}");
    }
}

#[test]
fn examples_that_are_not_signed_are_refused() {
    let authenticator = authenticator(vec![joe(&keys())], 0);
    let encrypted = "the token is encrypted (JWE), which is not supported";
    for (token, expected) in [(UNSECURED, UNSIGNED), (ENCRYPTED, encrypted), (NESTED, encrypted)] {
        assert_eq!(said_at(&authenticator, token, THEN), expected, "{token}");
    }
}

/// RFC 7515 appendices A.6 and A.7: the claims with two signatures that are right, and with one.
#[test]
fn examples_in_json_are_refused() {
    let authenticator = authenticator(vec![joe(&keys())], 0);
    let signed = |token: &str, kid: &str| {
        let fields: Vec<_> = token.split('.').collect();
        json!({"protected": fields[0], "header": {"kid": kid}, "signature": fields[2]})
    };
    let payload = RS256.split('.').nth(1).unwrap();
    let ec = signed(ES256, "e9bc097a-ce51-4036-9562-d2ade882db0d");
    let general = json!({"payload": payload, "signatures": [signed(RS256, "2010-12-29"), ec]});
    let mut flattened = ec;
    flattened["payload"] = json!(payload);
    for token in [general, flattened] {
        let reason = "authorization is not `Bearer` and one token";
        assert_eq!(said_at(&authenticator, &token.to_string(), THEN), reason, "{token}");
    }
}

#[test]
fn an_example_with_the_signature_of_another_is_refused() {
    let authenticator = authenticator(vec![joe(&keys())], 0);
    let (signed, _) = HS256.rsplit_once('.').unwrap();
    for other in [RS256, ES256] {
        let (_, signature) = other.rsplit_once('.').unwrap();
        assert_eq!(said_at(&authenticator, &format!("{signed}.{signature}"), THEN), FORGED);
    }
}
