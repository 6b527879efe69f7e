//! `envoy/fleet`: one policy for several Envoys, changed while they serve.

use std::time::Duration;

use claimgate_tests::compose::{Fleet, Member};
use claimgate_tests::config::sample_policy;
use claimgate_tests::envoy::poll;
use serde_json::Value;

use super::*;

#[test]
fn a_policy_reaches_the_whole_fleet_and_nothing_is_restarted() -> Result<()> {
    let Some(engine) = engine("the fleet test")? else { return Ok(()) };
    let issuer = Issuer::new()?;
    let folder = tempfile::tempdir()?;
    let jwks = folder.path().join("jwks.json");
    fs::write(&jwks, issuer.jwks().to_string())?;
    let sample = sample_policy()?;
    let fleet = Fleet::up(&engine, &jwks, &sample)?;
    let containers = fleet.containers()?;
    assert_eq!(fleet.members().len(), 3);

    let viewer = issuer.token(&claims("vera", &["viewer"]));
    let delete = |member: &Member| {
        let request = Request::new("DELETE /user-data/123")?.bearer(&viewer)?;
        Ok(request.send(member.addr())?.status)
    };
    let everywhere = || fleet.members().iter().map(delete).collect::<Result<Vec<u16>>>();
    let becomes = |wanted: u16| {
        poll(PATIENCE, || Ok((everywhere()? == [wanted; 3]).then_some(())))?
            .with_context(|| format!("not everybody answers {wanted}: {:?}", everywhere()))
    };
    assert_eq!(everywhere()?, [403; 3]);

    let mut wider = sample.clone();
    wider["rules"][4]["allow"] = json!({ "roles": ["admin", "viewer"] });
    fleet.publish(&wider)?;
    becomes(200)?;

    let mut broken = sample.clone();
    broken["rules"][4]["alow"] = Value::Null;
    fleet.publish(&broken)?;
    for member in fleet.members() {
        let rejected = || Ok((member.metric(REJECTED)? == 1).then_some(()));
        poll(PATIENCE, rejected)?.context("the broken policy was not rejected")?;
    }
    assert_eq!(everywhere()?, [200; 3]);
    assert!(fleet.logs()?.contains("rules[4]: unknown key \"alow\"; did you mean `allow`?"));

    fleet.publish(&sample)?;
    becomes(403)?;
    let versions = fleet.members().iter().map(|member| member.metric(VERSION));
    let versions = versions.collect::<Result<Vec<u64>>>()?;
    assert!(versions.iter().all(|version| *version == versions[0]), "{versions:?}");
    assert_eq!(fleet.containers()?, containers);

    // The admin page itself can stop an Envoy.
    for line in ["POST /quitquitquit", "GET /quitquitquit", "GET /config_dump", "POST /ready"] {
        assert_eq!(Request::new(line)?.send(fleet.members()[0].stats())?.status, 404, "{line}");
    }
    Ok(())
}

const REJECTED: &str = "envoy_extension_config_discovery_http_filter_claimgate_update_rejected";
const VERSION: &str = "envoy_extension_config_discovery_http_filter_claimgate_version";

const PATIENCE: Duration = Duration::from_secs(30);
