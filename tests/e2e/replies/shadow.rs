//! In shadow: decided, logged, and gone on.

use std::time::Instant;

use claimgate_tests::config::standalone_policy;
use claimgate_tests::idp::Idp;
use claimgate_tests::idp::protocol::Behaviour;

use super::*;

#[test]
fn in_shadow_every_request_goes_on_and_the_log_says_what_would_be() -> Result<()> {
    let setup = Setup::new(&json!({ "mode": "shadow", "audit": { "decisions": "denied" } }))?;
    assert!(setup.envoy.log()?.contains("mode: nothing is enforced"));
    for (line, token, status, code) in [
        ("GET /me", "", 401, "missing_token"),
        ("GET /me", "broken", 401, "invalid_token"),
        ("DELETE /user-data/1", &setup.viewer, 403, "insufficient_permission"),
        ("GET /nothing", "", 403, "no_rule"),
        ("GET /me;x", "", 400, "invalid_path"),
    ] {
        let (hits, earlier) = (setup.upstream.hits(), setup.envoy.decisions()?.len());
        let mut request = Request::new(line)?;
        if !token.is_empty() {
            request = request.bearer(token)?;
        }
        let answer = request.send(setup.envoy.addr())?;
        assert_eq!((answer.status, setup.upstream.hits()), (200, hits + 1), "{line}");
        let audit = setup.envoy.decisions()?.into_iter().nth(earlier).context("nothing logged")?;
        assert_eq!((&audit["decision"], &audit["shadow"]), (&json!("deny"), &json!(true)));
        assert_eq!((&audit["status"], &audit["code"]), (&json!(status), &json!(code)));
    }
    let call = Request::grpc("/nothing")?.send_http2(setup.envoy.addr())?;
    assert_eq!(call.status, 200);
    Ok(())
}

#[test]
fn a_rule_in_shadow_denies_nobody_and_others_do() -> Result<()> {
    let rules = json!([
        { "name": "new", "path": "/new/**", "allow": { "roles": ["admin"] }, "mode": "shadow" },
        { "name": "old", "path": "/old", "allow": "authenticated" },
    ]);
    let setup = Setup::new(&json!({ "rules": rules, "audit": { "decisions": "all" } }))?;
    assert!(setup.envoy.log()?.contains("rule `new` is in shadow: whatever it governs goes on"));
    let viewer = format!("Bearer {}", setup.viewer);
    for (line, headers, status) in [
        ("GET /new", vec![], 200),
        ("POST /new/x", vec![("authorization", viewer.as_str())], 200),
        ("GET /old", vec![], 401),
        ("GET /older", vec![], 403),
    ] {
        assert_eq!(setup.ask(line, &headers)?.status, status, "{line}");
    }
    let shadow: Vec<_> =
        setup.envoy.decisions()?.iter().map(|line| line["shadow"].clone()).collect();
    let expected = [true, true, true, true, false, false, false, false];
    assert_eq!(shadow, expected.map(|there| if there { json!(true) } else { Value::Null }));
    Ok(())
}

#[test]
fn in_shadow_no_request_waits_for_keys() -> Result<()> {
    let (upstream, idp, issuer) = (Upstream::start()?, Idp::start()?, Issuer::new()?);
    idp.behave(Behaviour::Silent)?;
    let mut policy = standalone_policy()?;
    policy["mode"] = json!("shadow");
    policy["issuers"][0]["signature"]["remote_jwks"]["timeout_seconds"] = json!(20);
    let envoy = Envoy::start(&Config::standalone(upstream.addr(), &idp).policy(&policy).build()?)?;
    let token = issuer.token(&claims("vera", &["viewer"]));
    let start = Instant::now();
    let answer = Request::new("DELETE /user-data/1")?.bearer(&token)?.send(envoy.addr())?;
    assert_eq!((answer.status, upstream.hits()), (200, 1));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let audit = envoy.decisions()?.pop().context("nothing is logged")?;
    assert_eq!((&audit["shadow"], &audit["code"]), (&json!(true), &json!("keys_unavailable")));
    Ok(())
}
