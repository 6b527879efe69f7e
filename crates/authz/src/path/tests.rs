use super::InvalidPath::{
    BadEscape, DotSegment, DoubleEncoding, EmptySegment, Escape, NoLeadingSlash, NotUtf8, RawByte,
};
use super::*;

#[test]
fn one_reading() {
    for (path, segments) in [
        ("/", &[][..]),
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
    ] {
        let found = Segments::parse(path.as_bytes());
        assert_eq!(
            found.as_ref().map(|found| found.iter().collect()),
            Ok(segments.to_vec()),
            "{path}"
        );
    }
}

#[test]
fn no_reading() {
    for (path, expected) in [
        (&b""[..], NoLeadingSlash),
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
    ] {
        assert_eq!(Segments::parse(path), Err(expected), "{:?}", String::from_utf8_lossy(path));
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(path in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
        if let Ok(segments) = Segments::parse(&path) {
            for segment in segments.iter() {
                proptest::prop_assert!(!segment.is_empty() && !segment.contains(['/', '\\', '\0', ';']));
                proptest::prop_assert!(segment != "." && segment != "..");
            }
        }
    }

    #[test]
    fn encoding_an_unreserved_character_changes_nothing(text in "[a-zA-Z0-9_~-]{1,12}") {
        let plain = format!("/{text}");
        let escapes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let encoded = format!("/{}", escapes.concat());
        proptest::prop_assert_eq!(Segments::parse(plain.as_bytes()), Segments::parse(encoded.as_bytes()));
    }
}
