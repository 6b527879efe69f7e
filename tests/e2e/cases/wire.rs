//! Cases over the wire.

use anyhow::{Result, bail};
use claimgate_cli::suite::{Outcome, Request};
use claimgate_tests::envoy::{Decisions, Envoy};
use claimgate_tests::http;
use serde_json::Value;

/// An Envoy that is asked, and its log.
pub(super) struct Wire<'e> {
    envoy: &'e Envoy,
    decisions: Decisions,
}

impl<'e> Wire<'e> {
    pub(super) fn new(envoy: &'e Envoy) -> Result<Self> {
        Ok(Self { envoy, decisions: envoy.follow()? })
    }

    /// What becomes of a request: what the client sees, and what the audit line says. There is none where Envoy itself
    /// refused.
    pub(super) fn outcome(&mut self, request: &Request) -> Result<Outcome> {
        let (status, message) = answer(request, self.envoy)?;
        let decision = match self.decisions.new_ones()?.as_slice() {
            [] => Value::Null,
            [one] => one.clone(),
            several => bail!("one request, {} decisions", several.len()),
        };
        let told = |member: &str| decision[member].as_str().map(str::to_owned);
        let (code, rule, reason) = (told("code"), told("rule"), told("reason"));
        Ok(Outcome { status, code, rule, message, reason })
    }
}

/// Status and sentence, as the client gets them.
fn answer(request: &Request, envoy: &Envoy) -> Result<(u16, Option<String>)> {
    let mut sent = if request.grpc {
        http::Request::grpc(&request.path)?
    } else {
        http::Request::new(&format!("{} {}", request.method, request.path))?
    };
    if let Some(host) = &request.host {
        sent = sent.header("host", host)?;
    }
    for (name, value) in &request.headers {
        sent = sent.header(name, value)?;
    }
    if !request.grpc {
        let answer = sent.send(envoy.addr())?;
        let sentence = answer.json().ok().and_then(|body| Some(body["error"].as_str()?.to_owned()));
        return Ok((answer.status, sentence));
    }
    let answer = sent.send_http2(envoy.addr())?;
    match answer.grpc() {
        Ok(grpc) => Ok((status_of(grpc.code)?, Some(grpc.message))),
        // The upstream of these tests does not speak gRPC: what reaches it is answered without a grpc-status.
        Err(_) => Ok((answer.status, None)),
    }
}

/// The HTTP status that a denial's grpc-status stands for.
fn status_of(grpc: u32) -> Result<u16> {
    Ok(match grpc {
        3 => 400,
        5 => 404,
        7 => 403,
        14 => 503,
        16 => 401,
        _ => bail!("{grpc} is not a grpc-status that claimgate answers with"),
    })
}
