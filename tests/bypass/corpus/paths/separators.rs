//! What may be taken for a slash.

use super::{Add, has};
use crate::corpus::PROTECTED;

/// Each slash in turn is something that may be taken for one.
pub(super) fn add(path: Add<'_>) {
    for segments in PROTECTED {
        for at in 0..segments.len() {
            for &separator in SEPARATORS {
                let class = match separator {
                    _ if separator.contains(&b';') || separator.starts_with(b"%3") => {
                        "`;` parameters"
                    }
                    b"//" | b"///" | b"////" => "repeated slashes",
                    _ if separator.contains(&b'.') || has(separator, b"%2e") => "dot segments",
                    _ if has(separator, b"%5c") || separator.contains(&b'\\') => "backslashes",
                    _ if separator.contains(&b'%') => "encodings",
                    _ => "control and non-ASCII bytes",
                };
                path(class, joined(segments, at, separator));
            }
        }
    }
}

fn joined(segments: &[&str], at: usize, separator: &[u8]) -> Vec<u8> {
    let mut path = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        let separator = if place == at { separator } else { b"/" };
        // A target begins with a slash; the ones that do not are in `targets`.
        if place == 0 && !separator.starts_with(b"/") {
            path.push(b'/');
        }
        path.extend([separator, segment.as_bytes()].concat());
    }
    path
}

const SEPARATORS: &[&[u8]] = &[
    b"//",
    b"///",
    b"////",
    b"/./",
    b"/.//",
    b"//./",
    b"/%2e/",
    b"/%2E/",
    b"/%252e/",
    b"/x/../",
    b"/x/%2e%2e/",
    b"/x/.%2e/",
    b"/x/..%2f",
    b"/x%2f..%2f",
    b"/x//../",
    b"/..//",
    b"/../",
    b"/%2e%2e/",
    b"/%2f",
    b"%2f",
    b"%2F",
    b"%2f%2f",
    b"/%2f/",
    b"%252f",
    b"%252F",
    b"%25252f",
    b"%%32%66",
    b"%25%32%66",
    b"%u2215",
    b"%u002f",
    b"%c0%af",
    b"%C0%AF",
    b"%e0%80%af",
    b"%f0%80%80%af",
    b"%c0%2f",
    b"%c1%9c",
    b"%ef%bc%8f",
    b"%e2%88%95",
    b"%e2%81%84",
    b"\xc0\xaf",
    b"\xef\xbc\x8f",
    b"\\",
    b"/\\",
    b"\\/",
    b"\\\\",
    b"%5c",
    b"%5C",
    b"/%5c",
    b"%5c/",
    b"%255c",
    b"/\\../",
    b";/",
    b"/;/",
    b"/;x/",
    b"/;x=1/",
    b";x/",
    b";x=1/",
    b";x;y/",
    b";/;/",
    b"/.;/",
    b"/.;x=1/",
    b"/x/..;/",
    b"/x/..;x=1/",
    b"/x/%2e%2e;/",
    b"/x/..%3b/",
    b"%3b/",
    b"%3B/",
    b"/%3b/",
    b"/%3bx/",
    b"%3bx/",
    b"%253b/",
    b";%2f",
    b";%2e/",
    b"/%20/",
    b"%20/",
    b"/%09/",
    b"/%0a/",
    b"/%0d%0a/",
    b"%0a/",
    b"/%00/",
    b"%00/",
    b"/%7f/",
    b"/%ff/",
    b"/%80/",
    b"/\xff/",
    b"/\x80/",
    b"/\x01/",
    b"/\t/",
    b"/ /",
    b"\t/",
    b"/\x0b/",
    b"/\x7f/",
    b"/\x00/",
    b":/",
    b"/:/",
    b"/@/",
    b"/~/",
    b"/*/",
];
