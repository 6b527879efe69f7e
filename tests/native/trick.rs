//! What a client may do to a request that does not change what it means, or takes its one meaning away.

use std::fmt;

use fastrand::Rng;

use crate::requests::Asked;

/// Something about a request on which the two sides may differ. Its words are those of docs/differences.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trick {
    EmptySegment,
    DotSegment,
    Semicolon,
    EscapedDelimiter,
    EscapedTwice,
    NoEscape,
    RawByte,
    Authority,
    MethodCase,
    EscapedCharacter,
    UnusualCharacter,
    Scheme,
    TwoTokens,
}

impl Trick {
    /// Those that are about the target.
    pub(crate) const OF_TARGET: [Self; 13] = [
        Self::EmptySegment,
        Self::DotSegment,
        Self::Semicolon,
        Self::EscapedDelimiter,
        Self::EscapedTwice,
        Self::NoEscape,
        Self::RawByte,
        Self::Authority,
        Self::MethodCase,
        // The more often, as they mean something still.
        Self::EscapedCharacter,
        Self::EscapedCharacter,
        Self::EscapedCharacter,
        Self::UnusualCharacter,
    ];

    /// Whether servers read such a target in different ways, or not at all.
    pub(crate) fn has_no_one_reading(self) -> bool {
        self <= Self::MethodCase
    }

    /// The request with it. Where it still means the same, it says how it is written plainly.
    pub(crate) fn play(self, rng: &mut Rng, mut asked: Asked) -> Asked {
        let plain = asked.clone();
        let mut of = |choices: &[&'static str]| choices[rng.usize(..choices.len())];
        match self {
            Self::EmptySegment => {
                let slashes = of(&["//", "///"]);
                replace_slash(rng, &mut asked.path, slashes);
            }
            Self::DotSegment => {
                let dots = of(&["/./", "/x/../", "/%2e/", "/x/%2e%2e/", "/x/.%2E/", "/../"]);
                replace_slash(rng, &mut asked.path, dots);
            }
            Self::Semicolon => asked.path += of(&[";", ";v=1", ";/..", "%3B", "/;", "/..;/a"]),
            Self::EscapedDelimiter => {
                asked.path += of(&["%2F", "%2f", "%5C", "%23", "%3F", "%00", "%2Fadmin"]);
            }
            Self::EscapedTwice => asked.path += of(&["%2561", "%252e", "%252F", "%25%32%66"]),
            Self::NoEscape => asked.path += of(&["%", "%zz", "%6", "%ff", "%c0%af", "%u0061"]),
            Self::RawByte => asked.path += of(&["\\", "\\..\\a", "#", "#/../a", "é"]),
            Self::Authority => {
                let host = asked.host.clone();
                asked.host = match rng.u8(0..6) {
                    0 => format!("{host}:99999"),
                    1 => format!("user@{host}"),
                    2 => format!("a..{host}"),
                    3 => format!(".{host}"),
                    4 => format!("{host}.."),
                    _ => format!("a%2e{host}"),
                };
            }
            Self::MethodCase => {
                asked.method = match asked.method {
                    "GET" => "get",
                    "DELETE" => "Delete",
                    _ => "put",
                };
            }
            Self::EscapedCharacter => {
                escape(rng, &mut asked.path);
                asked.plain = Some(Box::new(plain));
            }
            Self::UnusualCharacter => {
                let unusual = of(&["\"", "<b>", "{x}", "a|b", "^", "`", "[1]", "*"]);
                let written = |end: &str| format!("{}/{end}", plain.path.trim_end_matches('/'));
                asked.path = written(unusual);
                asked.plain = Some(Box::new(Asked { path: written("x"), ..plain }));
            }
            Self::Scheme | Self::TwoTokens => {}
        }
        asked.trick = Some(self);
        asked
    }
}

impl fmt::Display for Trick {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::EmptySegment => "an empty segment",
            Self::DotSegment => "a dot segment",
            Self::Semicolon => "a semicolon",
            Self::EscapedDelimiter => "an escaped delimiter",
            Self::EscapedTwice => "an escape in what an escape means",
            Self::NoEscape => "a `%` without an escape, or an escape of no text",
            Self::RawByte => "a byte that a path cannot have",
            Self::Authority => "a host that is none",
            Self::MethodCase => "a method in lower case",
            Self::EscapedCharacter => "an escaped character",
            Self::UnusualCharacter => "a character that has to be escaped",
            Self::Scheme => "the scheme in another case",
            Self::TwoTokens => "two tokens",
        })
    }
}

/// Something else in the place of a slash.
fn replace_slash(rng: &mut Rng, path: &mut String, with: &str) {
    let slashes: Vec<_> = path.match_indices('/').map(|(at, _)| at).collect();
    let at = slashes[rng.usize(..slashes.len())];
    path.replace_range(at..=at, with);
}

/// Some character of the path by its number.
fn escape(rng: &mut Rng, path: &mut String) {
    let stands_alone = |at: &usize| {
        let before = &path[at.saturating_sub(2)..*at];
        !before.contains('%') && !matches!(path.as_bytes()[*at], b'/' | b'%')
    };
    let places: Vec<_> = (0..path.len()).filter(stands_alone).collect();
    let Some(&at) = rng.choice(&places) else { return };
    let byte = path.as_bytes()[at];
    let escaped = if rng.bool() { format!("%{byte:02x}") } else { format!("%{byte:02X}") };
    path.replace_range(at..=at, &escaped);
}
