//! What came of it: how many tricks of each class show the secret, by what stands in front.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::client::Seen;
use crate::front::{Guard, Hardening};
use crate::plan::{Case, Extent, Protocol};
use crate::servers::Site;
use crate::trick::Trick;

/// The tricks that went through, each counted once for a guard and a site.
pub struct Report<'a> {
    tricks: &'a [Trick],
    sites: &'a [Site],
    /// Requests, and how many of them showed the secret.
    requests: BTreeMap<(Guard, Hardening), [usize; 2]>,
    shown: BTreeMap<(Guard, usize), BTreeSet<usize>>,
    hits: Vec<String>,
}

impl<'a> Report<'a> {
    pub fn new(tricks: &'a [Trick], sites: &'a [Site]) -> Self {
        let (requests, shown, hits) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { tricks, sites, requests, shown, hits }
    }

    pub fn add(&mut self, hardening: Hardening, case: Case, seen: &Seen) {
        let [tried, shown] = self.requests.entry((case.guard, hardening)).or_default();
        *tried += 1;
        *shown += usize::from(*seen == Seen::Secret);
        if *seen != Seen::Secret {
            return;
        }
        self.shown.entry((case.guard, case.site)).or_default().insert(case.trick);
        if matches!(case.guard, Guard::Open | Guard::Closed) {
            let (trick, site) = (&self.tricks[case.trick], self.sites[case.site].name);
            let written = match (case.protocol, &trick.http1, &trick.http2) {
                (Protocol::Http1, Some(bytes), _) => bytes.escape_ascii().to_string(),
                (_, _, fields) => format!("{:?}", readable(fields.iter().flatten())),
            };
            let (guard, who) = (case.guard, case.principal);
            self.hits.push(format!(
                "{site}, {hardening:?}, {guard:?}, {who:?}, {}: {written}",
                trick.class
            ));
        }
    }

    pub fn print(&self) {
        let mut classes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (at, trick) in self.tricks.iter().enumerate() {
            classes.entry(trick.class).or_default().insert(at);
        }
        let names: Vec<_> = self.sites.iter().map(|site| site.name).collect();
        println!(
            "\nTricks that show the secret, without any filter | with jwt_authn and rbac | with claimgate"
        );
        println!("| class | tricks | {} |", names.join(" | "));
        println!("|---|---:|{}", "---:|".repeat(names.len()));
        for (class, tricks) in &classes {
            println!("| {class} | {} | {} |", tricks.len(), self.row(tricks).join(" | "));
        }
        let all = (0..self.tricks.len()).collect();
        println!("| all | {} | {} |", self.tricks.len(), self.row(&all).join(" | "));
        for ((guard, hardening), [tried, shown]) in &self.requests {
            println!("{guard:?}, {hardening:?}: {shown} of {tried} requests show the secret");
        }
        println!();
    }

    fn row(&self, of: &BTreeSet<usize>) -> Vec<String> {
        let count = |guard, site| {
            self.shown.get(&(guard, site)).map_or(0, |shown| shown.intersection(of).count())
        };
        let sites = 0..self.sites.len();
        let cell = |site| {
            let claimgate = count(Guard::Open, site) + count(Guard::Closed, site);
            format!("{} {} {claimgate}", count(Guard::Nothing, site), count(Guard::Native, site))
        };
        sites.map(cell).collect()
    }

    /// Not one with claimgate, and many without: a corpus that no server falls for would prove nothing.
    pub fn verdict(&self, extent: Extent) -> Result<()> {
        let hits = &self.hits;
        ensure!(hits.is_empty(), "{} show the secret:\n{}", hits.len(), hits.join("\n"));
        let expected: &[_] = match extent {
            Extent::Spread => &[(Guard::Nothing, 20), (Guard::Native, 1)],
            Extent::Whole => &[(Guard::Nothing, 1000), (Guard::Native, 50)],
        };
        for (at, site) in self.sites.iter().enumerate() {
            for (guard, least) in expected {
                let shown = self.shown.get(&(*guard, at)).map_or(0, BTreeSet::len);
                ensure!(shown >= *least, "{}: only {shown} tricks work with {guard:?}", site.name);
            }
        }
        Ok(())
    }
}

fn readable<'f>(fields: impl Iterator<Item = &'f (Vec<u8>, Vec<u8>)>) -> Vec<String> {
    let text = |(name, value): &(Vec<u8>, Vec<u8>)| {
        format!("{}: {}", name.escape_ascii(), value.escape_ascii())
    };
    fields.map(text).collect()
}
