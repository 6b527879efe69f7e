//! A clock that jumps, to and fro, between requests: what counts is the time that it tells now, whatever it told before.

use std::collections::BTreeSet;
use std::iter::repeat_n;

use anyhow::{Result, ensure};
use claimgate_tests::host::{Host, Outcome, serialized};
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{ISSUER, Issuer, now};
use serde_json::json;

use super::{ask, claims, said, start};

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;
const PATH: &str = "/service0/things0/1";

/// The configuration's default.
const LEEWAY: u64 = 60 * SECOND;

/// Times to jump between, around this one.
fn times(now: u64) -> Vec<u64> {
    let later = |seconds| now + seconds * SECOND;
    let edges = [299, 300, 301, 359, 360, 361].map(later);
    let far = [now - SECOND, now - DAY, now + DAY, 0, 1, u64::MAX, u64::MAX - 1, i64::MAX as u64];
    edges.into_iter().chain(far).collect()
}

/// Each of these times after each other one, and so `now` again and again.
fn jumps(now: u64) -> Vec<u64> {
    let times = times(now);
    let pairs =
        times.iter().flat_map(|one| times.iter().map(move |other| [*one, now, *other, now]));
    pairs.flatten().collect()
}

#[test]
fn a_token_counts_by_the_time_it_is_whatever_was_remembered() -> Result<()> {
    let signers = Signer::all()?;
    let now = u64::try_from(now())? * SECOND;
    let mut host = start(&signers, 1, |state| state.now = now)?;
    let bounds = [
        (None, now + 300 * SECOND),
        (Some(now), now + 300 * SECOND),
        (Some(now + DAY), now + 2 * DAY),
        (None, DAY),
    ];
    let tokens = bounds.map(|(start, end)| {
        let mut claims = claims("viewer");
        claims["exp"] = json!(end / SECOND);
        if let Some(start) = start {
            claims["nbf"] = json!(start / SECOND);
        }
        (start.unwrap_or(0), end, signers[0].token(&claims))
    });
    let (mut passed, mut refused) = (0, 0);
    for time in jumps(now) {
        host.state().now = time;
        for (start, end, token) in &tokens {
            // Seconds are what counts, on both sides.
            let time = time / SECOND * SECOND;
            let valid = time >= start.saturating_sub(LEEWAY) && time < end + LEEWAY;
            let expected = if valid { "continued" } else { "401" };
            assert_eq!(ask(&mut host, PATH, Some(token))?, expected, "{start} {end} at {time}");
            *if valid { &mut passed } else { &mut refused } += 1;
        }
    }
    assert!(passed > 500 && refused > 500, "{passed} {refused}");
    Ok(())
}

/// A host whose issuer publishes its keys, and an admin's request with a token of it that never expires.
struct Published {
    host: Host,
    keys: String,
    request: Vec<u8>,
}

impl Published {
    fn start(now: u64) -> Result<Self> {
        let issuer = Issuer::new()?;
        let configuration = json!({
            "issuers": [{ "name": "main", "issuer": ISSUER, "signature": { "remote_jwks": {
                "cluster": "idp", "uri": "https://idp.example.com/keys", "refresh_seconds": 300,
                "cooldown_seconds": 30, "timeout_seconds": 5, "stale_seconds": 3600,
            } } }],
            "token": { "required_claims": ["sub"] },
            "rules": [{ "path": "/a", "allow": { "roles": ["viewer"] } }],
        });
        let host = Host::load(&configuration.to_string(), now, |_| {})?;
        let mut claims = claims("viewer");
        claims.as_object_mut().map(|claims| claims.remove("exp"));
        let authorization = format!("Bearer {}", issuer.token(&claims));
        let request = serialized([
            (":method", "GET"),
            (":authority", "api.example.com"),
            (":path", "/a"),
            ("authorization", authorization.as_str()),
        ]);
        Ok(Self { host, keys: issuer.jwks().to_string(), request })
    }

    fn ask(&mut self) -> Result<String> {
        Ok(said(&self.host.raw_request(self.request.clone())?))
    }

    /// Whether a fetch begins at this time.
    fn fetches_at(&mut self, now: u64) -> Result<bool> {
        let before = self.host.state().fetches;
        self.host.state().now = now;
        self.host.tick()?;
        Ok(self.host.state().fetches > before)
    }

    /// Answers the last fetch, with the keys or not at all.
    fn answer(&mut self, with_keys: bool) -> Result<()> {
        let token = self.host.state().fetches;
        let headers: &[_] = if with_keys { &[(":status", "200")] } else { &[] };
        let body = if with_keys { self.keys.clone() } else { String::new() };
        self.host.fetched(token, headers, &body)
    }
}

#[test]
fn keys_are_fetched_after_every_jump() -> Result<()> {
    let now = u64::try_from(now())? * SECOND;
    let mut published = Published::start(now)?;
    ensure!(published.fetches_at(now)?);
    published.answer(true)?;
    assert_eq!(published.ask()?, "continued");
    let (mut before, mut planned) = (now, BTreeSet::new());
    // The last fetch is answered, or not at all, or still under way when the clock jumps.
    let ends = [Some(true), Some(false), None].into_iter().cycle();
    for (time, end) in jumps(now).into_iter().zip(ends) {
        // What is due does not depend on more than half an hour.
        if time.abs_diff(before) < 1_800 * SECOND {
            continue;
        }
        before = time;
        // Back where the next one was planned from, or one began that may still be answered.
        let fetches = published.fetches_at(time)?;
        assert!(fetches || planned.contains(&(time / SECOND)), "no fetch at {time}");
        let end = end.filter(|_| fetches);
        if let Some(with_keys) = end {
            published.answer(with_keys)?;
            planned.clear();
        }
        planned.insert(time / SECOND);
        published.fetches_at(time)?;
        let said = published.ask()?;
        let allowed: &[_] = match end {
            Some(true) => &["continued"],
            // Where time ends, nobody can wait.
            _ if time >= u64::MAX - 1 => &["continued", "held", "503"],
            _ => &["continued", "held"],
        };
        assert!(allowed.contains(&&*said), "{said} at {time}, answered {end:?}");
    }
    Ok(())
}

#[test]
fn keys_that_came_in_the_far_future_do_not_last_until_then() -> Result<()> {
    let now = u64::try_from(now())? * SECOND;
    let mut published = Published::start(now)?;
    ensure!(published.fetches_at(u64::MAX)?);
    published.answer(true)?;
    ensure!(published.fetches_at(now)?, "the jump back is not noticed");
    published.answer(false)?;
    assert_eq!(published.ask()?, "continued", "they were seen by now, at the earliest");
    published.host.state().now = now + 3_601 * SECOND;
    assert_eq!(published.ask()?, "held", "stale keys count");
    Ok(())
}

/// Where nobody answers the fetch either, only the clock ends a request's waiting.
#[test]
fn a_request_does_not_wait_until_the_clock_has_caught_up() -> Result<()> {
    let now = u64::try_from(now())? * SECOND;
    for time in [now + 5 * SECOND, now + DAY, u64::MAX / 2, now - SECOND, now - DAY, 0] {
        let mut published = Published::start(now)?;
        let request = published.request.clone();
        assert_eq!(said(&published.host.open(request)?), "held");
        ensure!(published.fetches_at(now)?);
        assert_eq!(published.host.outcome(), Outcome::Held);
        published.host.state().now = time;
        for () in repeat_n((), 2) {
            published.host.tick()?;
        }
        assert_eq!(said(&published.host.outcome()), "503", "at {time}");
        assert_eq!(published.ask()?, "held", "the next one waits as ever");
    }
    Ok(())
}
