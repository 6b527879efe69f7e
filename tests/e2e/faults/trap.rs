//! The VM ends in the middle of a request: what becomes of that request, of those beside it, and of those after it.
//!
//! The module is a build of the filter for tests alone, which traps when a request asks for it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use claimgate_tests::envoy::poll;
use claimgate_tests::idp::Idp;
use claimgate_tests::repository;
use claimgate_tests::token::claims;

use super::*;

const TRAP: &str = "x-claimgate-trap";
const PATIENCE: Duration = Duration::from_secs(30);

fn module() -> Result<PathBuf> {
    let module = repository("target/wasm32-wasip1/release/examples/trap.wasm");
    ensure!(module.is_file(), "the module that traps is missing: run `make e2e`");
    Ok(module)
}

/// The plugin runs this module, and fails like this.
fn trapping(plugin: &mut Map<String, Value>, module: &Path, policy: &str) {
    plugin["vm_config"]["code"]["local"] = json!({ "filename": module });
    plugin["failure_policy"] = json!(policy);
}

fn start_trapping(upstream: &Upstream, policy: &str) -> Result<Envoy> {
    let module = module()?;
    start(upstream, |plugin| trapping(plugin, &module, policy))
}

fn get(address: SocketAddr, path: &str) -> Result<u16> {
    Ok(Request::new(&format!("GET {path}"))?.send(address)?.status)
}

fn trap(address: SocketAddr) -> Result<u16> {
    Ok(Request::new("GET /healthz")?.header(TRAP, "1")?.send(address)?.status)
}

/// How long it takes until requests pass again. Until then each gets 503.
fn recovery(address: SocketAddr) -> Result<Duration> {
    let start = Instant::now();
    let passes = || match get(address, "/healthz")? {
        200 => Ok(Some(start.elapsed())),
        503 => Ok(None),
        status => Err(anyhow!("{status}")),
    };
    poll(PATIENCE, passes)?.context("the VM does not come back")
}

#[test]
fn the_module_that_ships_does_not_trap() -> Result<()> {
    let has = |path: PathBuf| {
        let bytes = std::fs::read(path)?;
        anyhow::Ok(bytes.windows(TRAP.len()).any(|part| part == TRAP.as_bytes()))
    };
    assert!(has(module()?)?, "what is looked for is not there where it is");
    assert!(!has(repository("target/claimgate.wasm"))?);
    let upstream = Upstream::start()?;
    let envoy = start(&upstream, |_| {})?;
    assert_eq!((trap(envoy.addr())?, upstream.hits()), (200, 1));
    Ok(())
}

#[test]
fn a_trap_answers_503_and_lets_nothing_through() -> Result<()> {
    let module = module()?;
    for flag in [true, false] {
        let upstream = Upstream::start()?;
        let envoy = start(&upstream, |plugin| {
            trapping(plugin, &module, "FAIL_RELOAD");
            plugin.insert("allow_on_headers_stop_iteration".into(), json!(flag));
        })?;
        // Allowed, denied; with a body and trailers, for those could carry the headers on.
        for line in ["GET /healthz", "POST /healthz", "POST /admin-dashboard"] {
            let request = Request::new(line)?.header(TRAP, "1")?.body("x=1");
            for http2 in [false, true] {
                recovery(envoy.addr())?;
                let before = upstream.hits();
                let request = request.clone();
                let answer = if http2 {
                    request.trailer("x-trailer", "1")?.send_http2(envoy.addr())?
                } else {
                    request.send(envoy.addr())?
                };
                assert_eq!(
                    (answer.status, upstream.hits()),
                    (503, before),
                    "{line} {http2} {flag}"
                );
            }
        }
    }
    Ok(())
}

/// And what is said in docs/assurance.md of how long it takes is printed.
#[test]
fn a_trap_is_recovered_from_by_itself_also_after_many_in_a_row() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start_trapping(&upstream, "FAIL_RELOAD")?;
    let address = envoy.addr();
    let mut recoveries = Vec::new();
    for traps in [1, 1, 1, 1, 1, 20] {
        let before = upstream.hits();
        for _ in 0..traps {
            assert_eq!(trap(address)?, 503);
        }
        assert_eq!(upstream.hits(), before);
        recoveries.push(recovery(address)?.as_millis());
        // A VM that came back decides as the first one did.
        assert_eq!(get(address, "/admin-dashboard")?, 401);
        assert_eq!(upstream.hits(), before + 1);
    }
    let stat = |name: &str| envoy.stat(&format!("wasm.claimgate.{name}"));
    let (reloads, waits) = (stat("vm_reload_success")?, stat("vm_reload_backoff")?);
    eprintln!(
        "milliseconds until requests pass again: {recoveries:?}; {reloads} reloads, {waits} put off"
    );
    assert!(reloads >= 6, "{reloads}");
    assert_eq!(stat("vm_reload_failure")?, 0);
    Ok(())
}

