//! Nobody without the role sees what is protected on real servers, whatever the request looks like.
//!
//! The tricks of `corpus` go through Envoy with claimgate to nginx, Apache httpd, Tomcat and Werkzeug. That they are worth
//! something is shown by the same tricks without claimgate, and with Envoy's own filters.
//!
//! By default each trick is tried once, its circumstances drawn; with `CLAIMGATE_LONG=1` on each site and under each of
//! Envoy's hardenings, which takes some minutes.

mod client;
mod control;
mod corpus;
mod front;
mod options;
mod plan;
mod report;
mod servers;
mod trick;

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use claimgate_tests::token::Issuer;
use client::Seen;
use front::{Front, Guard, HARDENINGS};
use plan::{Case, Extent, Principal, Protocol};
use report::Report;
use servers::ORDINARY;
use trick::{Request, Tokens, Trick};

#[test]
fn nobody_without_the_role_sees_what_is_protected() -> Result<()> {
    let tricks = corpus::all();
    ensure!(tricks.len() >= 1000, "there are only {} tricks", tricks.len());
    let servers = servers::all()?;
    let sites = servers::sites(&servers)?;
    if sites.is_empty() {
        return Ok(());
    }
    let issuer = Issuer::new()?;
    let extent = match std::env::var_os("CLAIMGATE_LONG") {
        Some(_) => Extent::Whole,
        None => Extent::Spread,
    };
    let mut report = Report::new(&tricks, &sites);
    for hardening in HARDENINGS {
        let guards = [Guard::Nothing, Guard::Native, Guard::Open, Guard::Closed];
        let front = Front::start(hardening, &guards, &sites, &issuer.jwks())?;
        control::check(&front, &sites, &issuer).with_context(|| format!("{hardening:?}"))?;
        let cases = plan::cases(extent, &tricks, sites.len(), hardening);
        eprintln!("{hardening:?}: {} requests; Ctrl-C stops them", cases.len());
        let tokens = Principal::tokens(&issuer)?;
        let seen = play(&cases, |case| {
            let tokens = &tokens[case.principal as usize];
            let address = front.address(case.guard, sites[case.site].name)?;
            send(address, &tricks[case.trick], case.protocol, tokens)
        })?;
        ensure!(front.crashes()? == 0, "the module crashed");
        for (case, seen) in cases.iter().zip(seen) {
            report.add(hardening, *case, &seen);
        }
    }
    report.print();
    report.verdict(extent)
}

/// Plays all cases over many connections at a time; the answers are in the order of the cases.
fn play(cases: &[Case], send: impl Fn(&Case) -> Result<Seen> + Sync) -> Result<Vec<Seen>> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(cases.len()));
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    if at > 0 && at.is_multiple_of(20_000) {
                        eprintln!("  {at} of {}", cases.len());
                    }
                    let seen = send(case).with_context(|| format!("{case:?}"));
                    found.lock().expect("no panic").push((at, seen));
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no panic");
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, seen)| seen).collect()
}

fn send(address: SocketAddr, trick: &Trick, protocol: Protocol, tokens: &Tokens) -> Result<Seen> {
    match (protocol, &trick.http1, &trick.http2) {
        (Protocol::Http1, Some(bytes), _) => {
            let patience = if trick.endless { SHORT } else { LONG };
            let (seen, _) = client::http1(address, &tokens.fill(bytes), patience)?;
            if trick.endless && seen != Seen::Secret {
                return poisoned(address);
            }
            ensure!(seen != Seen::Waiting, "no answer within {} s", LONG.as_secs());
            Ok(seen)
        }
        (Protocol::Http2, _, Some(fields)) => client::http2(address, &tokens.fill_fields(fields)),
        _ => unreachable!("a plan has only what a trick has"),
    }
}

/// Whether an upstream connection holds an answer that nobody asked for: whoever comes next would get it.
fn poisoned(address: SocketAddr) -> Result<Seen> {
    for _ in 0..2 {
        let next = Request::get("/public/hello").anonymous().http1();
        let (seen, answer) = client::http1(address, &next, LONG)?;
        if seen == Seen::Secret {
            return Ok(seen);
        }
        let expected = answer.windows(ORDINARY.len()).any(|part| part == ORDINARY.as_bytes());
        ensure!(
            expected,
            "the next request is answered with {:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    Ok(Seen::NoSecret)
}

/// Requests under way at a time; most of the time is spent waiting.
const CONNECTIONS: usize = 24;

/// How long an answer may take that must come, and one that may never come.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(700);
