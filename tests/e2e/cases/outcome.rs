//! What becomes of a case: in Envoy, and by the gate alone.

use anyhow::{Context, Result, bail};
use claimgate_tests::cases::{Ask, Case};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::token::now;
use gate::{Gate, Host, HostFailure, UnixTime};
use serde_json::Value;

/// What became of a request.
pub(super) struct Outcome {
    /// What the client saw; 200 where the request was let through. For a gRPC call, what its grpc-status stands for.
    pub(super) status: u16,
    /// The sentence of a denial, else null.
    pub(super) message: Value,
    /// The audit line; null where Envoy itself refused the request.
    pub(super) audit: Value,
}

pub(super) fn through_envoy(case: &Case, token: Option<&str>, envoy: &Envoy) -> Result<Outcome> {
    let mut request = match case.ask()? {
        Ask::Http(method, path) => Request::new(&format!("{method} {path}"))?,
        Ask::Grpc(method) => Request::grpc(&format!("/{method}"))?,
    };
    if let Some(host) = &case.host {
        request = request.header("host", host)?;
    }
    for (name, value) in case.header_fields() {
        request = request.header(name, value)?;
    }
    if let Some(token) = token {
        request = request.bearer(token)?;
    }
    let earlier = envoy.decisions()?.len();
    let (status, message) = if let Ask::Grpc(_) = case.ask()? {
        let answer = request.send_http2(envoy.addr())?;
        match answer.grpc() {
            Ok(grpc) => (status_of(grpc.code)?, grpc.message.into()),
            // The upstream of these tests does not speak gRPC: what reaches it is answered without a grpc-status.
            Err(_) => (answer.status, Value::Null),
        }
    } else {
        let answer = request.send(envoy.addr())?;
        (answer.status, answer.json().map_or(Value::Null, |body| body["error"].clone()))
    };
    let audit = envoy.decisions()?.into_iter().nth(earlier).unwrap_or_default();
    Ok(Outcome { status, message, audit })
}

pub(super) fn by_the_gate(case: &Case, token: Option<&str>, gate: &Gate) -> Result<Outcome> {
    let (method, path, content_type) = match case.ask()? {
        Ask::Http(method, path) => (method, path.to_owned(), None),
        Ask::Grpc(method) => ("POST", format!("/{method}"), Some("application/grpc")),
    };
    let authorization = token.map(|token| format!("Bearer {token}"));
    let host = case.host.as_deref().unwrap_or("localhost");
    let mut headers = vec![(":method", method), (":authority", host), (":path", &path)];
    headers.extend(content_type.map(|value| ("content-type", value)));
    headers.extend(authorization.iter().map(|value| ("authorization", value.as_str())));
    headers.extend(case.header_fields());
    asked(&headers, gate)
}

/// What the gate makes of a request with these headers.
pub(super) fn asked(headers: &[(&str, &str)], gate: &Gate) -> Result<Outcome> {
    struct Nowhere;
    impl Host for Nowhere {
        fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
            Ok(Vec::new())
        }
    }
    let request =
        gate.request(headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
    let decision = gate.decide(&request, &Nowhere, UnixTime::from_seconds(now()));
    let audit = gate.audit(&request, &decision).context("the policy does not log decisions")?;
    let audit = serde_json::from_str(&audit)?;
    let Some(reply) = gate.reply(&request, &decision) else {
        return Ok(Outcome { status: 200, message: Value::Null, audit });
    };
    let message = match reply.grpc_status {
        Some(code) if status_of(code.into())? == reply.status => reply.body.into(),
        Some(code) => bail!("grpc-status {code} does not stand for {}", reply.status),
        None => serde_json::from_str::<Value>(&reply.body)?["error"].take(),
    };
    Ok(Outcome { status: reply.status, message, audit })
}

/// The HTTP status that a denial's grpc-status stands for.
fn status_of(grpc: u32) -> Result<u16> {
    Ok(match grpc {
        3 => 400,
        7 => 403,
        14 => 503,
        16 => 401,
        _ => bail!("{grpc} is not a grpc-status that claimgate answers with"),
    })
}
