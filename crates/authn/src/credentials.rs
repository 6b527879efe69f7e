//! The credentials of a request: what its token sources hold, and the one token among it.

use std::fmt;

use crate::jwt::Jwt;
use crate::namesake::{Named, is_namesake};
use crate::rejection::{InvalidToken, Unauthenticated};
use crate::source::TokenSource;
use crate::{cookie, query};

/// The places of a request where tokens are looked for, each another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSources {
    list: Vec<TokenSource>,
    /// A [bit](length_bit) for each length of the names of headers that are looked into.
    lengths: u64,
}

impl TokenSources {
    /// How many there may be.
    pub const MAX: usize = 8;

    /// These sources.
    ///
    /// # Errors
    /// When there are too many of them, or two read the same place.
    pub fn new(sources: Vec<TokenSource>) -> Result<Self, InvalidTokenSources> {
        if sources.len() > Self::MAX {
            return Err(InvalidTokenSources::TooMany(sources.len()));
        }
        for (second, source) in sources.iter().enumerate() {
            let mut before = sources.iter().take(second);
            if let Some(first) = before.position(|other| other.overlaps(source)) {
                return Err(InvalidTokenSources::Overlap { first, second });
            }
        }
        Ok(Self::of(sources))
    }

    fn of(list: Vec<TokenSource>) -> Self {
        let names = list.iter().filter_map(|source| match source {
            TokenSource::Header { name, .. } => Some(name.as_bytes()),
            TokenSource::Cookie(_) => Some(COOKIE),
            TokenSource::Query(_) => None,
        });
        let lengths = names.fold(0, |lengths, name| lengths | length_bit(name));
        Self { list, lengths }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &TokenSource> {
        self.list.iter()
    }
}

impl Default for TokenSources {
    /// `Authorization: Bearer`, alone.
    fn default() -> Self {
        let (name, scheme) = ("authorization".to_owned(), Some("Bearer".to_owned()));
        Self::of(vec![TokenSource::Header { name, scheme }])
    }
}

/// One of 64 bits for a name, by its length: most headers are told from those that matter by it.
fn length_bit(name: &[u8]) -> u64 {
    let length = u32::try_from(name.len()).map_or(63, |length| length.min(63));
    1_u64.checked_shl(length).unwrap_or_default()
}

const COOKIE: &[u8] = b"cookie";

/// Why a list of token sources is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTokenSources {
    /// There are this many.
    TooMany(usize),
    /// Two of them read the same place.
    Overlap {
        /// Index of one.
        first: usize,
        /// Index of the other, which comes later.
        second: usize,
    },
}

impl TokenSource {
    /// Whether both may see a token in the same value: two schemes of one header do not, two names that some
    /// server takes for one do.
    fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Header { name: one, scheme: Some(scheme) },
                Self::Header { name: two, scheme: Some(other) },
            ) => one == two && scheme.eq_ignore_ascii_case(other),
            (Self::Header { name: one, .. }, Self::Header { name: two, .. }) => one == two,
            (Self::Cookie(one), Self::Cookie(two)) | (Self::Query(one), Self::Query(two)) => {
                one == two || is_namesake(one.as_bytes(), two) || is_namesake(two.as_bytes(), one)
            }
            _ => false,
        }
    }
}

/// What a request brought to say who is asking, noted while its headers are read; nothing is copied, and
/// nothing is judged before a rule asks.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    sources: &'a TokenSources,
    found: [Found<'a>; TokenSources::MAX],
}

/// What one source holds.
#[derive(Clone, Copy)]
enum Found<'a> {
    Nothing,
    /// One value, as raw bytes.
    One(&'a [u8]),
    /// More than one, or one that may be another's; never resolved by picking.
    Several,
}

impl<'a> Credentials<'a> {
    /// Nothing found yet at these sources.
    #[must_use]
    pub fn new(sources: &'a TokenSources) -> Self {
        Self { sources, found: [Found::Nothing; TokenSources::MAX] }
    }

