//! The module in a host that is not Envoy: one without Envoy's own functions, one that counts instructions, one that
//! lies, one whose clock jumps.

mod clock;
mod hostile;
mod imports;
mod instructions;
mod lines;

use anyhow::Result;
use claimgate_tests::host::{Host, Outcome, State};
use claimgate_tests::http::browser;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{AUDIENCE, ISSUER, now};
use serde_json::{Value, json};

/// A host with so many rules, the first of which lets viewers reach `/service0/things0/…`.
fn start(signers: &[Signer], rules: usize, prepare: impl FnOnce(&mut State)) -> Result<Host> {
    let keys: Vec<Value> = signers.iter().map(Signer::jwk).collect();
    let rule = |number: usize| {
        json!({
            "name": format!("rule{number}"),
            "methods": ["GET"],
            "path": format!("/service{}/things{number}/{{id}}", number % 50),
            "allow": { "roles": ["viewer", "admin"] },
        })
    };
    let configuration = json!({
        "issuers": [{ "name": "main", "issuer": ISSUER, "signature": { "jwks": { "keys": keys } } }],
        "rules": (0..rules).map(rule).collect::<Vec<_>>(),
    });
    let time = u64::try_from(now())? * 1_000_000_000;
    Host::load(&configuration.to_string(), time, prepare)
}

fn claims(role: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": now() + 300, "roles": ["employee", role],
    })
}

/// What becomes of a browser's request: `continued`, `held` or the status of the answer.
fn ask(host: &mut Host, path: &str, token: Option<&str>) -> Result<String> {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let credentials = authorization.as_deref().map(|value| ("authorization", value));
    Ok(said(&host.request(browser(path).into_iter().chain(credentials))?))
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Continued => "continued".to_owned(),
        Outcome::Held => "held".to_owned(),
        Outcome::Answered(reply) => reply.status.to_string(),
    }
}

/// Signatures are checked in software where the host does not.
#[test]
fn every_algorithm_is_checked_without_the_hosts_functions() -> Result<()> {
    let (signers, strangers) = (Signer::all()?, Signer::all()?);
    let mut host = start(&signers, 1, |_| {})?;
    let path = "/service0/things0/1";
    for (signer, stranger) in signers.iter().zip(&strangers) {
        let (viewer, guest) = (signer.token(&claims("viewer")), signer.token(&claims("guest")));
        let forged = stranger.token(&claims("viewer"));
        // The second time from memory.
        for _ in 0..2 {
            let mut said = |token: &str| ask(&mut host, path, Some(token));
            let found = [said(&viewer)?, said(&guest)?, said(&forged)?];
            assert_eq!(found, ["continued", "403", "401"], "{}", signer.algorithm());
        }
    }
    assert!(host.state().log.iter().any(|line| line.contains("signatures in software")));
    Ok(())
}
