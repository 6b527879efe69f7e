//! Shadow: decided and logged as ever, and yet the request goes on.

use super::*;

/// The rules of `gate`, each that can deny in this mode, and the settings.
fn with_rules_in(mode: &str, mut settings: Value) -> Gate {
    let mut rules = json!([
        {"name": "health", "methods": ["GET"], "path": "/healthz", "allow": "public"},
        {"name": "me", "path": "/me/**", "allow": "authenticated"},
        {"name": "internal", "path": "/internal/**", "allow": "nobody"},
        {"name": "plain", "path": "/plain", "allow": {"roles": ["admin"]}, "status": 404},
    ]);
    for rule in rules.as_array_mut().unwrap().iter_mut().filter(|rule| rule["allow"] != "public") {
        rule["mode"] = json!(mode);
    }
    settings["rules"] = rules;
    gate(settings)
}

/// What is said of this request: by whom it is decided, with what reply, and in which audit line.
fn said(gate: &Gate, headers: &[(&str, &str)], host: &Stub) -> (bool, bool, Option<u32>, String) {
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, host, UnixTime::from_seconds(1_000));
    let replied = gate.reply(&request, &decision).is_some();
    let audit = audited(gate, &request, &decision).unwrap_or_default();
    (decision.enforced, replied, decision.wait_seconds, audit)
}

/// Enforced; everything in shadow; each rule in shadow.
fn three(settings: &Value) -> [Gate; 3] {
    let all = |mode: &str| {
        let mut settings = settings.clone();
        settings["mode"] = json!(mode);
        settings
    };
    [
        with_rules_in("enforce", settings.clone()),
        with_rules_in("shadow", all("shadow")),
        with_rules_in("shadow", all("enforce")),
    ]
}

