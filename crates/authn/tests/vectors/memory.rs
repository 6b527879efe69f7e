//! The token cache takes no more memory than it is given, counted where memory is allocated.

#![expect(unsafe_code, reason = "an allocator is unsafe to implement; this one only counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use authn::{Algorithm, Authenticator, CacheLimits, Hash};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::door::{NOW, authenticate, claims, issuer, remembering};
use crate::signer::{Signer, encoded};

/// Counts what each thread holds, as dlmalloc on wasm32 would take it.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// A header of 4 bytes, the whole a multiple of 8 and not less than 16.
fn chunk(layout: Layout) -> usize {
    layout.size().saturating_add(4).next_multiple_of(8).max(16)
}

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(chunk(layout)));
        // SAFETY: as promised to us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.set(HELD.get().wrapping_sub(chunk(layout)));
        // SAFETY: as promised to us.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// An authenticator that has so much memory for tokens, and looks at all of these claims.
fn door(max_bytes: usize, claims: &Value) -> Authenticator {
    let secret = Signer::of(ALGORITHM).jwk(json!({}));
    let cache = CacheLimits { max_entries: 1_000_000, max_bytes };
    let names = claims.as_object().unwrap().keys().cloned().collect();
    remembering(vec![issuer(&[secret])], cache, names)
}

/// Tokens with these claims added, each another one.
fn tokens(added: &Value, count: usize) -> Vec<String> {
    let signer = Signer::of(ALGORITHM);
    let header = json!({"alg": ALGORITHM.name()}).to_string();
    let token = |number: usize| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().extend(added.as_object().unwrap().clone());
        claims["jti"] = json!(number.to_string());
        format!("Bearer {}", signer.token(ALGORITHM, &header, claims.to_string()))
    };
    (0..count).map(token).collect()
}

/// The most that is held between two requests, of those that bring these tokens.
fn most_held(door: &Authenticator, tokens: &[String]) -> usize {
    let before = HELD.get();
    let mut most = 0;
    for token in tokens {
        authenticate(door, token.as_bytes(), NOW).unwrap();
        most = most.max(HELD.get().saturating_sub(before));
    }
    most
}

/// What Keycloak puts into an access token of its default client scopes.
fn keycloak() -> Value {
    json!({
        "iat": NOW, "auth_time": NOW - 5, "jti": encoded([7; 27]), "typ": "Bearer", "azp": "shop",
        "sid": "6f6b5a3e-2d5c-4e0b-9c39-5f2f2a7b0c11", "acr": "1",
        "allowed-origins": ["https://shop.example.com"],
        "realm_access": {"roles": ["default-roles-shop", "offline_access", "uma_authorization", "viewer"]},
        "resource_access": {
            "shop": {"roles": ["orders-read", "orders-write"]},
            "account": {"roles": ["manage-account", "manage-account-links", "view-profile"]},
        },
        "scope": "openid profile email", "email_verified": true, "name": "Alice Example",
        "preferred_username": "alice", "given_name": "Alice", "family_name": "Example",
        "email": "alice@example.com",
    })
}

#[test]
fn the_bound_holds_and_is_made_use_of() {
    for (added, count) in [(json!({}), 1_000), (keycloak(), 400), (json!({"a": [[], {}]}), 1_000)] {
        let max_bytes = 512 << 10;
        let most = most_held(&door(max_bytes, &added), &tokens(&added, count));
        assert!(most <= max_bytes, "{most}: {added}");
        assert!(most > max_bytes / 2, "{most}: {added}");
    }
}

/// A policy looks at few claims, if any: the others are not kept.
#[test]
fn claims_that_nobody_looks_at_take_nothing() {
    let tokens = tokens(&keycloak(), 100);
    let [all, none] =
        [keycloak(), json!({})].map(|kept| most_held(&door(1 << 20, &kept), &tokens) / 100);
    let text = tokens[0].len();
    assert!(none < text + 600, "{none} bytes for a token of {text}");
    assert!(all > none + 3_000, "{all} and {none}");
}

/// Tables do not shrink by themselves: what many small tokens made them take is still there when few large ones come.
#[test]
fn the_bound_holds_when_large_tokens_follow_many_small_ones() {
    for length in [800, 3_000, 8_000] {
        let large = json!({"x": "x".repeat(length)});
        for max_bytes in [64 << 10, 512 << 10, 2 << 20] {
            let all = [tokens(&json!({}), 5_000), tokens(&large, 2_000_000 / length)].concat();
            let door = door(max_bytes, &large);
            let most = most_held(&door, &all);
            assert!(most <= max_bytes, "{most} of {max_bytes}, {length}");
        }
    }
}

/// What the reviewer of an estimate would send: little text, much structure.
#[test]
fn the_bound_holds_for_structure_without_text() {
    let nested = |depth| (0..depth).fold(json!(0), |inner, _| json!({"a": inner}));
    let many: Value = (0..200).map(|number| (format!("{number}"), json!({"": 0}))).collect();
    for added in [
        json!({"x": vec![json!({"": 0}); 300]}),
        json!({"x": vec![json!([0]); 300]}),
        json!({"x": vec![json!(""); 300]}),
        json!({"x": nested(100)}),
        many,
        json!({"roles": vec!["a"; 300]}),
    ] {
        for max_bytes in [64 << 10, 1 << 20] {
            let most = most_held(&door(max_bytes, &added), &tokens(&added, 50));
            assert!(most <= max_bytes, "{most} of {max_bytes}: {added}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_bound_holds_for_any_claims(added in object(), max_bytes in 2_000_usize..100_000) {
        let tokens = tokens(&added, 40);
        prop_assume!(tokens.iter().all(|token| token.len() < 16_000));
        let most = most_held(&door(max_bytes, &added), &tokens);
        prop_assert!(most <= max_bytes, "{} of {}", most, max_bytes);
    }
}

fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 40, 14, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..14).prop_map(Value::from),
            members(inner),
        ]
    });
    members(value)
}

fn members(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    // None of the claims that are checked.
    prop::collection::btree_map("x.{0,4}", inner, 0..14)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

const ALGORITHM: Algorithm = Algorithm::Hs(Hash::Sha256);
