//! Which paths have a reading, and which: with the default options, and with each other one.

use super::InvalidPath::{
    BadEscape, DotSegment, DoubleEncoding, EmptySegment, Escape, NoLeadingSlash, NotUtf8, RawByte,
};
use super::*;

mod options;
pub(crate) mod properties;

pub(crate) const DEFAULT: PathOptions = PathOptions {
    encoded_slash: EncodedSlash::Reject,
    semicolon: Semicolon::Reject,
    trailing_slash: TrailingSlash::Ignore,
    case: Case::Sensitive,
};
pub(crate) const SLASH: PathOptions = PathOptions { encoded_slash: EncodedSlash::Allow, ..DEFAULT };
pub(crate) const SEMICOLON: PathOptions = PathOptions { semicolon: Semicolon::Allow, ..DEFAULT };
pub(crate) const STRIP: PathOptions = PathOptions { semicolon: Semicolon::Strip, ..DEFAULT };
pub(crate) const STRICT: PathOptions =
    PathOptions { trailing_slash: TrailingSlash::Strict, ..DEFAULT };
pub(crate) const INSENSITIVE: PathOptions = PathOptions { case: Case::Insensitive, ..DEFAULT };

fn read(options: PathOptions, table: &[(&str, &[&str])]) {
    for (path, segments) in table {
        let found = Segments::parse(path.as_bytes(), options);
        let found = found.as_ref().map(|found| found.iter().collect());
        assert_eq!(found, Ok(segments.to_vec()), "{path} with {options:?}");
    }
}

fn refused(options: PathOptions, table: &[(&[u8], InvalidPath)]) {
    for (path, expected) in table {
        let shown = String::from_utf8_lossy(path);
        assert_eq!(Segments::parse(path, options), Err(*expected), "{shown} with {options:?}");
    }
}

#[test]
fn one_reading() {
    assert_eq!(PathOptions::default(), DEFAULT);
    read(DEFAULT, ONE_READING);
}

#[test]
fn no_reading() {
    refused(DEFAULT, NO_READING);
}

#[test]
fn an_option_says_nothing_about_the_rest() {
    let concerns = |path: &[u8], what: &[&str]| {
        let path = String::from_utf8_lossy(path).to_ascii_lowercase();
        what.iter().any(|what| path.contains(what))
    };
    for (options, own) in [
        (SLASH, &["%2f"][..]),
        (SEMICOLON, &[";", "%3b"]),
        (STRIP, &[";"]),
        (STRICT, &[]),
        (INSENSITIVE, &[]),
    ] {
        for case in NO_READING.iter().filter(|(path, _)| !concerns(path, own)) {
            refused(options, &[*case]);
        }
        let strict = options == STRICT;
        for case in ONE_READING.iter().filter(|(path, _)| !strict || !path.contains("a/")) {
            read(options, &[*case]);
        }
    }
}

/// A path and its segments.
const ONE_READING: &[(&str, &[&str])] = &[
    ("/", &[]),
    ("/?x=/a", &[]),
    ("/a", &["a"]),
    ("/a/", &["a"]),
    ("/a/b.c/~d_e-f", &["a", "b.c", "~d_e-f"]),
    ("/a?b/../c#d", &["a"]),
    ("/a/?b", &["a"]),
    ("/%61dmin", &["admin"]),
    ("/%41", &["A"]),
    ("/a%20b", &["a b"]),
    ("/a%2Bb+c", &["a+b+c"]),
    ("/caf%C3%A9", &["café"]),
    ("/100%25", &["100%"]),
    ("/100%25x", &["100%x"]),
    ("/...", &["..."]),
    ("/.hidden", &[".hidden"]),
    ("/a..b", &["a..b"]),
    ("/a:b@c=d&e,f", &["a:b@c=d&e,f"]),
    ("/*", &["*"]),
    ("/{id}", &["{id}"]),
];

/// A path and why it is refused.
const NO_READING: &[(&[u8], InvalidPath)] = &[
    (b"", NoLeadingSlash),
    (b"*", NoLeadingSlash),
    (b"a/b", NoLeadingSlash),
    (b"?/a", NoLeadingSlash),
    (b"http://h/a", NoLeadingSlash),
    (b"%2fa", NoLeadingSlash),
    (b"//", EmptySegment),
    (b"//a", EmptySegment),
    (b"/a//b", EmptySegment),
    (b"/a//", EmptySegment),
    (b"/a//?x", EmptySegment),
    (b"/.", DotSegment),
    (b"/..", DotSegment),
    (b"/a/../b", DotSegment),
    (b"/a/./b", DotSegment),
    (b"/a/..", DotSegment),
    (b"/a/%2e%2E/b", DotSegment),
    (b"/a/.%2e", DotSegment),
    (b"/a/%2e/", DotSegment),
    (b"/a/..;/b", RawByte(b';')),
    (b"/a;x=1", RawByte(b';')),
    (b"/;/a", RawByte(b';')),
    (b"/a#b", RawByte(b'#')),
    (b"/a\\b", RawByte(b'\\')),
    (b"/a b", RawByte(b' ')),
    (b"/a\tb", RawByte(b'\t')),
    (b"/a\0", RawByte(0)),
    (b"/a\x7f", RawByte(0x7f)),
    (b"/caf\xc3\xa9", RawByte(0xc3)),
    (b"/\xff", RawByte(0xff)),
    (b"/%61\xff", RawByte(0xff)),
    (b"/a%2fb", Escape(b'/')),
    (b"/a%2Fb", Escape(b'/')),
    (b"/a%5cb", Escape(b'\\')),
    (b"/a%23b", Escape(b'#')),
    (b"/a%3fb", Escape(b'?')),
    (b"/a%3Bb", Escape(b';')),
    (b"/a%00", Escape(0)),
    (b"/a%0d%0a", Escape(0x0d)),
    (b"/a%7f", Escape(0x7f)),
    (b"/a%", BadEscape),
    (b"/a%4", BadEscape),
    (b"/a%4/b", BadEscape),
    (b"/a%zz", BadEscape),
    (b"/a%+1", BadEscape),
    (b"/a%u0041", BadEscape),
    (b"/a%252fb", DoubleEncoding),
    (b"/a%252Eb", DoubleEncoding),
    (b"/a%25%32%66", DoubleEncoding),
    (b"/%2541", DoubleEncoding),
    (b"/a%c0%af", NotUtf8),
    (b"/a%e0%80%af", NotUtf8),
    (b"/a%ff", NotUtf8),
    (b"/a%c3", NotUtf8),
    (b"/a%ed%a0%80", NotUtf8),
];