fn check(gates: &[Gate; 3], headers: &[(&str, &str)], host: &Stub) {
    let [enforced, shadow, by_rule] = gates.each_ref().map(|gate| said(gate, headers, host));
    let denied = enforced.1;
    let governed = enforced.3.contains(r#""rule":"#) && !enforced.3.contains(r#""rule":"health""#);
    assert!(enforced.0);
    // Everything in shadow: whatever was decided, and why, the request goes on and is not held.
    let marked = if denied {
        enforced.3.replacen(r#""deny","#, r#""deny","shadow":true,"#, 1)
    } else {
        enforced.3.clone()
    };
    assert_eq!(shadow, (false, false, None, marked.clone()), "{headers:?}");
    // Each rule in shadow: the same of what a rule governs, and of nothing else.
    let expected = if governed { (false, false, None, marked) } else { enforced };
    assert_eq!(by_rule, expected, "{headers:?}");
}

#[test]
fn every_denial_is_let_through_and_logged() {
    let gates = three(&json!({"audit": {"decisions": "all"}}));
    let nothing = Stub(Ok(Vec::new()));
    for (method, path, who, _) in TABLE {
        check(&gates, &request(method, path, &authorization(who)), &nothing);
    }
    let jwt_authn = json!([{"name": "main", "signature": {"jwt_authn": {"metadata": "payload"}}}]);
    let gates = three(&json!({"audit": {"decisions": "all"}, "issuers": jwt_authn}));
    let failing = Stub(Err(HostFailure("status 10".to_owned())));
    for path in ["/healthz", "/me", "/internal", "/plain", "/none"] {
        check(&gates, &request("GET", path, ""), &failing);
    }
}

#[test]
fn a_denial_is_logged_as_often_as_ever() {
    for (decisions, logged) in [("none", false), ("denied", true), ("all", true)] {
        for gate in three(&json!({"audit": {"decisions": decisions}})) {
            assert_eq!(ask(&gate, &request("GET", "/me", "")).1.is_some(), logged, "{decisions}");
        }
    }
    let [_, shadow, by_rule] = three(&json!({"audit": {"decisions": "all"}}));
    let (_, audit) = ask(&shadow, &request("GET", "/me", ""));
    assert_eq!(
        audit,
        Some(json!({
            "decision": "deny", "shadow": true, "status": 401, "code": "missing_token", "rule": "me",
            "method": "GET", "host": "api.example.com", "path": "/me", "reason": "no bearer token",
        }))
    );
    // That a rule is in shadow is no news where it allows.
    for gate in [shadow, by_rule] {
        let (_, audit) = ask(&gate, &request("GET", "/healthz", ""));
        assert_eq!(audit.unwrap().get("shadow"), None);
    }
}

#[test]
fn no_request_is_held_for_keys() {
    let remote = json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/jwks"}});
    let gates = three(&json!({
        "issuers": [{"name": "main", "issuer": "idp", "signature": remote}],
        "audit": {"decisions": "all"},
    }));
    let nothing = Stub(Ok(Vec::new()));
    let token = bearer(&json!({"iss": "idp", "exp": 2_000}));
    let headers = request("GET", "/me", &token);
    let (enforced, replied, wait_seconds, audit) = said(&gates[0], &headers, &nothing);
    assert_eq!((enforced, replied, wait_seconds), (true, true, Some(5)), "{audit}");
    assert!(audit.contains("keys_unavailable"), "{audit}");
    check(&gates, &headers, &nothing);
}

#[test]
fn a_host_that_fails_stops_nothing_in_shadow() {
    let undecided = |gate: &Gate| {
        let request = gate.request([]);
        let decision = gate.undecided(HostFailure("no clock".to_owned()));
        (gate.reply(&request, &decision).map(|reply| reply.status), decision.enforced)
    };
    let [enforced, shadow, by_rule] = three(&json!({}));
    assert_eq!(undecided(&enforced), (Some(503), true));
    assert_eq!(undecided(&shadow), (None, false));
    assert_eq!(undecided(&by_rule), (Some(503), true));
}

proptest::proptest! {
    #[test]
    fn shadow_never_changes_what_is_logged_but_for_saying_so(
        method in "GET|POST|[A-Z]{0,3}",
        path in "/(healthz|me|internal|plain|none)?[a-z/%.;]{0,3}|.{0,5}",
        who in "nobody|basic|broken|expired|admin|viewer",
        name in "[a-z-]{1,8}",
        value in ".{0,8}",
    ) {
        let gates = three(&json!({"audit": {"decisions": "all"}}));
        let token = authorization(&who);
        let headers = [request(&method, &path, &token), vec![(name.as_str(), value.as_str())]].concat();
        check(&gates, &headers, &Stub(Ok(Vec::new())));
    }
}

/// The short way past all that is told must not leave anything out.
#[test]
fn a_decision_is_silent_where_there_is_nothing_to_tell_and_only_there() {
    for more in [
        json!({}),
        json!({"mode": "shadow"}),
        json!({"audit": {"decisions": "all"}}),
        json!({"audit": {"decisions": "none"}}),
        json!({"audit": {"filter_state": true}}),
        json!({"forward": {"headers": {"x-user": "sub"}}}),
        json!({"forward": {"remove_token": true}}),
    ] {
        let gate = gate(more.clone());
        for (method, path, who, _) in TABLE {
            let authorization = authorization(who);
            let headers = request(method, path, &authorization);
            let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
            let now = UnixTime::from_seconds(1_000);
            let decision = gate.decide(&request, &Stub(Ok(Vec::new())), now);
            let is_quiet = gate.changes(&request, &decision).is_none()
                && gate.filter_state(&decision).is_empty()
                && !gate.is_audited(&decision)
                && gate.reply(&request, &decision).is_none();
            // A denial in shadow may have nothing to tell either, and takes the long way.
            let expected = is_quiet && decision.outcome.is_ok();
            assert_eq!(gate.is_silent(&decision), expected, "{more} {method} {path} {who}");
        }
    }
}