/// One who sends nothing but traps, and others who are served in between or get 503; no answer is another.
#[test]
fn whoever_traps_all_the_time_opens_nothing() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start_trapping(&upstream, "FAIL_RELOAD")?;
    let mut found = std::collections::BTreeMap::<u16, u32>::new();
    for _ in 0..100 {
        assert_eq!(trap(envoy.addr())?, 503);
        for path in ["/healthz", "/admin-dashboard"] {
            let status = get(envoy.addr(), path)?;
            assert!(
                status == 503 || status == if path == "/healthz" { 200 } else { 401 },
                "{path}"
            );
            *found.entry(status).or_default() += 1;
        }
    }
    eprintln!("while one traps before every two requests of others: {found:?}");
    assert_eq!(upstream.hits(), u64::from(found.get(&200).copied().unwrap_or_default()));
    recovery(envoy.addr()).map(drop)
}

#[test]
fn without_reload_it_stays_closed() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start_trapping(&upstream, "FAIL_CLOSED")?;
    assert_eq!(trap(envoy.addr())?, 503);
    // For longer than a reload is put off.
    let passes = || Ok((get(envoy.addr(), "/healthz")? != 503).then_some(()));
    assert!(poll(Duration::from_secs(3), passes)?.is_none());
    assert_eq!(upstream.hits(), 0);
    Ok(())
}

/// Why `claimgate check` refuses it.
#[test]
fn fail_open_is_a_bypass() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start_trapping(&upstream, "FAIL_OPEN")?;
    assert_eq!((get(envoy.addr(), "/admin-dashboard")?, upstream.hits()), (401, 0));
    trap(envoy.addr())?;
    let before = upstream.hits();
    assert_eq!((get(envoy.addr(), "/admin-dashboard")?, upstream.hits()), (200, before + 1));
    Ok(())
}

/// Requests that wait for keys when another one traps: nobody is left who could answer them, until Envoy does.
#[test]
fn requests_that_wait_go_nowhere_when_the_vm_ends() -> Result<()> {
    const WAITING: u64 = 5;
    let (upstream, idp, issuer) = (Upstream::start()?, Idp::start()?, Issuer::new()?);
    idp.hold()?;
    let mut policy = claimgate_tests::config::standalone_policy()?;
    policy["issuers"][0]["signature"]["remote_jwks"]["timeout_seconds"] = json!(60);
    let mut tree = Config::standalone(upstream.addr(), &idp).policy(&policy).build()?;
    *tree.pointer_mut(&format!("{MANAGER}/stream_idle_timeout")).context("no timeout")? =
        json!("5s");
    trapping(plugin(&mut tree)?, &module()?, "FAIL_RELOAD");
    let envoy = Envoy::start(&tree)?;
    let request = Request::new("POST /me")?.bearer(&issuer.token(&claims("vera", &["viewer"])))?;
    let clients: Vec<_> = (0..WAITING)
        .map(|_| {
            let (request, address) = (request.clone().body("x"), envoy.addr());
            thread::spawn(move || request.send(address))
        })
        .collect();
    let active = || envoy.stat("http.ingress.downstream_rq_active");
    poll(PATIENCE, || Ok((active()? == WAITING).then_some(())))?.context("they do not wait")?;
    assert_eq!(trap(envoy.addr())?, 503);
    idp.serve(&issuer.jwks())?;
    for client in clients {
        let answer = client.join().map_err(|_| anyhow!("a client panicked"))??;
        assert!([503, 504].contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(upstream.hits(), 0);
    recovery(envoy.addr())?;
    let served = || Ok((request.clone().send(envoy.addr())?.status == 200).then_some(()));
    poll(PATIENCE, served)?.context("the new VM has no keys")
}

/// Two plugins in one VM: a crash of one is one of both. Each reloads by itself.
#[test]
fn plugins_that_share_a_vm_end_together_and_others_do_not() -> Result<()> {
    for shared in [true, false] {
        let (first, second) = (Upstream::start()?, Upstream::start()?);
        let mut tree = Config::new(first.addr(), Issuer::new()?.jwks()).build()?;
        trapping(plugin(&mut tree)?, &module()?, "FAIL_RELOAD");
        let mut other = Config::new(second.addr(), Issuer::new()?.jwks()).build()?;
        trapping(plugin(&mut other)?, &module()?, "FAIL_RELOAD");
        plugin(&mut other)?["name"] = json!("other");
        if !shared {
            plugin(&mut other)?["vm_config"]["vm_id"] = json!("another");
        }
        let mut listener = other["static_resources"]["listeners"][0].take();
        listener["name"] = json!("other");
        let listeners = tree["static_resources"]["listeners"].as_array_mut();
        listeners.context("no listeners")?.push(listener);
        let envoy = Envoy::start(&tree)?;
        let other = envoy.listener("other")?;
        assert_eq!((get(envoy.addr(), "/healthz")?, get(other, "/healthz")?), (200, 200));
        assert_eq!(trap(envoy.addr())?, 503);
        assert_eq!(get(other, "/healthz")?, if shared { 503 } else { 200 }, "shared: {shared}");
        recovery(other)?;
        recovery(envoy.addr())?;
        assert_eq!(get(other, "/admin-dashboard")?, 401);
    }
    Ok(())
}
