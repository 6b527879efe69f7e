//! Signatures that are none, or not written as JOSE writes them.

use std::ops::{Add, Mul};

use authn::{Algorithm, Hash};
use rsa::signature::Verifier as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::{ES256, HS256, OURS, PS256, RS256, check, our_jwk, with_signature};
use crate::door::{ACCEPTED, FORGED, UNSIGNED, claims, for_keys};
use crate::signer::{Signer, ed25519 as ed25519_key, encoded};

/// Our signature of the good claims under this header.
fn signature(signer: &Signer, algorithm: Algorithm, header: &Value) -> Vec<u8> {
    let text = format!("{}.{}", encoded(header.to_string()), encoded(claims().to_string()));
    signer.sign(algorithm, text.as_bytes())
}

fn order() -> p256::Scalar {
    -p256::Scalar::ONE
}

/// CVE-2022-21449 (r = s = 0), and Envoy 1.40's jwt_authn, which takes 65, 66 and 96 bytes.
#[test]
fn ecdsa() {
    let header = json!({"alg": "ES256"});
    let good = signature(&OURS, ES256, &header);
    let (r, s) = good.split_at(32);
    let zero = [0; 32];
    let all = [0xff; 32];
    // n - 1 and, one more, n: the order of the group.
    let below: [u8; 32] = order().to_bytes().into();
    let mut n = below;
    n[31] += 1;
    let one = [[0; 31].as_slice(), &[1]].concat();
    let parsed = p256::ecdsa::Signature::from_slice(&good).unwrap();
    let der = parsed.to_der().as_bytes().to_vec();
    let negated = -*parsed.s();
    let other_s: [u8; 32] = negated.to_bytes().into();
    let row = |name, bytes: &[u8], said| (name, with_signature(&header, bytes), said);
    check(
        &for_keys(&[our_jwk("ec")]),
        vec![
            row("ours", &good, ACCEPTED),
            // (r, -s) verifies too, by the mathematics and by RFC 7518, which asks for no low s. A second
            // form of a token gives nobody more rights, and `jti` is what replays are told by.
            row("high and low s", &[r, &other_s].concat(), ACCEPTED),
            row("r = s = 0", &[zero, zero].concat(), FORGED),
            row("r = 0", &[&zero, s].concat(), FORGED),
            row("s = 0", &[r, &zero].concat(), FORGED),
            row("r = s = 1", &[one.clone(), one].concat(), FORGED),
            row("r = n", &[&n, s].concat(), FORGED),
            row("s = n", &[r, &n].concat(), FORGED),
            row("r = s = n", &[n, n].concat(), FORGED),
            row("r = s = n - 1", &[below, below].concat(), FORGED),
            row("r = s = 2^256 - 1", &[all, all].concat(), FORGED),
            row("s || r", &[s, r].concat(), FORGED),
            row("63 bytes", &good[..63], FORGED),
            row("63 bytes, from the second on", &good[1..], FORGED),
            row("32 bytes", r, FORGED),
            row("65 bytes", &[&good[..], &[0]].concat(), FORGED),
            row("65 bytes, a zero before", &[&[0], &good[..]].concat(), FORGED),
            row("66 bytes", &[&[0], r, &[0], s].concat(), FORGED),
            row("96 bytes", &[&[0; 16], r, &[0; 16], s].concat(), FORGED),
            row("96 bytes, zeros after", &[&good[..], &[0; 32]].concat(), FORGED),
            row("twice", &[&good[..], &good].concat(), FORGED),
            row("DER", &der, FORGED),
            row("one byte", &[0], FORGED),
            row("nothing", &[], UNSIGNED),
        ],
    );
}

#[test]
fn ecdsa_on_larger_curves() {
    for (signer, hash, alg) in
        [(Signer::P384(7), Hash::Sha384, "ES384"), (Signer::P521(7), Hash::Sha512, "ES512")]
    {
        let header = json!({"alg": alg});
        let good = signature(&signer, Algorithm::Es(hash), &header);
        let row = |name, bytes: &[u8], said| (name, with_signature(&header, bytes), said);
        check(
            &for_keys(&[signer.jwk(json!({}))]),
            vec![
                row("ours", &good, ACCEPTED),
                row("zeros", &vec![0; good.len()], FORGED),
                row("one byte less", &good[1..], FORGED),
                row("one byte more", &[&good[..], &[0]].concat(), FORGED),
                row("as P-256", &good[..64], FORGED),
            ],
        );
    }
}

