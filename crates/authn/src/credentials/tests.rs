use super::*;

impl<'a> Credentials<'a> {
    /// Credentials of the default source, whose header has these values.
    pub(crate) fn authorization(values: &[&'a [u8]]) -> Self {
        let mut credentials = Self::new(Box::leak(Box::default()));
        for value in values {
            credentials.note_header(b"authorization", value);
        }
        credentials
    }
}

fn header(name: &str, scheme: Option<&str>) -> TokenSource {
    TokenSource::Header { name: name.to_owned(), scheme: scheme.map(str::to_owned) }
}

fn cookie(name: &str) -> TokenSource {
    TokenSource::Cookie(name.to_owned())
}

fn query(name: &str) -> TokenSource {
    TokenSource::Query(name.to_owned())
}

fn everywhere() -> TokenSources {
    let bearer = header("authorization", Some("Bearer"));
    let sources = vec![bearer, header("x-token", None), cookie("t"), query("token")];
    TokenSources::new(sources).unwrap()
}

/// The token that these headers hold, `:path` among them, or why there is none.
fn found(sources: &TokenSources, headers: &[(&str, &str)]) -> String {
    let mut credentials = Credentials::new(sources);
    for (name, value) in headers {
        match *name {
            ":path" => credentials.note_path(value.as_bytes()),
            name => credentials.note_header(name.as_bytes(), value.as_bytes()),
        }
    }
    let token = credentials.token().and_then(|presented| Ok(presented.checked()?));
    token.map_or_else(|error| error.to_string(), str::to_owned)
}

#[test]
fn the_default_is_one_authorization_header() {
    let refused = "authorization is not `Bearer` and one token";
    for (headers, expected) in [
        (&[("authorization", "Bearer a")][..], "a"),
        (&[], "no bearer token"),
        (&[("x-token", "a"), ("cookie", "t=a"), (":path", "/?token=a")], "no bearer token"),
        (&[("authorization", "Bearer a"), ("authorization", "Bearer a")], refused),
        (&[("authorization", "Basic a"), ("authorization", "Bearer a")], refused),
        (&[("authorization", ""), ("authorization", "")], refused),
    ] {
        assert_eq!(found(&TokenSources::default(), headers), expected, "{headers:?}");
    }
}

#[test]
fn one_token_wherever_it_is() {
    let cookie_refused = "cookie `t` is not one token";
    let query_refused = "query parameter `token` is not one token";
    for (headers, expected) in [
        (&[("x-token", "a")][..], "a"),
        (&[("cookie", "t=a")], "a"),
        (&[(":path", "/x?token=a")], "a"),
        (&[("authorization", "Basic x"), ("cookie", "t=a")], "a"),
        (&[("x-token", ""), ("cookie", "t="), (":path", "/?token=a")], "a"),
        (&[("x-token", ""), ("cookie", "t="), (":path", "/?token=")], "no bearer token"),
        // Cookies: crumbs, several headers, repeated.
        (&[("cookie", "a=1"), ("cookie", "t=a"), ("cookie", "b")], "a"),
        (&[("cookie", "t=a"), ("cookie", "t=a")], "a"),
        (&[("cookie", "t=a; t=a")], "a"),
        (&[("cookie", "t=a; t=b")], cookie_refused),
        (&[("cookie", "t=a; t=b; t=a")], cookie_refused),
        (&[("cookie", "t=a"), ("cookie", "t=b")], cookie_refused),
        (&[("cookie", "t=a"), ("cookie", "t=")], cookie_refused),
        (&[("cookie", "t=\"a\"")], cookie_refused),
        // Names that some upstream takes for ours: Django, Starlette, ASP.NET, PHP.
        (&[("cookie", "t=a; \u{a0}t=b")], cookie_refused),
        (&[("cookie", "t=a"), ("cookie", "\u{85}t=a")], cookie_refused),
        (&[("cookie", "T=a")], cookie_refused),
        (&[("cookie", "t=a; t[]=b")], cookie_refused),
        (&[("cookie", "t=a; u=1, t=b")], cookie_refused),
        // The query.
        (&[(":path", "/?token=a&token=a")], "a"),
        (&[(":path", "/?token=a&token=b")], query_refused),
        (&[(":path", "/?token=a&tok%65n=b")], query_refused),
        (&[(":path", "/?token=a&token")], query_refused),
        (&[(":path", "/?token=%61")], query_refused),
        (&[(":path", "/?x=1;token=b&token=a")], query_refused),
        (&[(":path", "/?token=a&Token=b")], query_refused),
        (&[(":path", "/?token=a&+token=b")], query_refused),
        (&[(":path", "/?token=a&token%5B%5D=b")], query_refused),
        // Two places.
        (&[("authorization", "Bearer a"), ("x-token", "a"), (":path", "/?token=a")], "a"),
        (
            &[("authorization", "Bearer a"), ("x-token", "b")],
            "authorization and x-token have different tokens",
        ),
        (
            &[("x-token", "a"), ("cookie", "t=a"), (":path", "/?token=b")],
            "x-token and query parameter `token` have different tokens",
        ),
        (&[("cookie", "t=a"), ("x-token", "Bearer a")], "x-token is not one token"),
        (&[("cookie", "t=a"), ("x-token", "a"), ("x-token", "a")], "x-token is not one token"),
    ] {
        assert_eq!(found(&everywhere(), headers), expected, "{headers:?}");
    }
}

#[test]
fn sources_that_read_the_same_place_are_refused() {
    let overlap = Err(InvalidTokenSources::Overlap { first: 0, second: 1 });
    let bearer = header("authorization", Some("Bearer"));
    for (one, two, expected) in [
        (bearer.clone(), header("authorization", Some("bearer")), overlap),
        (bearer.clone(), header("authorization", None), overlap),
        (header("x", None), header("x", None), overlap),
        (cookie("t"), cookie("t"), overlap),
        (query("t"), query("t"), overlap),
        (bearer.clone(), header("authorization", Some("JWT")), Ok(())),
        (bearer, header("x", Some("Bearer")), Ok(())),
        (cookie("t"), query("t"), Ok(())),
        (cookie("t"), cookie("T"), overlap),
        (query("a.b"), query("a_b"), overlap),
        (cookie("t"), cookie("t2"), Ok(())),
    ] {
        let sources = vec![one, two];
        assert_eq!(TokenSources::new(sources.clone()).map(|_| ()), expected, "{sources:?}");
    }
    let nine = (0..9).map(|index| cookie(&index.to_string())).collect();
    assert_eq!(TokenSources::new(nine), Err(InvalidTokenSources::TooMany(9)));
}

#[test]
fn debug_never_shows_the_token() {
    let sources = everywhere();
    let mut credentials = Credentials::new(&sources);
    credentials.note_header(b"authorization", b"Bearer secret");
    credentials.note_header(b"cookie", b"t=secret; t=other");
    assert_eq!(
        format!("{credentials:?}"),
        "{\"authorization\": \"one\", \"x-token\": \"none\", \"cookie `t`\": \"several\", \
         \"query parameter `token`\": \"none\"}"
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(
        cookies in proptest::collection::vec("[t=; a\"%]{0,12}|.{0,12}", 0..4),
        path in "/?[?&=%token6]{0,20}|.{0,20}",
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..20),
    ) {
        let sources = everywhere();
        let mut credentials = Credentials::new(&sources);
        for cookie in &cookies {
            credentials.note_header(b"cookie", cookie.as_bytes());
        }
        credentials.note_header(b"cookie", &bytes);
        credentials.note_header(b"x-token", &bytes);
        credentials.note_path(path.as_bytes());
        let _ = credentials.token();
    }
}

proptest::proptest! {
    /// Reading a JWT at once says the same as looking at the form of a token first.
    #[test]
    fn a_jwt_is_what_has_the_form_of_a_token_first(
        place in 0_usize..60,
        removed in 0_usize..3,
        inserted in proptest::collection::vec(proptest::num::u8::ANY, 0..3),
    ) {
        // {"alg":"HS256"}, {"sub":"alice"}, "sig".
        let mut bytes = b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln".to_vec();
        let start = place.min(bytes.len());
        let end = start.saturating_add(removed).min(bytes.len());
        bytes.splice(start..end, inserted);
        let source = TokenSource::Cookie("t".to_owned());
        let presented = Presented { source: &source, bytes: &bytes };
        let said = |jwt: Result<Jwt<'_>, InvalidToken>| {
            jwt.map_or_else(|invalid| invalid.to_string(), |jwt| format!("{jwt:?}"))
        };
        let in_two_steps = presented.checked().and_then(Jwt::parse);
        proptest::prop_assert_eq!(said(presented.jwt()), said(in_two_steps));
    }
}

/// A header is looked for by the length of its name first, and long names share a bit.
#[test]
fn a_token_is_found_in_a_header_with_a_name_of_any_length() {
    for length in (1..=130).chain([255, 256, 1_000]) {
        let name = "x".repeat(length);
        let sources = TokenSources::new(vec![header(&name, None), cookie("t")]).unwrap();
        let mut credentials = Credentials::new(&sources);
        for other in [length.saturating_sub(1), length + 1, length + 64] {
            credentials.note_header("x".repeat(other).as_bytes(), b"other");
        }
        assert!(credentials.is_empty(), "{length}");
        credentials.note_header(name.as_bytes(), b"token");
        assert_eq!(credentials.token().unwrap().bytes, b"token", "{length}");
        credentials.note_header(b"cookie", b"t=another");
        assert!(credentials.token().is_err(), "{length}");
    }
}
