//! What is remembered, what goes, and how much there is at most.

use serde_json::json;

use super::*;
use crate::claims::Claims;
use crate::names::Numbers;
use crate::validity::Validity;

fn verified(subject: &str) -> Verified {
    let jwk = json!({"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"});
    let keys = KeySet::parse(&json!({ "keys": [jwk] })).keys.unwrap();
    let principal = Principal {
        issuer: "main".to_owned(),
        subject: Some(subject.to_owned()),
        roles: Vec::new(),
        role_numbers: Numbers::default(),
        scope_numbers: Numbers::default(),
        validity: Validity::default(),
        claims: Claims::new(serde_json::Map::new()),
    };
    Verified { issuer: 0, keys: Rc::new(keys), principal: Rc::new(principal) }
}

fn cache(max_entries: usize, max_bytes: usize) -> TokenCache {
    TokenCache::new(CacheLimits { max_entries, max_bytes })
}

fn insert(cache: &mut TokenCache, token: &str) {
    cache.insert(token.as_bytes(), verified(token));
}

fn get(cache: &mut TokenCache, token: &str) -> Option<String> {
    let verified = cache.get(token.as_bytes())?;
    verified.principal.subject().map(str::to_owned)
}

#[test]
fn a_token_is_found_by_all_of_its_bytes() {
    let mut cache = cache(10, 1 << 20);
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
    insert(&mut cache, token);
    insert(&mut cache, "a.b.c");
    assert_eq!(get(&mut cache, token).as_deref(), Some(token));
    assert_eq!(get(&mut cache, "a.b.c").as_deref(), Some("a.b.c"));
    for index in 0..token.len() {
        let mut other = token.to_owned();
        other.replace_range(index..=index, "-");
        assert_eq!(get(&mut cache, &other), None, "{other}");
        let (start, end) = token.split_at(index);
        assert_eq!(get(&mut cache, start), None);
        assert!(index == 0 || get(&mut cache, end).is_none());
    }
    for other in ["a.b.d", "a.b.c ", "A.b.c", "a.b.", ""] {
        assert_eq!(get(&mut cache, other), None, "{other}");
    }
}

#[test]
fn what_is_found_anew_replaces_what_was_known() {
    let mut cache = cache(10, 1 << 20);
    insert(&mut cache, "a.b.c");
    cache.insert(b"a.b.c", verified("another"));
    assert_eq!(get(&mut cache, "a.b.c").as_deref(), Some("another"));
    assert_eq!(cache.entries.len(), 1);
}

#[test]
fn entries_are_bounded_and_what_is_used_stays() {
    let mut cache = cache(10, 1 << 20);
    insert(&mut cache, "kept");
    for number in 0..1_000 {
        insert(&mut cache, &format!("t{number}"));
        assert_eq!(get(&mut cache, "kept").as_deref(), Some("kept"), "{number}");
        assert!(cache.entries.len() <= 10 && cache.index.len() == cache.entries.len());
    }
    assert_eq!(get(&mut cache, "t0"), None);
}

/// Whoever comes last must not have to make room for the next, or those that nobody asks for any more would stay for ever.
#[test]
fn what_was_not_used_goes_about_in_the_order_in_which_it_came() {
    let mut cache = cache(10, 1 << 20);
    for number in 0..100 {
        insert(&mut cache, &format!("t{number}"));
    }
    let is_there = |number: &i32| get(&mut cache, &format!("t{number}")).is_some();
    let there: Vec<i32> = (0..100).filter(is_there).collect();
    assert!(there.len() == 10 && there.iter().all(|number| *number >= 85), "{there:?}");
}

#[test]
fn as_many_as_there_may_be_are_remembered_in_any_order() {
    let mut cache = cache(1_000, 64 << 20);
    for round in 0..3 {
        for number in 0..1_000 {
            let (token, number) = (format!("t{number}"), (number * 7) % 1_000);
            if round == 0 {
                insert(&mut cache, &token);
            } else {
                assert!(get(&mut cache, &format!("t{number}")).is_some());
            }
        }
    }
    // Where all were used, one has to go all the same.
    insert(&mut cache, "new");
    assert_eq!((cache.entries.len(), get(&mut cache, "new").is_some()), (1_000, true));
}

#[test]
fn bytes_are_bounded() {
    let mut cache = cache(1_000, 100_000);
    let subject = "s".repeat(1_000);
    for number in 0..1_000 {
        cache.insert(format!("t{number}").as_bytes(), verified(&subject));
        assert!(cache.bytes <= 100_000);
        assert_eq!(cache.bytes, cache.entries.iter().map(|entry| entry.bytes).sum::<usize>());
    }
    assert!(cache.entries.len() > 40);
    cache.insert(b"huge", verified(&"s".repeat(110_000)));
    assert!(cache.get(b"huge").is_none());
    // One that takes the place of many.
    cache.insert(b"large", verified(&"s".repeat(90_000)));
    assert!(cache.get(b"large").is_some() && cache.entries.len() < 10);
}

#[test]
fn it_can_be_switched_off() {
    let mut cache = cache(0, 1 << 20);
    insert(&mut cache, "a");
    assert_eq!(get(&mut cache, "a"), None);
}

#[test]
fn tokens_are_the_same_where_no_byte_differs() {
    for length in (0..200).chain([255, 256, 257, 1_000]) {
        let one: Vec<u8> = (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect();
        assert!(same(&one, &one.clone()), "{length}");
        for index in 0..length {
            for bit in [1, 0x80] {
                let mut other = one.clone();
                other[index] ^= bit;
                assert!(!same(&one, &other), "{length} {index}");
            }
        }
        assert!(!same(&one, &[&one[..], b"a"].concat()), "{length}");
    }
}
