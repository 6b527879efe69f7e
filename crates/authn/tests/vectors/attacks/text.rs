//! What header and payload say: JSON in UTF-8 (RFC 8725 section 3.7), whole, strict, and each member once.

use super::{ES256, OURS, check, our_jwk};
use crate::door::{ACCEPTED, claims, for_keys};

/// Texts that lenient readers take for an object, and what is wrong with each.
const LENIENT: &[(&[u8], &str)] = &[
    (b"", "EOF while parsing a value at line 1 column 0"),
    (br#"{"alg":"ES256",}"#, "trailing comma at line 1 column 16"),
    (br#"{"alg":"ES256",,"a":1}"#, "key must be a string at line 1 column 16"),
    (b"{'alg':'ES256'}", "key must be a string at line 1 column 2"),
    (br#"{alg:"ES256"}"#, "key must be a string at line 1 column 2"),
    (br#"{"alg":"ES256"/**/}"#, "expected `,` or `}` at line 1 column 15"),
    (br#"{"alg":"ES256"}//"#, "trailing characters at line 1 column 16"),
    (br#"{"alg":"ES256"}{}"#, "trailing characters at line 1 column 16"),
    (b"{\"alg\":\"ES256\"}\0", "trailing characters at line 1 column 16"),
    (br#"{"alg":"ES256""#, "EOF while parsing an object at line 1 column 14"),
    (br#"{"alg":"ES256","a":01}"#, "invalid number at line 1 column 21"),
    (br#"{"alg":"ES256","a":+1}"#, "expected value at line 1 column 20"),
    (br#"{"alg":"ES256","a":NaN}"#, "expected value at line 1 column 20"),
    (br#"{"alg":"ES256","a":Infinity}"#, "expected value at line 1 column 20"),
    (br#"{"alg":"ES256","a":0x10}"#, "expected `,` or `}` at line 1 column 21"),
    (br#"{"alg":"ES256","a":True}"#, "expected value at line 1 column 20"),
    (
        b"{\"alg\":\"ES256\",\"a\":\"\n\"}",
        "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0",
    ),
    (
        b"{\"alg\":\"ES256\",\"a\":\"\0\"}",
        "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 21",
    ),
    (br#"{"alg":"ES256","a":"\x41"}"#, "invalid escape at line 1 column 22"),
    (br#"{"alg":"ES256","a":"\ud800"}"#, "unexpected end of hex escape at line 1 column 27"),
    (b"{\"alg\":\"ES256\",\"a\":\"\xff\"}", "invalid unicode code point at line 1 column 21"),
    // Overlong, a surrogate in UTF-8, UTF-16 with and without a mark, and a mark before UTF-8.
    (b"{\"alg\":\"ES256\",\"a\":\"\xc0\xaf\"}", "invalid unicode code point at line 1 column 21"),
    (
        b"{\"alg\":\"ES256\",\"a\":\"\xed\xa0\x80\"}",
        "invalid unicode code point at line 1 column 21",
    ),
    (b"{\0\"\0a\0\"\0:\x001\0}\0", "key must be a string at line 1 column 2"),
    (b"\xff\xfe{\0}\0", "expected value at line 1 column 1"),
    (b"\xef\xbb\xbf{\"alg\":\"ES256\"}", "expected value at line 1 column 1"),
    (br#"[{"alg":"ES256"}]"#, "expected an object, found an array"),
    (br#""{\"alg\":\"ES256\"}""#, "expected an object, found a string"),
    (b"null", "expected an object, found null"),
    // Another token, as of a nested JWT (RFC 7519 section 5.2).
    (b"eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "expected value at line 1 column 1"),
];

#[test]
fn lenient_readers() {
    let door = for_keys(&[our_jwk("ec")]);
    let (header, claims) = (r#"{"alg":"ES256"}"#, claims().to_string());
    let reason = |part, what: &str| {
        format!("the token's {part} is not a JSON object with unique members: {what}")
    };
    for (text, what) in LENIENT {
        let name = String::from_utf8_lossy(text);
        let rows = [
            (&name, OURS.token(ES256, text, &claims), reason("header", what)),
            (&name, OURS.token(ES256, header, text), reason("payload", what)),
        ];
        check(&door, rows.into());
    }
    // RFC 8259 section 2: blanks around values are JSON's own.
    let rows = [
        ("good", OURS.token(ES256, header, &claims), ACCEPTED),
        ("blanks", OURS.token(ES256, " { \"alg\" :\t\"ES256\" }\r\n", &claims), ACCEPTED),
    ];
    check(&door, rows.into());
}

/// Objects in objects: a reader that calls itself for each would run out of stack.
#[test]
fn depth() {
    let door = for_keys(&[our_jwk("ec")]);
    let deep = |levels: usize| {
        let value = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let start = format!("{{\"a\":{value},");
        OURS.token(ES256, r#"{"alg":"ES256"}"#, claims().to_string().replacen('{', &start, 1))
    };
    let refused = "the token's payload is not a JSON object with unique members: \
                   recursion limit exceeded at line 1 column 132";
    let rows =
        [("126", deep(126), ACCEPTED), ("127", deep(127), refused), ("5000", deep(5_000), refused)];
    check(&door, rows.into());
}

#[test]
fn members_are_unique() {
    let header = r#"{"alg":"ES256"}"#;
    let claims = claims().to_string();
    let duplicate = |part: &str, name: &str, column: usize| {
        let at = format!("duplicate member \"{name}\" at line 1 column {column}");
        format!("the token's {part} is not a JSON object with unique members: {at}")
    };
    let payload = |start: &str| OURS.token(ES256, header, claims.replacen('{', start, 1));
    let under = |header: &str| OURS.token(ES256, header, &claims);
    let sub_again = claims.find("\"sub\"").unwrap() + r#""sub":"mallory","#.len() + 5;
    let rows = [
        ("good", under(header), ACCEPTED.to_owned()),
        ("alg", under(r#"{"alg":"none","alg":"ES256"}"#), duplicate("header", "alg", 19)),
        ("alg", under(r#"{"alg":"ES256","\u0061lg":"none"}"#), duplicate("header", "alg", 25)),
        ("kid", under(r#"{"kid":"a","alg":"ES256","kid":"b"}"#), duplicate("header", "kid", 30)),
        ("sub", payload(r#"{"sub":"mallory","#), duplicate("payload", "sub", sub_again)),
        ("deep", payload(r#"{"a":[{"b":1,"b":2}],"#), duplicate("payload", "b", 16)),
    ];
    check(&for_keys(&[our_jwk("ec")]), rows.into());
    // Names are compared byte for byte: these are others, and mean nothing.
    let alike = payload(r#"{"Sub":"mallory","sub ":"mallory","EXP":0,"#);
    check(&for_keys(&[our_jwk("ec")]), vec![("other case", alike, ACCEPTED)]);
}
