//! The same decision over each protocol, and bytes that no ordinary client sends.

use anyhow::{Result, bail};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::{GrpcStatus, Request};
use claimgate_tests::raw::{self, Outcome};
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::json;

struct Setup {
    upstream: Upstream,
    envoy: Envoy,
    viewer: String,
}

impl Setup {
    fn new(normalization: bool) -> Result<Self> {
        let upstream = Upstream::start()?;
        let issuer = Issuer::new()?;
        let config = Config::new(upstream.addr(), issuer.jwks()).normalization(normalization);
        let envoy = Envoy::start(&config.build()?)?;
        let viewer = issuer.token(&claims("vera", &["viewer"]));
        Ok(Self { upstream, envoy, viewer })
    }
}

#[test]
fn http1_and_http2_get_the_same_answer() -> Result<()> {
    let setup = Setup::new(true)?;
    let request = Request::new("DELETE /user-data/123")?.bearer(&setup.viewer)?;
    let old = request.clone().send(setup.envoy.addr())?;
    let new = request.send_http2(setup.envoy.addr())?;
    assert_eq!((old.status, new.status), (403, 403));
    assert_eq!(old.body, new.body);
    assert_eq!(old.header("content-type"), new.header("content-type"));
    assert_eq!(old.header("www-authenticate"), new.header("www-authenticate"));
    assert_eq!(setup.upstream.hits(), 0);
    Ok(())
}

#[test]
fn a_grpc_call_gets_a_grpc_status_and_the_plain_sentence() -> Result<()> {
    let setup = Setup::new(true)?;
    let call = Request::grpc("/admin-dashboard/Users.List")?;
    let denied = call.clone().bearer(&setup.viewer)?.send_http2(setup.envoy.addr())?;
    let message = "Access to the admin dashboard is restricted to administrators only.".into();
    assert_eq!(denied.grpc()?, GrpcStatus { code: 7, message });
    let anonymous = call.send_http2(setup.envoy.addr())?;
    assert_eq!(anonymous.grpc()?.code, 16);
    assert_eq!(setup.upstream.hits(), 0);
    Ok(())
}

#[test]
fn bytes_that_are_not_text_do_no_harm() -> Result<()> {
    let setup = Setup::new(false)?;
    let address = setup.envoy.addr();
    let with = |path: &'static [u8], extra: (&'static [u8], &'static [u8])| {
        let fields = [
            (&b":method"[..], &b"GET"[..]),
            (b":path", path),
            (b":scheme", b"http"),
            (b":authority", b"api"),
            extra,
        ];
        match raw::http2(address, &fields)? {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Reset(code) => bail!("the stream was reset with {code}"),
        }
    };
    assert_eq!(with(b"/healthz", (b"x-note", b"\xff\xfe"))?.status, 200);
    assert_eq!(with(b"/me", (b"authorization", b"Bearer \xff\xfe"))?.status, 401);
    let refused = with(b"/healthz\xff", (b"x-note", b"-"))?;
    assert_eq!(refused.status, 400);
    assert!(refused.json()?["error"].is_string());
    let request = b"GET /me HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer \xff\xfe\r\n\r\n";
    let refused = raw::http1(address, request)?;
    assert_eq!(refused.status, 401);
    // The module is still alive after all that.
    assert_eq!(Request::new("GET /healthz")?.send(address)?.status, 200);
    Ok(())
}

#[test]
fn the_access_log_tells_the_path_without_the_query() -> Result<()> {
    let setup = Setup::new(true)?;
    Request::new("GET /me?access_token=secret")?.send(setup.envoy.addr())?;
    let line = claimgate_tests::envoy::poll(std::time::Duration::from_secs(5), || {
        Ok(Some(setup.envoy.access_log()?).filter(|log| log.ends_with('\n')))
    })?;
    let line: serde_json::Value = serde_json::from_str(&line.unwrap_or_default())?;
    assert_eq!(line["path"], "/me");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status"], json!(401));
    Ok(())
}
