//! Keys of every kind, fetched.

use claimgate_tests::signer::Signer;

use super::*;

fn is_secret(signer: &Signer) -> bool {
    signer.algorithm().starts_with("HS")
}

/// Envoy with these fetched keys, and with the algorithms that the policy names.
fn start(
    setup: &Setup,
    signers: &[Signer],
    algorithms: Option<&[&str]>,
    times: Times,
) -> Result<Envoy> {
    let keys: Vec<_> = signers.iter().map(Signer::jwk).collect();
    setup.idp.serve(&json!({ "keys": keys }))?;
    let mut policy = policy(Times { refresh: 3600, ..times })?;
    if let Some(algorithms) = algorithms {
        policy["issuers"][0]["algorithms"] = json!(algorithms);
    }
    Envoy::start(&setup.config(times)?.policy(&policy).build()?)
}

#[test]
fn public_keys_of_every_algorithm_can_be_fetched_and_secrets_only_where_asked_for() -> Result<()> {
    let setup = Setup::new()?;
    let (signers, strangers) = (Signer::all()?, Signer::all()?);
    let [viewer, admin] = ["viewer", "admin"].map(|role| claims("x", &[role]));
    for secrets in [false, true] {
        let algorithms = secrets.then_some(&Signer::ALGORITHMS[..]);
        let envoy = start(&setup, &signers, algorithms, QUICK)?;
        for (signer, stranger) in signers.iter().zip(&strangers) {
            let name = signer.algorithm();
            let accepted = secrets || !is_secret(signer);
            // Twice: the second time the token is known.
            for _ in 0..2 {
                let status = |token: &str| anyhow::Ok(delete(envoy.addr(), token)?.status);
                let [for_admin, for_viewer] = if accepted { [200, 403] } else { [401, 401] };
                assert_eq!(status(&signer.token(&admin))?, for_admin, "{name}, {secrets}");
                assert_eq!(status(&signer.token(&viewer))?, for_viewer, "{name}, {secrets}");
                assert_eq!(status(&stranger.token(&admin))?, 401, "{name}, {secrets}");
            }
        }
        let count = if secrets { 13 } else { 10 };
        let said = format!("issuer `main`: {count} keys fetched from {URI}");
        envoy.wait_for_log(|line| line.contains(&said), PATIENCE)?;
    }
    Ok(())
}

#[test]
fn algorithms_narrow_fetched_keys_too() -> Result<()> {
    let setup = Setup::new()?;
    let signers = Signer::all()?;
    let named = ["ES256", "HS256"];
    let envoy = start(&setup, &signers, Some(&named), QUICK)?;
    let admin = claims("ada", &["admin"]);
    for signer in &signers {
        let name = signer.algorithm();
        let expected = if named.contains(&name) { 200 } else { 401 };
        assert_eq!(delete(envoy.addr(), &signer.token(&admin))?.status, expected, "{name}");
    }
    Ok(())
}

#[test]
fn a_set_of_secrets_alone_is_no_set() -> Result<()> {
    let setup = Setup::new()?;
    let secrets: Vec<_> = Signer::all()?.into_iter().filter(is_secret).collect();
    let envoy = start(&setup, &secrets, None, IMPATIENT)?;
    for signer in &secrets {
        let token = signer.token(&claims("ada", &["admin"]));
        assert_unavailable(&delete(envoy.addr(), &token)?)?;
    }
    wait_for_warning(&envoy, "")?;
    assert_eq!(setup.upstream.hits(), 0);
    Ok(())
}
