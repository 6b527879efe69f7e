//! A new policy while the identity provider is down.

use std::thread;

use anyhow::anyhow;
use claimgate_tests::ecds::Ecds;

use super::*;

#[test]
fn known_keys_serve_a_new_policy_while_the_identity_provider_is_down() -> Result<()> {
    let (setup, ecds) = (Setup::new()?, Ecds::new()?);
    let config = setup.config(QUICK)?.ecds(&ecds);
    ecds.publish(&config)?;
    let envoy = Envoy::start_workers(&config.build()?, 2)?;
    let (good, other) = (admin(&setup.issuer), admin(&Issuer::with_key_id("first")?));
    serves_on_every_worker(&envoy, &good)?;
    let get = |path: &str| {
        let request = Request::new(&format!("GET {path}"))?;
        anyhow::Ok(request.send(envoy.addr())?.status)
    };

    setup.idp.refuse()?;
    for version in 1..=3 {
        let mut policy = policy(QUICK)?;
        let path = format!("/version/{version}");
        let rules = policy["rules"].as_array_mut().context("no rules")?;
        rules.push(json!({ "path": path, "allow": "public" }));
        ecds.publish(&config.clone().policy(&policy))?;
        becomes("the new policy is in force", || {
            assert_eq!(delete(envoy.addr(), &good)?.status, 200);
            Ok(get(&path)? == 200)
        })?;
        // On both workers, and for longer than a fetch takes to fail.
        for _ in 0..100 {
            assert_eq!(delete(envoy.addr(), &good)?.status, 200, "version {version}");
            assert_eq!(delete(envoy.addr(), &viewer(&setup.issuer))?.status, 403);
            assert_eq!(delete(envoy.addr(), &other)?.status, 401);
        }
    }

    // What is fetched later is taken by the policy in force.
    let next = Issuer::with_key_id("next")?;
    setup.idp.serve(&next.jwks())?;
    setup.idp.listen()?;
    becomes_status(&envoy, &admin(&next), 200, 401)?;
    assert_no_crash(&envoy)
}

#[test]
fn keys_of_one_address_do_not_serve_another() -> Result<()> {
    let (setup, ecds) = (Setup::new()?, Ecds::new()?);
    let config = setup.config(IMPATIENT)?.ecds(&ecds);
    ecds.publish(&config)?;
    let envoy = Envoy::start(&config.build()?)?;
    let good = admin(&setup.issuer);
    becomes_status(&envoy, &good, 200, 503)?;

    let mut policy = policy(IMPATIENT)?;
    let elsewhere = "https://idp.example.com/another/jwks.json";
    policy["issuers"][0]["signature"]["remote_jwks"]["uri"] = json!(elsewhere);
    ecds.publish(&config.clone().policy(&policy))?;
    // There the identity provider answers with 404.
    becomes_status(&envoy, &good, 503, 200)?;
    assert_unavailable(&delete(envoy.addr(), &good)?)?;
    assert_eq!(setup.idp.seen()?.last.context("nothing was asked")?.path, "/another/jwks.json");
    assert_no_crash(&envoy)
}

#[test]
fn requests_that_wait_are_answered_though_the_policy_changes_meanwhile() -> Result<()> {
    let (setup, ecds) = (Setup::new()?, Ecds::new()?);
    setup.idp.hold()?;
    let config = setup.config(Times { timeout: 60, ..QUICK })?.ecds(&ecds);
    ecds.publish(&config)?;
    let envoy = Envoy::start(&config.build()?)?;
    let client = {
        let (address, token) = (envoy.addr(), admin(&setup.issuer));
        thread::spawn(move || delete(address, &token))
    };
    becomes("the request waits", || Ok(envoy.stat("http.ingress.downstream_rq_active")? == 1))?;

    let mut policy = policy(QUICK)?;
    policy["rules"] = json!([{ "path": "/new", "allow": "public" }]);
    ecds.publish(&config.policy(&policy))?;
    let new = || anyhow::Ok(Request::new("GET /new")?.send(envoy.addr())?.status);
    // The rule is not there yet, or it is.
    becomes("the new policy is in force", || Ok(new()? == 200))?;
    setup.idp.serve(&setup.issuer.jwks())?;
    let answer = client.join().map_err(|_| anyhow!("the client panicked"))??;
    assert_eq!(answer.status, 200, "decided by the policy that it came under: {}", answer.text());
    assert_no_crash(&envoy)
}
