//! Before the first keys are there.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use claimgate_tests::http::Request;
use claimgate_tests::idp::protocol::{JWKS_PATH, Received};

use super::*;

#[test]
fn requests_wait_for_the_first_keys_and_are_then_decided() -> Result<()> {
    for stops_iteration in [false, true] {
        let setup = Setup::new()?;
        setup.idp.hold()?;
        let mut config = setup.config(Times { timeout: 60, ..QUICK })?;
        if stops_iteration {
            config = config.allow_on_headers_stop_iteration();
        }
        let envoy = Envoy::start(&config.build()?)?;
        becomes("keys are asked for", || Ok(setup.idp.requests()? > 0))?;

        let clients = questions(&setup.issuer)?.map(|(request, http2, expected)| {
            let address = envoy.addr();
            (thread::spawn(move || send(request, http2, address)), expected)
        });
        let waiting = || envoy.stat("http.ingress.downstream_rq_active");
        becomes("all requests wait", || Ok(waiting()? == clients.len() as u64))?;
        // Long enough for what would slip through with a body or trailers.
        thread::sleep(Duration::from_millis(500));
        assert_eq!(setup.upstream.hits(), 0, "not yet decided, and already there");
        for (client, _) in &clients {
            assert!(!client.is_finished(), "answered before there were keys");
        }
        setup.idp.serve(&setup.issuer.jwks())?;
        for (client, expected) in clients {
            let answer = client.join().map_err(|_| anyhow!("a client panicked"))??;
            assert_eq!(answer.status, expected, "{}", answer.text());
            if answer.status == 200 {
                assert_eq!(answer.json()?["body"], BODY);
            }
        }
        assert_eq!(setup.upstream.hits(), 4);
        assert_no_crash(&envoy)?;
    }
    Ok(())
}

/// As with the list of `envoy/envoy.yaml`, where nothing is fetched.
#[test]
fn a_request_that_could_not_be_come_back_to_is_not_held() -> Result<()> {
    for capability in ["proxy_set_effective_context", "proxy_set_tick_period_milliseconds"] {
        let setup = Setup::new()?;
        setup.idp.hold()?;
        let config = setup.config(Times { timeout: 60, ..QUICK })?.forbidding(&[capability]);
        let envoy = Envoy::start(&config.build()?)?;
        assert_unavailable(&delete(envoy.addr(), &admin(&setup.issuer))?)?;
        assert_eq!(setup.upstream.hits(), 0, "{capability}");
    }
    Ok(())
}

const BODY: &str = "what=kept";

/// Requests that need keys, whether they are sent over HTTP/2, and what becomes of them.
fn questions(issuer: &Issuer) -> Result<[(Request, bool, u16); 7]> {
    let request = |line: &str, token: &str| Request::new(line)?.bearer(token).map(with_body);
    let with_trailers = |token| request("POST /admin-dashboard/x", token)?.trailer("x-end", "1");
    let (admin, viewer) = (admin(issuer), viewer(issuer));
    Ok([
        (request("DELETE /user-data/123", &admin)?, false, 200),
        (request("DELETE /user-data/123", &viewer)?, false, 403),
        (request("POST /admin-dashboard/x", &admin)?, false, 200),
        (request("POST /admin-dashboard/x", &admin)?, true, 200),
        (request("POST /admin-dashboard/x", &viewer)?, true, 403),
        (with_trailers(&admin)?, true, 200),
        (with_trailers(&viewer)?, true, 403),
    ])
}

fn with_body(request: Request) -> Request {
    request.body(BODY)
}

fn send(request: Request, http2: bool, address: SocketAddr) -> Result<Answer> {
    if http2 { request.send_http2(address) } else { request.send(address) }
}

#[test]
fn a_large_body_waits_too() -> Result<()> {
    let setup = Setup::new()?;
    setup.idp.serve_late(&setup.issuer.jwks(), Duration::from_secs(1))?;
    let envoy = setup.start(Times { timeout: 10, ..QUICK })?;
    // More than Envoy buffers of a connection.
    let body = "0123456789".repeat(50_000);
    let request = Request::new("POST /admin-dashboard/x")?.bearer(&admin(&setup.issuer))?;
    let answer = request.body(&body).send(envoy.addr())?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json()?["body"] == body.as_str(), "the body changed on the way");
    Ok(())
}

#[test]
fn keys_are_asked_for_as_configured_and_then_said_to_be_there() -> Result<()> {
    let setup = Setup::new()?;
    let second = Issuer::with_key_id("second")?;
    setup.idp.serve(&jwks(&[&setup.issuer, &second]))?;
    let envoy = setup.start(Times { refresh: 300, ..QUICK })?;
    for issuer in [&setup.issuer, &second] {
        assert_eq!(delete(envoy.addr(), &admin(issuer))?.status, 200);
        assert_eq!(delete(envoy.addr(), &viewer(issuer))?.status, 403);
    }
    let (authority, method, path) = (Idp::NAME.into(), "GET".into(), JWKS_PATH.into());
    assert_eq!(setup.idp.seen()?.last, Some(Received { authority, method, path }));
    let fetches = setup.idp.requests()?;
    for _ in 0..20 {
        assert_eq!(delete(envoy.addr(), &admin(&second))?.status, 200);
    }
    assert_eq!(setup.idp.requests()?, fetches, "requests cause no fetches");
    let said = format!("issuer `main`: 2 keys fetched from {URI}");
    envoy.wait_for_log(|line| line.contains("[info]") && line.contains(&said), PATIENCE)?;
    assert!(!envoy.log()?.contains("no keys fetched"), "{}", envoy.log()?);
    Ok(())
}

#[test]
fn without_an_identity_provider_only_what_is_public_is_served_until_it_is_there() -> Result<()> {
    let setup = Setup::new()?;
    setup.idp.refuse()?;
    let envoy = setup.start(IMPATIENT)?;
    let token = admin(&setup.issuer);
    for _ in 0..3 {
        assert_unavailable(&delete(envoy.addr(), &token)?)?;
        assert_eq!(last_code(&envoy)?, "keys_unavailable");
        let http2 = Request::new("POST /admin-dashboard/x")?.bearer(&token)?.body("x=1");
        assert_unavailable(&http2.send_http2(envoy.addr())?)?;
        let call = Request::grpc("/admin-dashboard/Users.List")?.bearer(&token)?;
        assert_eq!(call.send_http2(envoy.addr())?.grpc()?.code, 14);
        // Neither of these needs keys.
        assert_eq!(Request::new("GET /healthz")?.send(envoy.addr())?.status, 200);
        assert_eq!(Request::new("GET /me")?.send(envoy.addr())?.status, 401);
    }
    wait_for_warning(&envoy, "")?;
    assert_eq!(setup.upstream.hits(), 3);

    setup.idp.listen()?;
    becomes_status(&envoy, &token, 200, 503)?;
    assert_eq!(delete(envoy.addr(), &viewer(&setup.issuer))?.status, 403);
    assert_no_crash(&envoy)
}

#[test]
fn nobody_waits_for_ever() -> Result<()> {
    let setup = Setup::new()?;
    // Whatever is answered is answered before the identity provider has said anything.
    setup.idp.hold()?;
    let envoy = setup.start(IMPATIENT)?;
    for _ in 0..3 {
        assert_unavailable(&delete(envoy.addr(), &admin(&setup.issuer))?)?;
    }
    assert_eq!(setup.upstream.hits(), 0);
    Ok(())
}
