//! Who asks: nobody, whoever has some roles or claims, or whoever a token speaks of.

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gate::{Gate, UnixTime};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::policy::{self, Policy};
use crate::question::Headers;
use crate::somebody;
use crate::source::File;
use crate::stand_in::{Draft, Source, StandIn};

/// Who asks. With none of these, nobody: the request has no token, unless a header has one.
#[derive(Debug, Args)]
pub(crate) struct Asker {
    /// A role; several times for several. The token is one that the first issuer could have written.
    #[arg(long = "role", value_name = "ROLE", conflicts_with_all = ["claims", "token"])]
    roles: Vec<String>,
    /// The claims of a verified token: a file of JSON or YAML (`-` is the standard input), or an object of these as it
    /// stands, `{sub: vera}`. `iss`, `aud` and `exp` are added where they are missing.
    #[arg(long, value_name = "FILE|JSON", conflicts_with = "token")]
    claims: Option<String>,
    /// A file with the token itself (`-` is the standard input); never the token, which would stay in the shell's history.
    #[arg(long, value_name = "FILE")]
    token: Option<String>,
    #[command(flatten)]
    keys: Keys,
    /// Take the token as if its signature had been verified.
    #[arg(long, conflicts_with = "jwks")]
    trust_token: bool,
}

/// Keys to verify with.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The key set (RFC 7517) of the issuers whose keys are not in the policy: those with `remote_jwks` or `jwt_authn`.
    #[arg(long, value_name = "FILE")]
    jwks: Option<String>,
}

/// A gate that can be asked, and the headers to ask it with.
pub(crate) struct Prepared {
    pub(crate) gate: Gate,
    pub(crate) headers: Headers,
    pub(crate) signature: Signature,
}

/// What the signature of the token was checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signature {
    /// There is no token.
    NoToken,
    /// There is no token of an identity provider: roles or claims were given, taken as those of a verified one.
    Described,
    /// The policy's keys, or those of `--jwks`.
    Checked,
    /// Nothing: `--trust-token`, or `decode_only`.
    NotChecked,
}

impl Asker {
    /// Prepares a policy to be asked by this asker at the time `now`.
    pub(crate) fn prepare(
        &self,
        policy: Policy,
        mut headers: Headers,
        now: UnixTime,
    ) -> Result<Prepared> {
        let mut config = policy.config;
        if let Some(claims) = self.described(&policy.gate, &config)? {
            let stand_in = StandIn::take_over(&mut config)?;
            let token = stand_in.token(&Draft { claims, ..Draft::default() }, now)?;
            put(&Source::first_of(&config), &token, &mut headers);
            let gate = compiled(&config)?;
            return Ok(Prepared { gate, headers, signature: Signature::Described });
        }
        if let Some(file) = &self.token {
            let token = policy::text(file)?;
            put(&Source::first_of(&config), token.trim(), &mut headers);
        }
        let request = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        if !policy.gate.request(request).has_token() {
            let signature = Signature::NoToken;
            return Ok(Prepared { gate: policy.gate, headers, signature });
        }
        let signature =
            if self.trust_token { trust(&mut config) } else { self.keys.give(&mut config)? };
        Ok(Prepared { gate: compiled(&config)?, headers, signature })
    }

    /// The claims that were given, or those of the roles that were.
    fn described(&self, gate: &Gate, config: &Value) -> Result<Option<Map<String, Value>>> {
        if let Some(given) = &self.claims {
            let claims = if given.trim_start().starts_with('{') {
                let as_file = File { name: "--claims".to_owned(), text: given.clone() };
                serde_json::from_str(given).or_else(|_| as_file.value())?
            } else {
                policy::value(given)?
            };
            let Value::Object(claims) = claims else { bail!("{given}: claims are an object") };
            return Ok(Some(claims));
        }
        if self.roles.is_empty() {
            return Ok(None);
        }
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        let claims = somebody::claims(gate, config, &roles);
        let problem = "no token can have these roles: the policy has no issuers, or its `role_map` renames one";
        claims.context(problem).map(Some)
    }
}

impl Keys {
    /// Puts the keys where the policy has none.
    pub(crate) fn give(&self, config: &mut Value) -> Result<Signature> {
        let keys = self.jwks.as_deref().map(policy::value).transpose()?;
        let mut checked = Signature::Checked;
        for row in issuers(config) {
            let signature = &row["signature"];
            if signature.get("decode_only").is_some() {
                checked = Signature::NotChecked;
            } else if signature.get("jwks").is_none() {
                let Some(keys) = &keys else {
                    bail!(
                        "the keys of issuer {} are not in the policy: name their key set with --jwks FILE, or say \
                         --trust-token, for an answer as if the signature had been verified",
                        row["name"]
                    );
                };
                row["signature"] = json!({ "jwks": keys });
            }
        }
        Ok(checked)
    }

    /// Whether there are any.
    pub(crate) fn are_given(&self) -> bool {
        self.jwks.is_some()
    }
}

/// Lets every token count, whoever signed it.
pub(crate) fn trust(config: &mut Value) -> Signature {
    for row in issuers(config) {
        row["signature"] = json!({ "decode_only": true });
    }
    Signature::NotChecked
}

fn issuers(config: &mut Value) -> impl Iterator<Item = &mut Value> {
    config.get_mut("issuers").and_then(Value::as_array_mut).into_iter().flatten()
}

/// Puts a token into a request.
pub(crate) fn put(source: &Source, token: &str, headers: &mut Headers) {
    let path = headers.iter().position(|(name, _)| name == ":path");
    let mut path_text = String::new();
    if let Some((_, path)) = path.and_then(|index| headers.get_mut(index)) {
        path_text = std::mem::take(path);
    }
    source.attach(token, &mut path_text, headers);
    if let Some((_, path)) = path.and_then(|index| headers.get_mut(index)) {
        *path = path_text;
    }
}

pub(crate) fn compiled(config: &Value) -> Result<Gate> {
    let gate = Gate::from_configuration(config.to_string().as_bytes());
    gate.context("with these keys, the policy is refused")
}

/// The time that is asked about: seconds since 1970, or as RFC 3339 has it; left out: now.
pub(crate) fn time(given: Option<&str>) -> Result<UnixTime> {
    let seconds = match given {
        None => jiff::Timestamp::now().as_second(),
        Some(text) => match text.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(_) => text
                .parse::<jiff::Timestamp>()
                .map(jiff::Timestamp::as_second)
                .with_context(|| {
                    format!(
                        "{text:?} is no time; expected seconds since 1970 or `2026-01-31T12:00:00Z`"
                    )
                })?,
        },
    };
    ensure!(seconds >= 0, "the time is before 1970");
    Ok(UnixTime::from_seconds(seconds))
}

#[cfg(test)]
mod tests;
