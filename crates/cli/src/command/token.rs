//! `claimgate token`: what a token says, and what of it was checked.

mod report;
mod times;

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;
use gate::Denial;
use serde_json::{Map, Value, json};

use self::report::Report;
use crate::asker::{self, Keys, Signature};
use crate::exit::Exit;
use crate::host::NoEnvoy;
use crate::output::{self, Format};
use crate::policy;
use crate::stand_in::Source;

/// Shows what a token says, and which of it was checked and which was not.
///
/// With `--policy`, it is checked as that policy checks tokens, with the keys that it has or those of `--jwks`; without one,
/// by what holds for every token. Exit code 0: every check passed, that of the signature among them.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The file with the token; `-` is the standard input. What stands before it, such as `Bearer`, is left out.
    #[arg(default_value = "-")]
    file: String,
    /// The file with a policy, whose issuers and `token` are to hold.
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    #[command(flatten)]
    keys: Keys,
    /// When: seconds since 1970, or `2026-01-31T12:00:00Z`; left out, now.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

impl Token {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let now = asker::time(self.now.as_deref())?;
        let text = policy::text(&self.file)?;
        let token = text.split_whitespace().next_back().context("there is no token")?;
        let mut config = self.config()?;
        let signature = self.keys(&mut config)?;
        let gate = asker::compiled(&config)?;
        let headers = [(":method", "GET"), (":authority", "localhost"), (":path", "/")];
        let mut headers = headers.map(|(name, value)| (name.into(), value.into())).to_vec();
        asker::put(&Source::first_of(&config), token, &mut headers);
        let request =
            gate.request(headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let decision = gate.decide(&request, &NoEnvoy, now);
        let refused = decision.outcome.as_ref().err().map(Denial::to_string);
        let report = Report {
            header: part(token, 0),
            claims: part(token, 1),
            signature,
            policy: self.policy.as_deref(),
            principal: decision.principal.as_deref(),
            refused,
            now,
        };
        match format {
            Format::Json => output::json(&report.to_json())?,
            Format::Text => output::text(&report.to_string())?,
        }
        Ok(Exit::good_if(report.refused.is_none() && signature == Signature::Checked))
    }

    /// A configuration that lets whoever has a valid token through.
    fn config(&self) -> Result<Value> {
        let open = json!([{ "path": "/**", "allow": "authenticated" }]);
        let Some(file) = &self.policy else {
            // A key set takes the place of this.
            let signature = json!({ "jwt_authn": { "metadata": "payload" } });
            return Ok(
                json!({ "issuers": [{ "name": "any", "signature": signature }], "rules": open }),
            );
        };
        let policy = policy::load(file)?.config;
        let kept = ["issuers", "token", "revoked"].into_iter();
        let kept = kept.filter_map(|key| Some((key.to_owned(), policy.get(key)?.clone())));
        let mut config: Map<String, Value> = kept.collect();
        config.insert("rules".to_owned(), open);
        Ok(config.into())
    }

    /// Gives the configuration its keys; without any, nothing is verified, and that is told.
    fn keys(&self, config: &mut Value) -> Result<Signature> {
        let has_own = config.pointer("/issuers").and_then(Value::as_array).is_some_and(|issuers| {
            // An issuer whose signatures count unchecked takes none away from the others.
            let has_own = |row: &Value| {
                ["jwks", "decode_only"].iter().any(|way| row["signature"].get(way).is_some())
            };
            issuers.iter().all(has_own)
        });
        if has_own || self.keys.are_given() {
            self.keys.give(config)
        } else {
            Ok(asker::trust(config))
        }
    }
}

/// A part of a token as it can be read, for people: what of it counts, the gate says.
fn part(token: &str, index: usize) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}
