//! An identity provider that exchanges its key, while Envoy runs.

use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::config::standalone_policy;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::idp::Idp;
use claimgate_tests::token::{Issuer, claims};
use serde_json::{Value, json};

use crate::requests::{self, Row};

/// The shipped policy, in a hurry: nobody wants to wait five minutes for the old key to be forgotten.
pub fn policy() -> Result<Value> {
    let mut policy = standalone_policy()?;
    let remote = policy.pointer_mut("/issuers/0/signature/remote_jwks");
    let remote = remote.context("the shipped policy fetches no keys")?;
    remote["refresh_seconds"] = json!(1);
    remote["cooldown_seconds"] = json!(1);
    Ok(policy)
}

/// Publishes a new key besides the old one, then takes the old one away.
pub fn show(envoy: &Envoy, idp: &Idp, old: &Issuer) -> Result<Vec<Row>> {
    const REQUEST: &str = "GET /admin-dashboard";
    let new = Issuer::with_key_id("new-key")?;
    let [by_old, by_new] = [old, &new].map(|issuer| issuer.token(&claims("ada", &["admin"])));
    let row = |who, token, expected| requests::row(envoy, REQUEST, who, Some(token), expected);

    idp.serve(&json!({ "keys": [old.jwk(), new.jwk()] }))?;
    let mut rows = vec![
        row("an admin, new key just published", &by_new, 200)?,
        row("an admin, old key still published", &by_old, 200)?,
    ];
    idp.serve(&new.jwks())?;
    // Until the next fetch; where that never comes, the row says it.
    poll(Duration::from_secs(10), || {
        let status = Request::new(REQUEST)?.bearer(&by_old)?.send(envoy.addr())?.status;
        Ok((status == 401).then_some(()))
    })?;
    rows.push(row("an admin, old key gone", &by_old, 401)?);
    rows.push(row("an admin, new key", &by_new, 200)?);
    Ok(rows)
}
