//! Dot segments in every spelling.

use super::{Add, has};

/// From an open place, up and over.
pub(super) fn add(path: Add<'_>) {
    for base in ["", "/public", "/files", "/public/x", "/nowhere/at/all"] {
        let levels = base.matches('/').count().max(1);
        for &up in UPS {
            for slash in ["/", "//", "%2f", "%252f", "\\", "%5c", "%c0%af", ";/"] {
                let mut target = base.as_bytes().to_vec();
                for _ in 0..levels {
                    target.extend(
                        [if target.is_empty() { b"/" } else { slash.as_bytes() }, up].concat(),
                    );
                }
                target.extend([slash.as_bytes(), b"admin/secret"].concat());
                let class = if up.contains(&b';') || slash == ";/" || has(up, b"%3b") {
                    "`;` parameters"
                } else if up.contains(&b'%') || slash.contains('%') {
                    "encoded dot segments"
                } else {
                    "dot segments"
                };
                path(class, target);
            }
        }
    }
    for slash in ["/", "%2f", "\\", "%5c"] {
        for inner in [
            "/admin{s}x{s}..{s}secret",
            "/admin{s}secret{s}.",
            "/admin{s}.{s}secret",
            "/report{s}x{s}..",
        ] {
            path("dot segments", inner.replace("{s}", slash).into());
            path("encoded dot segments", inner.replace("{s}", slash).replace('.', "%2e").into());
        }
    }
}

const UPS: &[&[u8]] = &[
    b"..",
    b".",
    b"...",
    b"....",
    b"%2e%2e",
    b"%2E%2E",
    b".%2e",
    b"%2e.",
    b"%252e%252e",
    b".%252e",
    b"%25252e%25252e",
    b"%%32%65%%32%65",
    b"%u002e%u002e",
    b"%c0%ae%c0%ae",
    b"%c0%2e%c0%2e",
    b"%e0%80%ae%e0%80%ae",
    b"%ef%bc%8e%ef%bc%8e",
    b"%e2%80%a5",
    b"..%00",
    b"%00..",
    b"..%0d",
    b"..%0a",
    b"..%20",
    b"%20..",
    b"..%09",
    b"..%01",
    b".%00.",
    b"..;",
    b"..;x",
    b"..;x=1",
    b"%2e%2e;",
    b"%2e%2e;x=1",
    b"..%3b",
    b"..%3bx",
    b".;.",
    b";..",
    b"..%23",
    b"..%3f",
    b"..\xff",
    b"..%ff",
    b".\t.",
];
