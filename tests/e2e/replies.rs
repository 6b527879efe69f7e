//! What clients, browsers among them, get to see of a denial; and requests that go on in shadow.

mod browsers;
mod shadow;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::{Answer, GrpcStatus, Request};
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

struct Setup {
    upstream: Upstream,
    envoy: Envoy,
    viewer: String,
}

impl Setup {
    /// The sample policy, with these members put in.
    fn new(members: &Value) -> Result<Self> {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let mut policy = sample_policy()?;
        if let (Value::Object(policy), Value::Object(members)) = (&mut policy, members.clone()) {
            policy.extend(members);
        }
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
        // Paths that Envoy would mend or refuse are for claimgate here.
        let envoy = Envoy::start(&config.normalization(false).build()?)?;
        let viewer = issuer.token(&claims("vera", &["viewer"]));
        Ok(Self { upstream, envoy, viewer })
    }

    /// The answer to a request with these headers, the same in HTTP/1.1 and HTTP/2.
    fn ask(&self, line: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut request = Request::new(line)?;
        for (name, value) in headers {
            request = request.header(name, value)?;
        }
        let old = request.clone().send(self.envoy.addr())?;
        let new = request.send_http2(self.envoy.addr())?;
        assert_eq!((old.status, said(&old)), (new.status, said(&new)), "{line}");
        Ok(old)
    }

    /// The latest line of the access log, once there are this many.
    fn log_line(&self, count: usize) -> Result<Value> {
        let line = poll(Duration::from_secs(5), || {
            let log = self.envoy.access_log()?;
            Ok(log.lines().nth(count.saturating_sub(1)).map(str::to_owned))
        })?;
        Ok(serde_json::from_str(&line.context("nothing is in the access log")?)?)
    }
}

/// All headers of an answer that do not differ from one to the next anyway.
fn said(answer: &Answer) -> Vec<(String, String)> {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !CHANGING.contains(&name.as_str()))
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    headers.sort();
    headers
}

const CHANGING: [&str; 4] =
    ["connection", "content-length", "date", "x-envoy-upstream-service-time"];

#[test]
fn problem_details_name_the_request_as_the_log_does() -> Result<()> {
    let setup = Setup::new(&json!({ "replies": { "format": "problem" } }))?;
    let answer = Request::new("GET /me")?.send(setup.envoy.addr())?;
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let log = setup.log_line(1)?;
    let id = log["request_id"].as_str().context("no request id")?;
    assert_eq!(
        answer.json()?,
        json!({
            "type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "Authentication is required.", "code": "missing_token",
            "instance": format!("urn:uuid:{id}"),
        })
    );
    let call = Request::grpc("/admin-dashboard/Users.List")?.send_http2(setup.envoy.addr())?;
    let message = "Authentication is required.".into();
    assert_eq!(call.grpc()?, GrpcStatus { code: 16, message });
    Ok(())
}

#[test]
fn an_id_of_the_clients_own_making_is_not_said_back() -> Result<()> {
    let setup = Setup::new(&json!({ "replies": { "format": "problem" } }))?;
    for id in ["mine", "\"><script>alert(1)</script>", &"x".repeat(4_000)] {
        let headers = [("x-request-id", id)];
        let answer = setup.ask("GET /me", &headers)?;
        assert_eq!(answer.json()?["code"], "missing_token");
        assert!(!answer.text().contains(id), "{}", answer.text());
    }
    Ok(())
}

#[test]
fn the_answer_to_head_has_headers_and_no_body() -> Result<()> {
    for format in ["json", "problem"] {
        let setup = Setup::new(&json!({ "replies": { "format": format } }))?;
        let answer = setup.ask("HEAD /me", &[])?;
        assert_eq!((answer.status, answer.text().as_str()), (401, ""));
        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="claimgate""#));
        // Nor on the wire: right behind the headers is the answer to the next request.
        let mut stream = TcpStream::connect(setup.envoy.addr())?;
        stream.write_all(b"HEAD /me HTTP/1.1\r\nHost: api\r\n\r\n")?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n")?;
        let mut received = String::new();
        stream.read_to_string(&mut received)?;
        let (head, next) = received.split_once("\r\n\r\n").context("no whole answer")?;
        assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
        assert!(next.starts_with("HTTP/1.1 200 "), "{next}");
    }
    Ok(())
}

#[test]
fn what_is_hidden_looks_like_what_is_not_there() -> Result<()> {
    let hidden = |path: &str, allow: Value| json!({ "name": path, "path": path, "allow": allow, "status": 404 });
    let rules =
        json!([hidden("/secret", json!({ "roles": ["admin"] })), hidden("/**", json!("nobody")),]);
    let setup = Setup::new(&json!({ "rules": rules }))?;
    let viewer = format!("Bearer {}", setup.viewer);
    let mut answers = Vec::new();
    for path in ["/secret", "/nothing"] {
        for headers in
            [&[][..], &[("authorization", "Bearer broken")], &[("authorization", viewer.as_str())]]
        {
            let answer = setup.ask(&format!("GET {path}"), headers)?;
            assert_eq!((answer.status, answer.json()?), (404, json!({ "error": "Not found." })));
            answers.push(said(&answer));
        }
        let call = Request::grpc(path)?.send_http2(setup.envoy.addr())?;
        assert_eq!(call.grpc()?, GrpcStatus { code: 5, message: "Not found.".into() });
    }
    assert!(answers.iter().all(|headers| *headers == answers[0]), "{answers:?}");
    // The operator is told the truth.
    let log = setup.log_line(1)?;
    assert_eq!(log["status"], json!(404));
    assert_eq!(log["response_code_details"], "claimgate.missing_token[/secret]");
    let codes: Vec<_> = setup.envoy.decisions()?.iter().map(|line| line["code"].clone()).collect();
    assert_eq!(
        codes[..5],
        [
            "missing_token",
            "missing_token",
            "invalid_token",
            "invalid_token",
            "insufficient_permission"
        ]
    );
    assert_eq!(setup.upstream.hits(), 0);
    Ok(())
}

/// Whoever turns Envoy's log up again sees the next denial.
#[test]
fn an_audit_line_is_made_where_envoy_shows_it() -> Result<()> {
    let setup = Setup::new(&json!({}))?;
    let mut denied = 0;
    for (level, lines) in [("warning", 0), ("info", 2), ("off", 0), ("debug", 2)] {
        let set = Request::new(&format!("POST /logging?wasm={level}"))?;
        assert_eq!(set.send(setup.envoy.admin_addr())?.status, 200);
        assert_eq!(setup.ask("GET /admin-dashboard", &[])?.status, 401, "{level}");
        denied += lines;
        let all = || Ok((setup.envoy.decisions()?.len() >= denied).then_some(()));
        poll(Duration::from_secs(10), all)?.context("lines are missing")?;
        assert_eq!(setup.envoy.decisions()?.len(), denied, "{level}");
    }
    Ok(())
}