    /// Notes a header, its name in lower case.
    ///
    /// A header that comes twice has no value, equal or not (RFC 9110 section 11.6.2 allows one). A cookie
    /// may come again with the same value, in the same header or another (RFC 9113 section 8.2.3).
    pub fn note_header(&mut self, name: &[u8], value: &'a [u8]) {
        if self.sources.lengths & length_bit(name) == 0 {
            return;
        }
        for (source, found) in self.sources.iter().zip(&mut self.found) {
            match source {
                TokenSource::Header { name: wanted, .. }
                    if wanted.len() == name.len() && wanted.as_bytes() == name =>
                {
                    *found = match found {
                        Found::Nothing => Found::One(value),
                        Found::One(_) | Found::Several => Found::Several,
                    };
                }
                TokenSource::Cookie(wanted) if name == COOKIE => {
                    cookie::values(value, wanted).for_each(|named| found.note(named));
                }
                _ => {}
            }
        }
    }

    /// Notes what the query of the path (`:path`, as it came) holds.
    pub fn note_path(&mut self, path: &'a [u8]) {
        for (source, found) in self.sources.iter().zip(&mut self.found) {
            if let TokenSource::Query(wanted) = source {
                query::values(path, wanted).for_each(|named| found.note(named));
            }
        }
    }

    /// Whether nothing stands at any of the sources, be it a token or not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.iter().all(|found| matches!(found, Found::Nothing))
    }

    /// What stands for the one token among these credentials. The same at several sources is one token.
    pub(crate) fn token(&self) -> Result<Presented<'a>, Unauthenticated> {
        let mut token: Option<Presented<'a>> = None;
        for (source, found) in self.sources.iter().zip(&self.found) {
            let own = match found {
                Found::Nothing => None,
                Found::One(value) => source.found(value)?,
                Found::Several => return Err(source.not_one_token().into()),
            };
            match (token, own) {
                (None, Some(bytes)) => token = Some(Presented { source, bytes }),
                (Some(first), Some(own)) if first.bytes != own => {
                    // What is none at all is called that, not another one.
                    first.checked()?;
                    source.checked(own)?;
                    let (first, second) = (first.source.clone(), source.clone());
                    return Err(InvalidToken::DifferentTokens(first, second).into());
                }
                _ => {}
            }
        }
        token.ok_or(Unauthenticated::NoToken)
    }
}

/// What a request presents as its token, its form not looked at yet.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    source: &'a TokenSource,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Presented<'a> {
    /// The JWT that it is.
    pub(crate) fn jwt(self) -> Result<Jwt<'a>, InvalidToken> {
        let text = str::from_utf8(self.bytes).map_err(|_| self.source.not_one_token())?;
        // A JWT has no other characters than a token. What is no JWT is looked at once more, to say the first thing that
        // is wrong with it.
        Jwt::parse(text).or_else(|invalid| self.checked().and(Err(invalid)))
    }

    /// The token, if it has the form of one.
    pub(crate) fn checked(self) -> Result<&'a str, InvalidToken> {
        self.source.checked(self.bytes)
    }
}

impl<'a> Found<'a> {
    /// Notes a value that may come again, if it is the same. What is only nearly of the name is never the one.
    fn note(&mut self, named: Named<'a>) {
        *self = match (&self, named) {
            (Self::Nothing, Named::Exactly(value)) => Self::One(value),
            (Self::One(first), Named::Exactly(value)) if *first == value => Self::One(value),
            _ => Self::Several,
        };
    }
}

impl fmt::Debug for Credentials<'_> {
    /// Says how many there are at each source, never what they are.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.found.iter().map(|found| match found {
            Found::Nothing => "none",
            Found::One(_) => "one",
            Found::Several => "several",
        });
        let sources = self.sources.iter().map(ToString::to_string);
        formatter.debug_map().entries(sources.zip(found)).finish()
    }
}

#[cfg(test)]
mod tests;
