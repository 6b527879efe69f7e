//! The file of a suite, as it is written.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::Expectation;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) policy: PathBuf,
    #[serde(default)]
    pub(super) principals: BTreeMap<String, Option<PrincipalRow>>,
    pub(super) cases: Vec<Spanned<CaseRow>>,
}

/// One principal: its claims, and what is to be known of its token.
#[derive(Deserialize)]
pub(super) struct PrincipalRow {
    #[serde(default)]
    pub(super) forged: bool,
    pub(super) expires_in: Option<i64>,
    pub(super) issuer: Option<String>,
    #[serde(flatten)]
    pub(super) claims: Map<String, Value>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseRow {
    pub(super) name: Option<String>,
    pub(super) request: Option<String>,
    pub(super) grpc: Option<String>,
    pub(super) host: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, OneOrMany<String>>,
    #[serde(rename = "as")]
    pub(super) principals: Option<OneOrMany<Option<String>>>,
    pub(super) expect: Expectation,
}

/// One text, or a list.
pub(super) enum OneOrMany<T> {
    One(String),
    Many(Vec<T>),
}

/// Reads it.
pub(super) fn read(text: &str) -> Result<File> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(explained)
}

/// What is wrong; of a key that is not known, with the one that was probably meant.
fn explained(error: serde_saphyr::Error) -> anyhow::Error {
    let serde_saphyr::Error::SerdeUnknownField { field, expected, location } = &error else {
        return error.into();
    };
    let (line, unknown) = (location.line(), gate::unknown("key", field, expected));
    anyhow!("line {line}: {unknown}")
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMany::Many)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}
