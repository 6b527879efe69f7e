//! Fetching key sets through Envoy's clusters.

use std::time::Duration;

use gate::{Fetched, Gate, HostFailure, KeySource, RemoteKeys, UnixTime};
use log::{error, info, warn};
use proxy_wasm::hostcalls::dispatch_http_call;
use proxy_wasm::types::Status;

use crate::host;

/// The fetches under way.
#[derive(Debug, Default)]
pub(crate) struct Fetches {
    /// Envoy's token of the call, and which of the gate's remote keys it is for.
    under_way: Vec<(u32, usize)>,
}

impl Fetches {
    /// Starts those that are due at `now`, in nanoseconds since the epoch.
    pub(crate) fn start_due(&mut self, gate: &Gate, now: u64) {
        let moment = UnixTime::from_nanoseconds(now);
        for (index, (name, keys)) in gate.remote_keys().enumerate() {
            if !keys.due(moment) {
                continue;
            }
            keys.start(moment);
            match dispatch(keys.source()) {
                Ok(token) => self.under_way.push((token, index)),
                Err(reason) => finish(name, keys, &Err(reason), now),
            }
        }
    }

    /// Ends the fetch of this token: how many headers and body bytes came, none where nothing did.
    pub(crate) fn finish(&mut self, token: u32, size: (usize, usize), gate: &Gate) {
        let Some(position) = self.under_way.iter().position(|(other, _)| *other == token) else {
            return;
        };
        let (_, index) = self.under_way.swap_remove(position);
        let Some((name, keys)) = gate.remote_keys().nth(index) else { return };
        match host::nanoseconds() {
            Ok(now) => finish(name, keys, &body(size), now),
            Err(failure) => error!("{failure}"),
        }
    }
}

fn dispatch(source: &KeySource) -> Result<u32, String> {
    let headers = vec![
        (":method", "GET"),
        (":scheme", source.scheme),
        (":authority", source.authority.as_str()),
        (":path", source.path.as_str()),
        ("accept", "application/json"),
    ];
    let timeout = Duration::from_secs(source.timeout_seconds.into());
    // The SDK panics on any other status than these two, which are those that Envoy has for this call.
    dispatch_http_call(&source.cluster, headers, None, Vec::new(), timeout).map_err(|status| {
        let problem = if status == Status::BadArgument {
            "Envoy has no cluster"
        } else {
            "no host in cluster"
        };
        format!("{problem} `{}`", source.cluster)
    })
}

/// The body of an answer that may hold a key set.
fn body((headers, body): (usize, usize)) -> Result<Vec<u8>, String> {
    if headers == 0 {
        return Err("no answer".to_owned());
    }
    let said = |HostFailure(failure)| failure;
    let map = host::response_headers().map_err(said)?;
    let status = map.read(|pairs| pairs.filter(|(name, _)| *name == b":status").last());
    let status = status.map_err(said)?;
    match status {
        Some((_, b"200")) if body > MOST_BYTES => Err(format!("more than {MOST_BYTES} bytes")),
        Some((_, b"200")) => host::response_body(MOST_BYTES).map_err(said),
        Some((_, b"503")) => {
            Err("status 503, which Envoy says too of a cluster that it cannot reach".to_owned())
        }
        // A redirect among them is not followed: it would leave the cluster, and its TLS settings.
        Some((_, status)) => Err(format!("status {}", String::from_utf8_lossy(status))),
        None => Err("no status".to_owned()),
    }
}

fn finish(name: &str, keys: &RemoteKeys, answer: &Result<Vec<u8>, String>, now: u64) {
    let source = keys.source();
    let answer = answer.as_deref().map_err(Clone::clone);
    match keys.finish(answer, UnixTime::from_nanoseconds(now), spread(now)) {
        Fetched::Keys { changed: false, .. } => {}
        Fetched::Keys { count, skipped, .. } => {
            let noun = if count == 1 { "key" } else { "keys" };
            info!("issuer `{name}`: {count} {noun} fetched from {source}");
            for key in skipped {
                warn!("issuer `{name}`: {key}");
            }
        }
        Fetched::Nothing { reason, serving, next } => {
            let meanwhile =
                if serving { "those of before serve" } else { "its tokens are refused" };
            warn!(
                "issuer `{name}`: no keys fetched from {source}: {reason}; {meanwhile}, next fetch in {next} s"
            );
        }
    }
}

/// The microseconds of a time: on each worker most likely another number.
fn spread(nanoseconds: u64) -> u32 {
    u32::try_from(nanoseconds / 1_000 % 1_000_000).unwrap_or_default()
}

/// Bytes of a key set: a hundred keys with a certificate chain each.
const MOST_BYTES: usize = 512 * 1024;
