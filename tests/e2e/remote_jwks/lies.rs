//! An identity provider that contradicts itself: what it said last counts, if it said it in time.

use claimgate_tests::idp::protocol::Behaviour;

use super::*;

/// Its content type is not looked at, for many providers have none that is right.
#[test]
fn a_key_set_counts_whatever_it_calls_itself() -> Result<()> {
    let setup = Setup::new()?;
    let set = setup.issuer.jwks().to_string();
    setup.idp.answer(200, "text/html; charset=utf-16", &set)?;
    let envoy = setup.start(QUICK)?;
    assert_eq!(delete(envoy.addr(), &admin(&setup.issuer))?.status, 200);
    // In pieces, but in time.
    let next = Issuer::with_key_id("first")?;
    let body = next.jwks().to_string();
    setup.idp.behave(Behaviour::Trickle { body, bytes: 50, milliseconds: 20 })?;
    becomes_status(&envoy, &admin(&next), 200, 401)?;
    assert_no_crash(&envoy)
}

#[test]
fn an_older_set_after_a_newer_one_counts_and_nothing_of_both() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(QUICK)?;
    let (old, new) = (&setup.issuer, Issuer::with_key_id("second")?);
    becomes_status(&envoy, &admin(old), 200, 503)?;
    for (serves, gone) in [(&new, old), (old, &new), (&new, old)] {
        setup.idp.serve(&serves.jwks())?;
        becomes_status(&envoy, &admin(serves), 200, 401)?;
        for _ in 0..3 {
            assert_eq!(delete(envoy.addr(), &admin(gone))?.status, 401);
            assert_eq!(delete(envoy.addr(), &admin(serves))?.status, 200);
        }
    }
    assert_no_crash(&envoy)
}

#[test]
fn an_answer_after_the_timeout_replaces_nothing() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(IMPATIENT)?;
    let (old, new) = (admin(&setup.issuer), Issuer::with_key_id("second")?);
    becomes_status(&envoy, &old, 200, 503)?;
    let body = setup.issuer.jwks().to_string();
    let late = Duration::from_millis(2500);
    setup.idp.behave(Behaviour::Late { body, milliseconds: u64::try_from(late.as_millis())? })?;
    let before = setup.idp.requests()?;
    becomes("it is asked", || Ok(setup.idp.requests()? > before))?;
    let asked = std::time::Instant::now();
    setup.idp.serve(&new.jwks())?;
    becomes_status(&envoy, &admin(&new), 200, 401)?;
    // Until the old answer would have come, and been taken.
    while asked.elapsed() < 2 * late {
        assert_eq!(delete(envoy.addr(), &old)?.status, 401);
        assert_eq!(delete(envoy.addr(), &admin(&new))?.status, 200);
    }
    wait_for_warning(&envoy, "")?;
    assert_no_crash(&envoy)
}
