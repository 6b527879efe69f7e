//! What each option changes, line by line.

use super::*;

#[test]
fn encoded_slash_allow() {
    read(
        SLASH,
        &[
            ("/repos/a%2Fb", &["repos", "a/b"]),
            ("/repos/a%2fb/files", &["repos", "a/b", "files"]),
            ("/%2F", &["/"]),
            ("/a%2F", &["a/"]),
            ("/a%2F/", &["a/"]),
            // An address as an identifier.
            ("/of/https:%2F%2Fidp.example.com%2F", &["of", "https://idp.example.com/"]),
            ("/a%2F...%2Fb", &["a/.../b"]),
            ("/a%2F.b%2Fc.", &["a/.b/c."]),
        ],
    );
    refused(
        SLASH,
        &[
            (b"%2Fa", NoLeadingSlash),
            (b"/a%2F..", DotSegment),
            (b"/..%2Fa", DotSegment),
            (b"/a%2F..%2Fb", DotSegment),
            (b"/a%2F%2E%2e%2fb", DotSegment),
            (b"/a%2F.%2Fb", DotSegment),
            (b"/.%2F", DotSegment),
            (b"/a/%2F../b", DotSegment),
            (b"/a%252Fb", DoubleEncoding),
            (b"/a%25%32%46b", DoubleEncoding),
            (b"/a%2Fb%2520", DoubleEncoding),
            (b"/a%c0%afb", NotUtf8),
            (b"/a%5Cb", Escape(b'\\')),
            (b"/a%2F..%5C", Escape(b'\\')),
            (b"/a%2F//b", EmptySegment),
            (b"/a%2F;b", RawByte(b';')),
        ],
    );
}

#[test]
fn semicolon_allow() {
    read(
        SEMICOLON,
        &[
            ("/a;x=1", &["a;x=1"]),
            ("/a%3Bx=1", &["a;x=1"]),
            ("/a%3bx;y/b", &["a;x;y", "b"]),
            ("/;/a", &[";", "a"]),
            ("/;", &[";"]),
            ("/a;../b", &["a;..", "b"]),
            ("/...;x", &["...;x"]),
        ],
    );
    refused(
        SEMICOLON,
        &[
            // To whom `;` is a character these are names, but to nobody who means well.
            (b"/..;/a", DotSegment),
            (b"/a/..;x=1/b", DotSegment),
            (b"/.;/a", DotSegment),
            (b"/%2e.%3bx/a", DotSegment),
            (b"/a%253Bb", DoubleEncoding),
            (b"/a;%2Fb", Escape(b'/')),
            (b"/a;#", RawByte(b'#')),
        ],
    );
}

#[test]
fn semicolon_strip() {
    read(
        STRIP,
        &[
            ("/a;x=1", &["a"]),
            ("/a;x=1/b;y;z/c", &["a", "b", "c"]),
            ("/a;x=1/", &["a"]),
            ("/a;", &["a"]),
            ("/%61dmin;x", &["admin"]),
            ("/a;%61", &["a"]),
            ("/a;../b", &["a", "b"]),
            ("/a;caf%C3%A9", &["a"]),
            ("/caf%C3%A9;x", &["café"]),
            ("/...;x", &["..."]),
            ("/a?b;c", &["a"]),
        ],
    );
    refused(
        STRIP,
        &[
            (b"/..;/a", DotSegment),
            (b"/a/..;x=1/b", DotSegment),
            (b"/.;/a", DotSegment),
            (b"/%2e%2e;/a", DotSegment),
            (b"/;/a", EmptySegment),
            (b"/a/;x/b", EmptySegment),
            (b"/;", EmptySegment),
            (b"/a/;", EmptySegment),
            (b"/;/", EmptySegment),
            // Decoded first, these are parameters; dropped first, they are names.
            (b"/a%3Bx", Escape(b';')),
            (b"/a%3bx;y", Escape(b';')),
            (b"/..%3B/a", Escape(b';')),
            // What is dropped has to be readable, too.
            (b"/a;%2F", Escape(b'/')),
            (b"/a;%00", Escape(0)),
            (b"/a;%zz", BadEscape),
            (b"/a;%2541", DoubleEncoding),
            (b"/a;%ff", NotUtf8),
            (b"/a; ", RawByte(b' ')),
        ],
    );
}

#[test]
fn semicolon_strip_with_encoded_slash_allow() {
    let both = PathOptions { semicolon: Semicolon::Strip, ..SLASH };
    read(both, &[("/a%2Fb;x/c", &["a/b", "c"]), ("/%2F;x", &["/"])]);
    refused(
        both,
        &[
            (b"/a%2F..;x", DotSegment),
            (b"/a;x%2F..%2Fb", DotSegment),
            (b"/..;%2Fa", DotSegment),
            (b"/a;x%2Fb", Escape(b'/')),
            (b"/a%2Fb%3Bx", Escape(b';')),
        ],
    );
}

#[test]
fn trailing_slash_strict() {
    read(
        STRICT,
        &[
            ("/", &[]),
            ("/?/", &[]),
            ("/a", &["a"]),
            ("/a/", &["a", ""]),
            ("/a/b/?c/", &["a", "b", ""]),
            ("/a?/", &["a"]),
        ],
    );
    refused(
        STRICT,
        &[
            (b"//", EmptySegment),
            (b"/a//", EmptySegment),
            (b"//a/", EmptySegment),
            (b"/../", DotSegment),
        ],
    );
    let strip = PathOptions { semicolon: Semicolon::Strip, ..STRICT };
    read(strip, &[("/a;x/", &["a", ""])]);
    // What is left of a segment is never what follows a trailing slash.
    refused(strip, &[(b"/a/;x", EmptySegment), (b"/;", EmptySegment)]);
}

#[test]
fn case_insensitive() {
    for (path, spelled, compared) in [
        ("/Admin/b", &["Admin", "b"][..], &["admin", "b"][..]),
        ("/%41DMIN", &["ADMIN"], &["admin"]),
        ("/CAF%C3%89", &["CAFÉ"], &["café"]),
        ("/%E2%84%AAeys", &["\u{212a}eys"], &["keys"]),
        ("/u%C5%BFers", &["u\u{17f}ers"], &["users"]),
        ("/adm%C4%B1n", &["adm\u{131}n"], &["admin"]),
        ("/stra%C3%9Fe", &["stra\u{df}e"], &["strasse"]),
    ] {
        read(INSENSITIVE, &[(path, spelled)]);
        let found = Segments::parse(path.as_bytes(), INSENSITIVE).unwrap();
        let means = |(segment, literal): (&Segment<'_>, &&str)| segment.compared() == *literal;
        assert!(found.all().iter().zip(compared).all(means), "{path}");
    }
    refused(INSENSITIVE, &[(b"/A%2FB", Escape(b'/')), (b"/%2E%2E", DotSegment)]);
    let borrowed = Segments::parse(b"/a-1/b_2", INSENSITIVE).unwrap();
    let borrows = |segment: &Segment<'_>| {
        matches!(segment.spelling, Cow::Borrowed(_)) && segment.folded.is_none()
    };
    assert!(borrowed.all().iter().all(borrows), "{borrowed:?}");
}
