//! An identity provider that is down for a while.

use std::thread::sleep;

use claimgate_tests::load::{Load, Question};

use super::*;

/// How long the outage lasts: some refreshes, or with `CLAIMGATE_LONG=1` a minute.
fn outage() -> Duration {
    let long = std::env::var_os("CLAIMGATE_LONG").is_some_and(|value| value == "1");
    Duration::from_secs(if long { 60 } else { 5 })
}

fn questions(issuer: &Issuer, forger: &Issuer) -> Result<Vec<Question>> {
    let question = |name, request: Request, status| Question { name, request, status };
    let delete = |token: &str| Request::new("DELETE /user-data/123")?.bearer(token);
    Ok(vec![
        question("admin", delete(&admin(issuer))?, 200),
        question("viewer", delete(&viewer(issuer))?, 403),
        question("forged", delete(&admin(forger))?, 401),
        question("no token", Request::new("GET /me")?, 401),
        question("public", Request::new("GET /healthz")?, 200),
    ])
}

#[test]
fn known_keys_serve_while_the_identity_provider_is_down() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = Envoy::start_workers(&setup.config(QUICK)?.build()?, 2)?;
    serves_on_every_worker(&envoy, &admin(&setup.issuer))?;
    // One that goes by the trusted key's id, one by an id that nobody has.
    for forger in [Issuer::with_key_id("first")?, Issuer::with_key_id("other")?] {
        let asked = questions(&setup.issuer, &forger)?;
        let load = Load::start(envoy.addr(), 4, move || Ok(asked.clone()));
        load.catch_up()?;
        setup.idp.refuse()?;
        // Nothing is waited for: this is how long it lasts.
        sleep(outage());
        load.catch_up()?;
        setup.idp.listen()?;
        setup.wait_for_fetches(4)?;
        load.catch_up()?;
        let answered = load.stop()?;
        assert!(answered > 100, "only {answered} answers");
    }
    wait_for_warning(&envoy, "")?;
    assert_no_crash(&envoy)
}

#[test]
fn keys_that_are_too_old_serve_no_longer() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(Times { stale: 3, ..IMPATIENT })?;
    let token = admin(&setup.issuer);
    becomes_status(&envoy, &token, 200, 503)?;
    setup.idp.refuse()?;
    becomes_status(&envoy, &token, 503, 200)?;
    let answer = delete(envoy.addr(), &token)?;
    assert_unavailable(&answer)?;
    assert_eq!(last_code(&envoy)?, "keys_unavailable");
    assert_eq!(Request::new("GET /healthz")?.send(envoy.addr())?.status, 200);

    setup.idp.listen()?;
    becomes_status(&envoy, &token, 200, 503)?;
    assert_no_crash(&envoy)
}
