//! claimgate beside jwt_authn and rbac: the same requests through policies that mean the same, made at random. Where one
//! allows what the other denies, docs/differences.md says who is right, for each kind of request and nothing else.
//!
//! How a policy is said in rbac's words: [`translate`]. `make differential-native` is the long form; `NATIVE_POLICIES` says
//! of how many policies, `NATIVE_SEED` from which number on. A policy is made by its number alone: with
//! `NATIVE_SEED=<its number> NATIVE_POLICIES=1` it is made again. Odd ones are behind Envoy's own path hardening, as in
//! `envoy/envoy.yaml`, even ones are not.

mod alone;
mod people;
mod policy;
mod requests;
mod table;
mod tally;
mod translate;
mod trick;
mod wire;

use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use claimgate_tests::token::Issuer;
use fastrand::Rng;

use crate::alone::Alone;
use crate::people::{Person, Signers};
use crate::policy::Policy;
use crate::requests::Asked;
use crate::table::Kind;
use crate::tally::Tally;
use crate::trick::Trick;
use crate::wire::{Answer, Claimgate, Native};

#[test]
fn claimgate_decides_as_jwt_authn_and_rbac_but_for_the_differences_that_are_explained() -> Result<()>
{
    let (seed, count) = (number("NATIVE_SEED", 1)?, number("NATIVE_POLICIES", SHORT)?);
    println!("{count} policies from number {seed} on, {REQUESTS} requests each");
    let rows = table::read()?;
    let signers = Signers { issuer: Issuer::new()?, forger: Issuer::new()? };
    let jwks = signers.issuer.jwks();
    let mut tally = Tally::default();
    for hardened in [false, true] {
        let numbers = (seed..seed + count).filter(|number| (number % 2 == 1) == hardened);
        let policies: Vec<_> = numbers.map(|number| (number, made(number).0)).collect();
        let claimgate = Claimgate::start(&jwks, hardened)?;
        for some in policies.chunks(AT_ONCE) {
            let native = Native::start(some, &jwks, hardened)?;
            for (number, policy) in some {
                let sides = Sides { native: &native, claimgate: &claimgate, hardened };
                compare(*number, policy, &sides, &signers, &mut tally)
                    .with_context(|| format!("NATIVE_SEED={number}"))?;
            }
            println!("{tally}");
        }
    }
    let mut problems = tally.problems(&rows);
    if count >= LONG {
        problems.extend(tally.lacks(&rows));
    }
    ensure!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

/// Who is asked.
struct Sides<'e> {
    native: &'e Native,
    claimgate: &'e Claimgate,
    hardened: bool,
}

/// The policy of this number, and the chance that goes on from there.
fn made(number: u64) -> (Policy, Rng) {
    let mut rng = Rng::with_seed(number);
    (Policy::random(&mut rng), rng)
}

/// Asks both sides all requests that belong to a policy.
fn compare(
    number: u64,
    policy: &Policy,
    sides: &Sides<'_>,
    signers: &Signers,
    tally: &mut Tally,
) -> Result<()> {
    let mut rng = made(number).1;
    let people: Vec<Person> = people::random(&mut rng, signers);
    let requests: Vec<_> =
        (0..REQUESTS).map(|_| Asked::random(&mut rng, policy, &people)).collect();
    let written = sides.claimgate.written(number, policy);
    let alone = Alone::new(&written)?;
    sides.claimgate.take(number, &written)?;
    let (natively, by_claimgate) = thread::scope(|scope| {
        let natively = scope.spawn(|| all(&requests, |asked| sides.native.ask(number, asked)));
        let by_claimgate = all(&requests, |asked| sides.claimgate.ask(number, asked));
        Ok::<_, anyhow::Error>((
            natively.join().map_err(|_| anyhow!("a client panicked"))??,
            by_claimgate?,
        ))
    })?;
    for ((asked, native), claimgate) in requests.iter().zip(&natively).zip(&by_claimgate) {
        let decided = alone.decide(asked);
        tally.count(asked, claimgate, native, &decided);
        let told = || {
            format!(
                "number {number}: {asked}: claimgate {claimgate:?}, native {native:?}, {decided:?}"
            )
        };
        // Behind Envoy's hardening, claimgate is asked for another path than the client wrote.
        if !sides.hardened {
            if !decided.is(asked, claimgate) {
                tally.problem(format!("the module does not say what the program says: {}", told()));
            }
            if asked.has_no_one_reading() && claimgate.is_allowed() {
                tally.problem(format!("it has no one reading: {}", told()));
            }
        }
        if claimgate.is_allowed() != native.is_allowed() {
            let plainly = asked.plain.as_ref().map(|plain| sides.native.ask(number, plain));
            let plainly = plainly.transpose()?;
            match explained(asked, claimgate, plainly.as_ref()) {
                Some(trick) => tally.known(Kind::new(trick, claimgate.is_allowed()), told),
                None => tally.unknown(&format!("{}; plainly {plainly:?}; {written}", told())),
            }
        }
    }
    Ok(())
}

fn all(requests: &[Asked], ask: impl Fn(&Asked) -> Result<Answer>) -> Result<Vec<Answer>> {
    requests.iter().map(|asked| ask(asked).with_context(|| asked.to_string())).collect()
}

/// What explains that the two differ: the request has no one reading, and claimgate refuses it as such; or the native
/// pair, asked the same plainly, says what claimgate says.
fn explained(asked: &Asked, claimgate: &Answer, plainly: Option<&Answer>) -> Option<Trick> {
    let is_so = if asked.has_no_one_reading() {
        claimgate.body.is_some() && claimgate.status == 400
    } else {
        plainly?.is_allowed() == claimgate.is_allowed()
    };
    asked.trick.filter(|_| is_so)
}

fn number(variable: &str, otherwise: u64) -> Result<u64> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => {
            text.parse().with_context(|| format!("{variable}={text} is no number"))
        }
        _ => Ok(otherwise),
    }
}

/// Policies in `make test`.
const SHORT: u64 = 12;
/// So many must show every kind of difference.
const LONG: u64 = 200;
/// Policies that one native Envoy has.
const AT_ONCE: usize = 25;
const REQUESTS: usize = 200;