/// RFC 8032 section 5.1.7: s is below L; s + L would do too if nobody looked.
#[test]
fn ed25519() {
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let signer = Signer::Ed25519(7);
    let header = json!({"alg": "EdDSA"});
    let good = signature(&signer, Algorithm::EdDsa, &header);
    let mut larger = good.clone();
    let mut carry = 0;
    for (byte, own) in larger[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(own) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let identity = [&[1], [0; 31].as_slice()].concat();
    let lax = signature_without_nonce(&header);
    let row = |name, bytes: &[u8], said| (name, with_signature(&header, bytes), said);
    check(
        &for_keys(&[signer.jwk(json!({}))]),
        vec![
            row("ours", &good, ACCEPTED),
            row("s + L", &larger, FORGED),
            row("zeros", &[0; 64], FORGED),
            row("R of small order, which the equation allows", &lax, FORGED),
            row("R of small order, s = 0", &[&identity[..], &[0; 32]].concat(), FORGED),
            row("63 bytes", &good[..63], FORGED),
            row("65 bytes", &[&good[..], &[0]].concat(), FORGED),
        ],
    );
}

/// What only the key's owner can make: R is the neutral element and s is k times the secret. It solves the
/// equation, whatever reader is asked; strict ones (RFC 8032 leaves it open) refuse such an R.
#[expect(clippy::arithmetic_side_effects, reason = "numbers modulo the order of the group")]
fn signature_without_nonce(header: &Value) -> Vec<u8> {
    let text = format!("{}.{}", encoded(header.to_string()), encoded(claims().to_string()));
    let key = ed25519_key(7);
    let r = [&[1], [0; 31].as_slice()].concat();
    let k = Sha512::digest([&r[..], key.verifying_key().as_bytes(), text.as_bytes()].concat());
    let secret = key.to_scalar();
    let s = little_endian(&k, &secret) * secret;
    let signature = [&r[..], s.as_bytes()].concat();
    let parsed = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    assert!(key.verifying_key().verify(text.as_bytes(), &parsed).is_ok());
    signature
}

/// The number of these bytes, of the kind of the other.
#[expect(clippy::arithmetic_side_effects, reason = "numbers modulo the order of the group")]
fn little_endian<S: From<u64> + Add<Output = S> + Mul<Output = S>>(bytes: &[u8], _like: &S) -> S {
    let shift = |sum: S, byte: &u8| sum * S::from(256) + S::from(u64::from(*byte));
    bytes.iter().rev().fold(S::from(0), shift)
}

/// RFC 7518 section 3.2: a MAC counts whole or not at all.
#[test]
fn hmac() {
    let signer = Signer::Secret(vec![7; 64]);
    let header = json!({"alg": "HS256"});
    let good = signature(&signer, HS256, &header);
    let longer = signature(&signer, Algorithm::Hs(Hash::Sha512), &header);
    let row = |name, bytes: &[u8], said| (name, with_signature(&header, bytes), said);
    check(
        &for_keys(&[signer.jwk(json!({}))]),
        vec![
            row("ours", &good, ACCEPTED),
            row("half of it", &good[..16], FORGED),
            row("one byte of it", &good[..1], FORGED),
            row("one byte less", &good[..31], FORGED),
            row("one byte more", &[&good[..], &[0]].concat(), FORGED),
            row("zeros", &[0; 32], FORGED),
            row("of SHA-512", &longer, FORGED),
            row("of SHA-512, cut", &longer[..32], FORGED),
            row("nothing", &[], UNSIGNED),
        ],
    );
}

#[test]
fn rsa() {
    for (algorithm, alg) in [(RS256, "RS256"), (PS256, "PS256")] {
        let header = json!({"alg": alg});
        let good = signature(&Signer::Rsa, algorithm, &header);
        let row = |name, bytes: &[u8], said| (name, with_signature(&header, bytes), said);
        check(
            &for_keys(&[Signer::Rsa.jwk(json!({}))]),
            vec![
                row("ours", &good, ACCEPTED),
                row("a zero before", &[&[0], &good[..]].concat(), FORGED),
                row("a zero after", &[&good[..], &[0]].concat(), FORGED),
                row("one byte less", &good[1..], FORGED),
                row("zeros", &[0; 256], FORGED),
                row("one", &[[0; 255].as_slice(), &[1]].concat(), FORGED),
                row("more than the modulus", &[0xff; 256], FORGED),
                row("one byte", &[1], FORGED),
                row("nothing", &[], UNSIGNED),
            ],
        );
    }
}
