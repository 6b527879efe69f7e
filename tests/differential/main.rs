//! claimgate and independent implementations decide the same tokens. Where they do not agree, docs/differences.md
//! says why, for each class of tokens and nothing else.
//!
//! The tokens, and what PyJWT and joserfc say of them, come from the Python package `corpus` beside this file
//! (`make differential`). Here the gate alone, claimgate in Envoy, and Envoy's jwt_authn are asked.

mod corpus;
mod native;
mod table;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::corpus::{Corpus, Token};
use crate::native::Native;
use crate::table::{Row, Verdict, Verdicts};
use crate::wire::Wire;

/// The tokens of a class on which the same was said.
type Found<'c> = BTreeMap<(&'c str, Verdicts), Vec<&'c Token>>;

#[test]
fn claimgate_accepts_what_others_accept_but_for_the_differences_that_are_explained() -> Result<()> {
    let corpus = Corpus::read()?;
    check_coverage(&corpus)?;
    let native = Native::new(&corpus)?;
    let (claimgate, jwt_authn) = (Wire::claimgate(&corpus)?, Wire::jwt_authn(&corpus)?);
    let mut found = Found::new();
    let mut problems = Vec::new();
    for token in &corpus.tokens {
        let verdict = native.verdict(token);
        if claimgate.accepts(token)? != verdict.is_ok() {
            problems.push(format!("claimgate in Envoy does not say {verdict:?} of {token}"));
        }
        let verdicts = Verdicts {
            claimgate: verdict.is_ok().into(),
            pyjwt: token.pyjwt.into(),
            joserfc: token.joserfc.into(),
            jwt_authn: jwt_authn.accepts(token)?.into(),
        };
        found.entry((&token.class, verdicts)).or_default().push(token);
    }
    println!("{}", summary(&found));
    let rows = table::read()?;
    problems.extend(misjudged(&found));
    problems.extend(unexplained(&found, &rows, &native));
    problems.extend(stale(&found, &rows));
    ensure!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

/// That agreement means something: there are enough tokens of each kind.
fn check_coverage(corpus: &Corpus) -> Result<()> {
    ensure!(corpus.tokens.len() >= 5_000, "there are only {} tokens", corpus.tokens.len());
    let signers: BTreeSet<_> = corpus.tokens.iter().map(|token| &*token.signer).collect();
    for signer in &signers {
        let own = corpus.tokens.iter().filter(|token| token.signer == *signer);
        let (good, broken): (Vec<_>, Vec<_>) = own.partition(|token| token.is_good());
        ensure!(good.len() >= 50 && broken.len() >= 100, "{signer} has hardly any tokens");
    }
    let algorithms: BTreeSet<_> =
        signers.iter().filter_map(|signer| signer.split(' ').next_back()).collect();
    ensure!(algorithms.len() == 13, "not all algorithms have tokens: {algorithms:?}");
    Ok(())
}

/// Good tokens that claimgate refuses, and broken ones that everybody accepts.
fn misjudged(found: &Found<'_>) -> Vec<String> {
    let wrong = found.iter().filter(|((_, verdicts), tokens)| match verdicts.claimgate {
        Verdict::Accepts => verdicts.agree() && !tokens[0].is_good(),
        Verdict::Refuses => tokens[0].is_good(),
    });
    wrong
        .map(|((class, verdicts), tokens)| format!("wrong: `{class}` {verdicts}; {}", tokens[0]))
        .collect()
}

/// Differences that no row of the table has.
fn unexplained(found: &Found<'_>, rows: &[Row], native: &Native) -> Vec<String> {
    let new = found.iter().filter(|((class, verdicts), _)| {
        !verdicts.agree() && !rows.iter().any(|row| row.covers(class, *verdicts))
    });
    new.map(|((class, verdicts), tokens)| {
        let (count, first) = (tokens.len(), tokens[0]);
        let verdict = native.verdict(first);
        format!(
            "not in docs/differences.md: `{class}` {verdicts} ({count} tokens); claimgate says {verdict:?} of {first}"
        )
    })
    .collect()
}

/// Rows of the table that no token shows.
fn stale(found: &Found<'_>, rows: &[Row]) -> Vec<String> {
    let written =
        rows.iter().flat_map(|row| row.classes.iter().map(|class| (&**class, row.verdicts)));
    written
        .filter(|row| !found.contains_key(row))
        .map(|(class, verdicts)| {
            format!("docs/differences.md has `{class}` {verdicts}, which no token shows")
        })
        .collect()
}

fn summary(found: &Found<'_>) -> String {
    let count = |wanted: fn(&Verdicts) -> bool| -> usize {
        found.iter().filter(|((_, it), _)| wanted(it)).map(|(_, tokens)| tokens.len()).sum()
    };
    let classes: BTreeSet<_> = found.keys().map(|(class, _)| class).collect();
    format!(
        "{} tokens of {} classes: all accept {}, all refuse {}; claimgate agrees with PyJWT on {}, with joserfc on \
         {}, with jwt_authn on {}",
        count(|_| true),
        classes.len(),
        count(|it| it.agree() && it.claimgate == Verdict::Accepts),
        count(|it| it.agree() && it.claimgate == Verdict::Refuses),
        count(|it| it.claimgate == it.pyjwt),
        count(|it| it.claimgate == it.joserfc),
        count(|it| it.claimgate == it.jwt_authn),
    )
}
