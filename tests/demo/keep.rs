//! Staying up for a person's own requests.

use std::sync::mpsc::{Receiver, channel};

use anyhow::{Context, Result};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::token::{Issuer, claims, now};
use serde_json::json;

/// Hears Ctrl-C, SIGTERM and SIGHUP, from now on.
pub fn stop_signal() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    let tell = move || {
        // Nobody listens any more when the program is ending anyway.
        let _ = sender.send(());
    };
    ctrlc::set_handler(tell).context("cannot listen for signals")?;
    Ok(receiver)
}

/// Prints commands that work, then waits for a signal.
pub fn wait(envoy: &Envoy, issuer: &Issuer, stop: &Receiver<()>) -> Result<()> {
    let token = |subject, role| {
        let mut claims = claims(subject, &[role]);
        claims["exp"] = json!(now() + 3600);
        issuer.token(&claims)
    };
    let origin = format!("http://{}", envoy.addr());
    println!("\nEnvoy stays up. In another terminal (the tokens are good for an hour):\n");
    println!("viewer={}", token("vera", "viewer"));
    println!("admin={}\n", token("ada", "admin"));
    println!("curl -i {origin}/healthz");
    println!("curl -i {origin}/me");
    println!("curl -i -X DELETE {origin}/user-data/123 -H \"Authorization: Bearer $viewer\"");
    println!("curl -i -X DELETE {origin}/user-data/123 -H \"Authorization: Bearer $admin\"");
    println!("curl -i {origin}/admin-dashboard -H \"Authorization: Bearer $viewer\"");
    println!("\nWhy, by the access log, by the audit line, and by the counters:\n");
    println!("tail -n 1 {}", envoy.access_log_file().display());
    println!("grep '\"decision\":\"deny\"' {} | tail -n 1", envoy.log_file().display());
    println!("curl -s http://{}/stats | grep wasmcustom", envoy.admin_addr());
    println!("claimgate explain envoy/policy.yaml DELETE /user-data/123 --role viewer");
    println!("\nCtrl-C stops it.");
    stop.recv().context("the signal handler is gone")?;
    println!("Stopped.");
    Ok(())
}
