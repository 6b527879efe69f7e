//! What `python3 -m corpus` wrote: the issuers, and the tokens with what two libraries say of them.

use std::fmt;
use std::fs;

use anyhow::{Context, Result, ensure};
use claimgate_tests::repository;
use claimgate_tests::token::now;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The whole of it.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) settings: Settings,
    pub(crate) tokens: Vec<Token>,
}

/// What all verdicts are given by.
#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    /// When the tokens were made.
    pub(crate) now: i64,
    pub(crate) leeway_seconds: u32,
    pub(crate) issuers: Vec<Issuer>,
}

/// Who signs tokens.
#[derive(Debug, Deserialize)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    pub(crate) iss: String,
    pub(crate) audience: String,
    pub(crate) jwks: Value,
}

/// A token, and what was said of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Token {
    /// Issuer, key and algorithm that it is made for.
    pub(crate) signer: String,
    pub(crate) class: String,
    pub(crate) text: String,
    pub(crate) pyjwt: bool,
    pub(crate) joserfc: bool,
}

impl Corpus {
    /// Reads the files, which must be fresh: dates in the tokens are relative to the time they were made.
    pub(crate) fn read() -> Result<Self> {
        let settings: Settings = parse(&read("issuers.json")?)?;
        let age = now() - settings.now;
        let limit = i64::from(settings.leeway_seconds / 2) - 60;
        ensure!(age < limit, "the tokens are {age} s old: run `make differential`");
        let tokens = read("tokens.jsonl")?.lines().map(parse).collect::<Result<_>>()?;
        Ok(Self { settings, tokens })
    }

    /// A policy that lets in whoever has a token of the issuers.
    pub(crate) fn policy(&self) -> Value {
        let issuers = self.settings.issuers.iter().map(|issuer| {
            json!({
                "name": issuer.name,
                "issuer": issuer.iss,
                "audiences": [issuer.audience],
                "signature": { "jwks": issuer.jwks },
            })
        });
        json!({
            "issuers": issuers.collect::<Vec<_>>(),
            "token": { "leeway_seconds": self.settings.leeway_seconds },
            "rules": [{ "path": "/", "allow": "authenticated" }],
            "audit": { "decisions": "none" },
        })
    }
}

impl Token {
    /// Whether it is as the RFCs want it, by the name of its class.
    pub(crate) fn is_good(&self) -> bool {
        self.class.starts_with("good")
    }
}

impl fmt::Display for Token {
    /// Its head only: some are long.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head: String = self.text.chars().take(300).collect();
        write!(formatter, "{} of {}: {head:?}", self.class, self.signer)
    }
}

fn read(name: &str) -> Result<String> {
    let path = repository("target/differential").join(name);
    fs::read_to_string(&path)
        .with_context(|| format!("cannot read target/differential/{name}: run `make differential`"))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .context("target/differential is not as `python3 -m corpus` writes it")
}
