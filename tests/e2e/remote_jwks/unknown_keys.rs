//! Tokens that name keys nobody has cannot be used to wear out the identity provider.

use claimgate_tests::idp::protocol::Behaviour;

use super::*;

const LONG: Times = Times { refresh: 3600, cooldown: 60, timeout: 5, stale: 86400 };

fn garbage(number: usize) -> Result<String> {
    Ok(admin(&Issuer::with_key_id(&format!("garbage-{number}"))?))
}

#[test]
fn many_unknown_key_ids_cause_one_fetch_per_worker_and_cooldown() -> Result<()> {
    for workers in [1, 2] {
        let setup = Setup::new()?;
        let envoy = Envoy::start_workers(&setup.config(LONG)?.build()?, workers)?;
        let good = admin(&setup.issuer);
        serves_on_every_worker(&envoy, &good)?;
        let before = setup.idp.requests()?;
        for number in 0..200 {
            assert_eq!(delete(envoy.addr(), &garbage(number)?)?.status, 401);
        }
        let fetches = setup.idp.requests()? - before;
        assert!(fetches <= u64::try_from(workers)?, "{fetches} fetches by {workers} workers");
        assert_eq!(delete(envoy.addr(), &good)?.status, 200);
        assert_no_crash(&envoy)?;
    }
    Ok(())
}

#[test]
fn an_unknown_key_id_is_refused_though_the_identity_provider_is_down_or_silent() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = setup.start(Times { refresh: 3600, ..IMPATIENT })?;
    let good = admin(&setup.issuer);
    assert_eq!(delete(envoy.addr(), &good)?.status, 200);
    for silent in [true, false] {
        if silent {
            setup.idp.behave(Behaviour::Silent)?;
        } else {
            setup.idp.refuse()?;
        }
        for number in 0..5 {
            let answer = delete(envoy.addr(), &garbage(number)?)?;
            assert_eq!(answer.status, 401, "{}", answer.text());
            assert_eq!(delete(envoy.addr(), &good)?.status, 200);
        }
    }
    assert_no_crash(&envoy)
}
