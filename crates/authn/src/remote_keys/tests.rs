use serde_json::{Value, json};

use super::*;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

/// A source with the configuration's defaults, but for a shorter `stale_seconds`.
pub(crate) fn source() -> KeySource {
    KeySource {
        cluster: "idp".to_owned(),
        scheme: "https",
        authority: "idp.example.com".to_owned(),
        path: "/jwks.json".to_owned(),
        refresh_seconds: 300,
        cooldown_seconds: 30,
        timeout_seconds: 5,
        stale_seconds: 3_600,
        secrets: false,
    }
}

fn remote() -> RemoteKeys {
    RemoteKeys::new(source())
}

/// RFC 8037 appendix A.2.
fn ed25519(kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

fn set(kids: &[&str]) -> String {
    json!({"keys": kids.iter().map(|kid| ed25519(kid)).collect::<Vec<_>>()}).to_string()
}

/// Fetches once, at this second.
fn fetch(remote: &RemoteKeys, second: i64, answer: Result<&str, &str>) -> Fetched {
    remote.start(at(second));
    let answer = answer.map(str::as_bytes).map_err(str::to_owned);
    remote.finish(answer, at(second), 0)
}

#[test]
fn a_fetch_is_due_at_once_and_then_after_each_refresh() {
    let remote = remote();
    assert!(remote.due(at(0)));
    assert!(remote.keys(at(0)).is_none());
    remote.start(at(0));
    assert!(!remote.due(at(1)), "while one is under way");
    remote.finish(Ok(set(&["a"]).as_bytes()), at(2), 0);
    for (second, due) in [(2, false), (301, false), (302, true), (9_999, true), (1, true)] {
        assert_eq!(remote.due(at(second)), due, "{second}");
    }
}

#[test]
fn workers_do_not_refresh_all_at_once() {
    let mut seconds = Vec::new();
    for spread in 0..100 {
        let remote = remote();
        remote.start(at(0));
        remote.finish(Ok(set(&["a"]).as_bytes()), at(0), spread);
        seconds.extend((0..999).find(|second| remote.due(at(*second))));
    }
    assert_eq!((seconds.iter().min(), seconds.iter().max()), (Some(&270), Some(&300)));
}

#[test]
fn failures_are_retried_ever_more_rarely() {
    let delays = |remote: &RemoteKeys| -> Vec<u32> {
        let fetched = (0..9).map(|_| fetch(remote, 0, Err("no answer")));
        let delay = |fetched| match fetched {
            Fetched::Nothing { next, .. } => next,
            keys @ Fetched::Keys { .. } => panic!("{keys:?}"),
        };
        fetched.map(delay).collect()
    };
    let remote = remote();
    assert_eq!(delays(&remote), [1, 2, 4, 8, 10, 10, 10, 10, 10], "nobody can get in");
    fetch(&remote, 0, Ok(&set(&["a"])));
    assert_eq!(delays(&remote), [1, 2, 4, 8, 16, 32, 60, 60, 60], "old keys serve");
    let spread = [(0, 0, 1), (1, 1, 3), (9, 29, 89), (9, 30, 90), (9, 31, 60), (99, 0, 60)];
    for (failures, spread, seconds) in spread {
        assert_eq!(backoff(failures, 60, spread), seconds, "{failures}, {spread}");
    }
}

#[test]
fn only_a_usable_set_replaces_another() {
    let many = set(&["x"; 101]);
    for (answer, reason) in [
        (Err("status 500"), "status 500"),
        (Ok("<html>down</html>"), "not JSON: expected value at line 1 column 1"),
        (Ok(""), "not JSON: EOF while parsing a value at line 1 column 0"),
        (Ok("[]"), "expected an object with a list `keys`"),
        (Ok(r#"{"keys":[]}"#), "none of its 0 keys can be used"),
        (Ok(r#"{"keys":[],"keys":[]}"#), "not JSON: duplicate member \"keys\" at line 1 column 17"),
        (
            Ok(r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"x"}]}"#),
            "none of its 2 keys can be used; keys[0] is not used: `n` and `e` are not an RSA key; keys[1] is not used: `kty` is not `RSA`, `EC`, `OKP` or `oct`",
        ),
        (Ok(&many), "has 101 keys, at most 100 are taken"),
    ] {
        let remote = remote();
        let failed = |serving| Fetched::Nothing { reason: reason.to_owned(), serving, next: 1 };
        assert_eq!(fetch(&remote, 0, answer), failed(false), "{answer:?}");
        assert!(remote.keys(at(0)).is_none());
        fetch(&remote, 10, Ok(&set(&["a"])));
        assert_eq!(fetch(&remote, 20, answer), failed(true), "{answer:?}");
        assert!(remote.keys(at(20)).unwrap().names(Some("a")));
    }
}

#[test]
fn a_set_is_stale_when_it_was_not_seen_for_long() {
    let remote = remote();
    fetch(&remote, 0, Ok(&set(&["a"])));
    fetch(&remote, 100, Err("no answer"));
    assert!(remote.keys(at(3_600)).is_some());
    assert!(remote.keys(at(3_601)).is_none());
    fetch(&remote, 4_000, Ok(&set(&["a"])));
    assert!(remote.keys(at(7_600)).is_some());
}

#[test]
fn a_clock_that_is_set_back_neither_stops_fetches_nor_prolongs_keys() {
    let remote = remote();
    fetch(&remote, 1_000_000, Ok(&set(&["a"])));
    assert!(remote.keys(at(0)).is_some());
    assert!(remote.due(at(0)));
    fetch(&remote, 0, Err("no answer"));
    assert!(remote.keys(at(3_601)).is_none());
}

#[test]
fn equal_sets_are_one_and_the_same() {
    let remote = remote();
    fetch(&remote, 0, Ok(&set(&["a", "b"])));
    let first = remote.keys(at(0)).unwrap();
    let again = fetch(&remote, 1, Ok(&set(&["b", "a"])));
    assert_eq!(again, Fetched::Keys { count: 2, changed: false, skipped: Vec::new() });
    assert!(Rc::ptr_eq(&first, &remote.keys(at(1)).unwrap()));
    for other in [&["a"][..], &["a", "c"], &["a", "a"], &["a", "b", "c"]] {
        fetch(&remote, 2, Ok(&set(&["a", "b"])));
        let first = remote.keys(at(2)).unwrap();
        fetch(&remote, 3, Ok(&set(other)));
        assert!(!Rc::ptr_eq(&first, &remote.keys(at(3)).unwrap()), "{other:?}");
    }
}

#[test]
fn unknown_keys_cause_one_fetch_per_cooldown() {
    let remote = remote();
    fetch(&remote, 0, Ok(&set(&["a"])));
    assert!(!remote.due(at(10)));
    assert!(remote.may_come(at(10)));
    assert!(remote.due(at(10)));
    assert!(remote.may_come(at(11)), "the fetch is on its way");
    remote.start(at(11));
    assert!(remote.may_come(at(12)), "the fetch is under way");
    remote.finish(Ok(set(&["a"]).as_bytes()), at(12), 0);
    for second in [12, 13, 39] {
        assert!(!remote.may_come(at(second)) && !remote.due(at(second)), "{second}");
    }
    assert!(remote.may_come(at(40)) && remote.due(at(40)));
}

#[test]
fn a_fetch_without_an_answer_is_not_the_last() {
    let remote = remote();
    remote.start(at(0));
    assert!(!remote.due(at(9)));
    assert!(remote.due(at(10)));
}

#[test]
fn secrets_are_taken_only_where_they_are_asked_for() {
    let secret = json!({"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"});
    let both = json!({"keys": [secret, ed25519("a")]}).to_string();
    let public = remote();
    match fetch(&public, 0, Ok(&both)) {
        Fetched::Keys { count: 1, skipped, .. } => {
            assert!(skipped[0].to_string().contains("`kty` is `oct`"), "{skipped:?}");
        }
        other => panic!("{other:?}"),
    }
    let asked_for = RemoteKeys::new(KeySource { secrets: true, ..public.source().clone() });
    assert!(matches!(fetch(&asked_for, 0, Ok(&both)), Fetched::Keys { count: 2, .. }));
    let alone = json!({"keys": [secret]}).to_string();
    assert!(matches!(fetch(&public, 1, Ok(&alone)), Fetched::Nothing { serving: true, .. }));
}

#[test]
fn keys_of_the_same_source_are_adopted() {
    let old = remote();
    fetch(&old, 0, Ok(&set(&["a"])));
    let new = RemoteKeys::new(KeySource { refresh_seconds: 60, ..old.source().clone() });
    new.adopt(&old);
    assert!(new.keys(at(1)).is_some());
    assert!(new.due(at(1)));
    for other in [
        KeySource { cluster: "other".to_owned(), ..old.source().clone() },
        KeySource { authority: "other".to_owned(), ..old.source().clone() },
        KeySource { path: "/other".to_owned(), ..old.source().clone() },
        KeySource { scheme: "http", ..old.source().clone() },
        KeySource { secrets: true, ..old.source().clone() },
    ] {
        let other = RemoteKeys::new(other);
        other.adopt(&old);
        assert!(other.keys(at(1)).is_none());
    }
}
