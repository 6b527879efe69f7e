//! Which trick goes where, as whom, and over which protocol.

use anyhow::Result;
use claimgate_tests::token::{Issuer, claims, now};
use serde_json::json;

use crate::front::{Guard, HARDENINGS, Hardening};
use crate::trick::{Tokens, Trick};

/// One trick in one set of circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub trick: usize,
    pub site: usize,
    pub guard: Guard,
    pub principal: Principal,
    pub protocol: Protocol,
}

/// Who has no business with what is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    User,
    Nobody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    Http2,
}

impl Principal {
    /// What each of them, in this order, has to show, with the tokens that tricks may name.
    pub fn tokens(issuer: &Issuer) -> Result<[Tokens; 2]> {
        let lasting = |subject: &str, role: &str| {
            let mut claims = claims(subject, &[role]);
            claims["exp"] = json!(now() + 7200);
            claims
        };
        let user = issuer.token(&lasting("vera", "user"));
        let admin = lasting("ada", "admin");
        let (mut expired, mut stranger) = (admin.clone(), admin.clone());
        expired["exp"] = json!(now() - 7200);
        stranger["iss"] = json!("https://other.example.com/");
        let payload = admin.to_string();
        let header = br#"{"alg":"ES256","typ":"JWT","kid":"test-key"}"#;
        let named = vec![
            ("{user}", user.clone()),
            ("{forged}", Issuer::new()?.token(&admin)),
            ("{unsigned}", issuer.jws(header, payload.as_bytes(), false)),
            ("{none}", issuer.jws(br#"{"alg":"none"}"#, payload.as_bytes(), false)),
            ("{expired}", issuer.token(&expired)),
            ("{stranger}", issuer.token(&stranger)),
        ];
        Ok([Tokens { own: Some(user), named: named.clone() }, Tokens { own: None, named }])
    }
}

/// How much is to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Each trick on one site, in one set of circumstances; a quarter of them without claimgate too.
    Spread,
    /// Each trick on each site and under each hardening, and once more for each other guard.
    Whole,
}

/// What is tried under one hardening. Whatever is not tried in all ways is drawn: in turn, it would march in step with
/// the tables that tricks are made of.
pub fn cases(extent: Extent, tricks: &[Trick], sites: usize, hardening: Hardening) -> Vec<Case> {
    let mut cases = Vec::new();
    for (trick, of) in tricks.iter().enumerate() {
        for site in 0..sites {
            let mut lot = Lot::of(trick * sites + site);
            let is_drawn = lot.draw(&HARDENINGS) == hardening;
            let other = lot.draw(&OTHERS);
            let mut protocols = of.protocols();
            // Another one under another hardening.
            if hardening == Hardening::Shipped {
                protocols.reverse();
            }
            let protocol = lot.draw(&protocols);
            let mut add = |(guard, principal)| {
                cases.push(Case { trick, site, guard, principal, protocol });
            };
            match extent {
                Extent::Spread if !is_drawn || Lot::of(trick).below(sites) != site => {}
                Extent::Spread => {
                    add(HARD);
                    if lot.below(4) == 0 {
                        add((Guard::Nothing, Principal::User));
                        add((Guard::Native, Principal::User));
                    }
                    if lot.below(4) == 0 {
                        add(other);
                    }
                }
                Extent::Whole => {
                    // Those without an end take the longest.
                    if is_drawn || !of.endless {
                        add(HARD);
                    }
                    if is_drawn {
                        add((Guard::Nothing, Principal::User));
                        add((Guard::Native, Principal::User));
                        add(other);
                    }
                }
            }
        }
    }
    cases
}

/// The hardest case: somebody, where all is open that is not protected.
const HARD: (Guard, Principal) = (Guard::Open, Principal::User);

const OTHERS: [(Guard, Principal); 3] = [
    (Guard::Open, Principal::Nobody),
    (Guard::Closed, Principal::User),
    (Guard::Closed, Principal::Nobody),
];

/// Draws that are the same in each run.
struct Lot(u64);

impl Lot {
    fn of(number: usize) -> Self {
        Self(u64::try_from(number).unwrap_or_default())
    }

    fn below(&mut self, count: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = usize::try_from((mixed ^ mixed >> 31) >> 32).unwrap_or_default();
        mixed % count
    }

    fn draw<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

impl Trick {
    fn protocols(&self) -> Vec<Protocol> {
        let http1 = self.http1.as_ref().map(|_| Protocol::Http1);
        let http2 = self.http2.as_ref().map(|_| Protocol::Http2);
        http1.into_iter().chain(http2).collect()
    }
}
