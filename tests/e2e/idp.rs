//! The tests' own identity provider does what it is told, and the cluster of `envoy/standalone.yaml` believes it only
//! with the right certificate. claimgate has no part in this.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::idp::Idp;
use claimgate_tests::idp::protocol::{Behaviour, JWKS_PATH, MOVED_PATH};
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// The shipped bootstrap, but without filters, and with all requests going to the identity provider.
fn passing_through(idp: &Idp) -> Result<Value> {
    let mut tree = Config::standalone(Upstream::start()?.addr(), idp).build()?;
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
    let manager = tree.pointer_mut(manager).context("no connection manager")?;
    let filters = manager["http_filters"].as_array_mut().context("no filters")?;
    filters.retain(|filter| filter["name"] != "claimgate");
    manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"] =
        json!({ "cluster": "idp", "host_rewrite_literal": Idp::NAME, "timeout": "1s" });
    Ok(tree)
}

fn get(envoy: &Envoy, path: &str) -> Result<Answer> {
    Request::new(&format!("GET {path}"))?.send(envoy.addr())
}

#[test]
fn it_answers_as_it_is_told() -> Result<()> {
    let idp = Idp::start()?;
    let envoy = Envoy::start(&passing_through(&idp)?)?;
    let jwks = Issuer::new()?.jwks();
    let body = jwks.to_string();
    assert_eq!(get(&envoy, JWKS_PATH)?.status, 404);

    idp.serve(&jwks)?;
    let answer = get(&envoy, JWKS_PATH)?;
    assert_eq!((answer.status, answer.json()?), (200, jwks.clone()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(get(&envoy, "/elsewhere")?.status, 404);

    idp.answer(500, "text/html", "<html>")?;
    let answer = get(&envoy, JWKS_PATH)?;
    assert_eq!((answer.status, answer.text().as_str()), (500, "<html>"));

    idp.behave(Behaviour::Redirect { body: body.clone() })?;
    let answer = get(&envoy, JWKS_PATH)?;
    assert_eq!((answer.status, answer.header("location")), (302, Some(MOVED_PATH)));
    assert_eq!(get(&envoy, MOVED_PATH)?.json()?, jwks);

    idp.serve_late(&jwks, Duration::from_millis(300))?;
    let start = Instant::now();
    assert_eq!(get(&envoy, JWKS_PATH)?.json()?, jwks);
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());

    idp.behave(Behaviour::Padded { body: body.clone(), bytes: 3_000_000 })?;
    let answer = get(&envoy, JWKS_PATH)?;
    assert_eq!((answer.body.len(), answer.json()?), (3_000_000, jwks));

    idp.behave(Behaviour::Truncated { body })?;
    let broken = get(&envoy, JWKS_PATH).err().context("half a body was taken for a whole one")?;
    assert!(broken.to_string().contains("the body broke off"), "{broken:?}");
    idp.behave(Behaviour::Silent)?;
    assert_eq!(get(&envoy, JWKS_PATH)?.status, 504);
    idp.behave(Behaviour::Reset)?;
    assert_eq!(get(&envoy, JWKS_PATH)?.status, 503);
    Ok(())
}

#[test]
fn it_tells_what_it_was_asked() -> Result<()> {
    let idp = Idp::start()?;
    let envoy = Envoy::start(&passing_through(&idp)?)?;
    assert_eq!((idp.requests()?, idp.seen()?.last), (0, None));
    for count in 1..=3 {
        get(&envoy, "/a?b=c")?;
        assert_eq!(idp.requests()?, count);
    }
    let last = idp.seen()?.last.context("nothing was seen")?;
    assert_eq!((&*last.authority, &*last.method, &*last.path), (Idp::NAME, "GET", "/a?b=c"));
    Ok(())
}

#[test]
fn after_an_outage_it_is_back_at_the_same_address() -> Result<()> {
    let idp = Idp::start()?;
    let envoy = Envoy::start(&passing_through(&idp)?)?;
    idp.serve(&Issuer::new()?.jwks())?;
    for _ in 0..3 {
        assert_eq!(get(&envoy, JWKS_PATH)?.status, 200);
        idp.refuse()?;
        assert_eq!(get(&envoy, JWKS_PATH)?.status, 503);
        assert!(TcpStream::connect(idp.address()).is_err(), "the port is open");
        idp.listen()?;
    }
    assert_eq!(get(&envoy, JWKS_PATH)?.status, 200);
    Ok(())
}

#[test]
fn it_ends_with_whoever_started_it() -> Result<()> {
    let idp = Idp::start()?;
    let address = idp.address();
    drop(TcpStream::connect(address)?);
    drop(idp);
    assert!(TcpStream::connect(address).is_err(), "it is still there");
    Ok(())
}

#[test]
fn the_shipped_cluster_believes_only_the_right_certificate() -> Result<()> {
    let (right, other) = (Idp::start()?, Idp::start()?);
    let mut other_authority = passing_through(&right)?;
    let trusted = "/static_resources/clusters/1/transport_socket/typed_config/common_tls_context\
                   /validation_context/trusted_ca/inline_string";
    *other_authority.pointer_mut(trusted).context("no authority")? = json!(other.ca());
    let other_name = Idp::start_as("idp.example.org")?;
    for (idp, bootstrap, expected, counter) in [
        (&right, passing_through(&right)?, 200, "handshake"),
        (&right, other_authority, 503, "fail_verify_error"),
        (&other_name, passing_through(&other_name)?, 503, "fail_verify_san"),
    ] {
        idp.serve(&Issuer::new()?.jwks())?;
        let (envoy, requests) = (Envoy::start(&bootstrap)?, idp.requests()?);
        assert_eq!(get(&envoy, JWKS_PATH)?.status, expected);
        assert_eq!(idp.requests()? > requests, expected == 200);
        assert!(envoy.stat(&format!("cluster.idp.ssl.{counter}"))? > 0, "{counter}");
    }
    Ok(())
}
