//! Requests at random, most of them such that a rule of the policy is for them.

use std::fmt;

use fastrand::Rng;

use crate::people::Person;
use crate::policy::{Policy, Rule, SEGMENTS, Step};
use crate::trick::Trick;

/// A request.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) person: Person,
    pub(crate) http2: bool,
    pub(crate) trick: Option<Trick>,
    /// The same without the trick, where that does not change what it means.
    pub(crate) plain: Option<Box<Asked>>,
}

impl Asked {
    pub(crate) fn random(rng: &mut Rng, policy: &Policy, people: &[Person]) -> Self {
        let rule = rng.choice(&policy.rules).filter(|_| rng.u8(0..10) > 0);
        let mut asked = Self {
            method: method(rng, rule),
            host: host(rng, rule),
            path: path(rng, rule),
            person: people[rng.usize(..people.len())].clone(),
            http2: true,
            trick: None,
            plain: None,
        };
        if asked.person.trick.is_some() {
            asked.trick = asked.person.trick;
            let honest = asked.person.honest.as_deref().cloned();
            asked.plain =
                honest.map(|person| Box::new(Self { person, trick: None, ..asked.clone() }));
        } else if rng.u8(0..4) == 0 {
            let trick = Trick::OF_TARGET[rng.usize(..Trick::OF_TARGET.len())];
            asked = trick.play(rng, asked);
        }
        let spelling = Spelling::random(rng);
        asked.spell(spelling);
        asked
    }

    /// Whether servers read it in different ways, or not at all.
    pub(crate) fn has_no_one_reading(&self) -> bool {
        self.trick.is_some_and(Trick::has_no_one_reading)
    }

    /// Another spelling that both sides take for the same; and HTTP/1.1, where it can be said so.
    fn spell(&mut self, spelling: Spelling) {
        match spelling.host {
            0 => self.host = self.host.to_uppercase(),
            1 => self.host.push_str(":8080"),
            2 => self.host.push('.'),
            _ => {}
        }
        match spelling.path {
            0 if self.trick.is_none_or(|trick| !trick.has_no_one_reading())
                && !self.path.ends_with('/') =>
            {
                self.path.push('/');
            }
            1 | 2 => self.path.push_str(["?a=/../b;c//%2F", "?"][usize::from(spelling.path - 1)]),
            _ => {}
        }
        let known = ["GET", "PUT", "DELETE", "POST", "OPTIONS"].contains(&self.method);
        self.http2 = !known || spelling.http2;
        if let Some(plain) = &mut self.plain {
            plain.spell(spelling);
        }
    }
}

#[derive(Clone, Copy)]
struct Spelling {
    host: u8,
    path: u8,
    http2: bool,
}

impl Spelling {
    fn random(rng: &mut Rng) -> Self {
        Self { host: rng.u8(0..12), path: rng.u8(0..12), http2: rng.u8(0..4) > 0 }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self { method, host, path, person, .. }, version) =
            (self, if self.http2 { 2 } else { 1 });
        write!(formatter, "{method} {path:.300?} at {host:?} as {person}, HTTP/{version}")?;
        self.trick.map_or(Ok(()), |trick| write!(formatter, ", with {trick}"))
    }
}

fn method(rng: &mut Rng, rule: Option<&Rule>) -> &'static str {
    let own = rule.and_then(|rule| rng.choice(&rule.methods).copied());
    let all = ["GET", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "POST", "FOO"];
    own.filter(|_| rng.u8(0..8) > 0).unwrap_or_else(|| all[rng.usize(..all.len())])
}

fn host(rng: &mut Rng, rule: Option<&Rule>) -> String {
    let own = rule.and_then(|rule| rng.choice(&rule.hosts).copied());
    let all = ["h.x", "i.x", "i.h.x", "j.i.h.x", "x", "ah.x", "y", "h.x.y"];
    match own.filter(|_| rng.u8(0..8) > 0) {
        Some(host) => host.replacen('*', ["i", "h", "j.h"][rng.usize(..3)], 1),
        None => all[rng.usize(..all.len())].to_owned(),
    }
}

fn path(rng: &mut Rng, rule: Option<&Rule>) -> String {
    let own = rule.and_then(|rule| rng.choice(&rule.paths));
    let mut steps = own.cloned().unwrap_or_else(|| vec![Step::Rest]);
    if steps.last() == Some(&Step::Rest) {
        steps.pop();
        steps.extend(vec![Step::One("*"); rng.usize(0..3)]);
    }
    match rng.u8(0..12) {
        0 => steps.push(Step::One("*")),
        1 => drop(steps.pop()),
        _ => {}
    }
    let segments = steps.iter().map(|step| match step {
        Step::Literal(text) if rng.u8(0..12) > 0 => (*text).to_owned(),
        _ => segment(rng),
    });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// Words of the tables, and such that are nearly one.
fn segment(rng: &mut Rng) -> String {
    let others = [
        "7",
        "c",
        "A",
        "Admin",
        "v1x2",
        "aab",
        "a-b",
        "~b",
        "%C3%A9",
        "a:b@c",
        "admin.json",
        "(b)",
        "a,b=c!$&'",
    ];
    match rng.u8(0..12) {
        0 => "l".repeat(rng.usize(300..3_000)),
        1..6 => SEGMENTS[rng.usize(..SEGMENTS.len())].to_owned(),
        _ => others[rng.usize(..others.len())].to_owned(),
    }
}
