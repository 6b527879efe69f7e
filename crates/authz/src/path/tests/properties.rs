//! What holds for every path, with whatever options.

use proptest::prelude::*;

use super::*;

pub(crate) fn any_options() -> impl Strategy<Value = PathOptions> {
    (
        prop::sample::select(vec![EncodedSlash::Reject, EncodedSlash::Allow]),
        prop::sample::select(vec![Semicolon::Reject, Semicolon::Allow, Semicolon::Strip]),
        prop::sample::select(vec![TrailingSlash::Ignore, TrailingSlash::Strict]),
        prop::sample::select(vec![Case::Sensitive, Case::Insensitive]),
    )
        .prop_map(|(encoded_slash, semicolon, trailing_slash, case)| PathOptions {
            encoded_slash,
            semicolon,
            trailing_slash,
            case,
        })
}

/// Paths of the pieces that attacks are made of; bytes at random are hardly ever one.
fn any_path() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "/", "/", "/", "a", "B", ".", "..", ";", "x=1", "%2F", "%2f", "%5C", "%2e", "%2E", "%3B",
        "%3b", "%25", "2e", "%61", "%C3%9F", "%C4%B0", "%00", "%", "?", "//",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        prop::collection::vec(piece, 0..12)
            .prop_map(|pieces| format!("/{}", pieces.concat()).into_bytes()),
    ]
}

/// What no segment may have, and what none may be.
fn check(segments: &Segments<'_>, options: PathOptions) -> Result<(), TestCaseError> {
    let last = segments.all().len().saturating_sub(1);
    for (index, segment) in segments.iter().enumerate() {
        let trailing =
            options.trailing_slash == TrailingSlash::Strict && index == last && index > 0;
        prop_assert!(!segment.is_empty() || trailing);
        prop_assert!(!segment.contains(['\\', '\0', '#', '?']));
        prop_assert!(!segment.contains('/') || options.encoded_slash == EncodedSlash::Allow);
        prop_assert!(!segment.contains(';') || options.semicolon == Semicolon::Allow);
        for piece in segment.split('/').map(before_semicolon) {
            prop_assert!(piece != "." && piece != "..");
        }
    }
    Ok(())
}

fn lists(path: &[u8], options: PathOptions) -> Option<Vec<String>> {
    let segments = Segments::parse(path, options).ok()?;
    Some(segments.iter().map(str::to_owned).collect())
}

/// No byte is plain that is not, wherever it stands.
#[test]
fn every_byte_has_the_reading_of_the_long_way() {
    for byte in 0..=255 {
        for path in [&[byte][..], &[b'a', byte], &[byte, b'a'], &[b'a', b'/', byte, b'/', b'b']] {
            let plain = Segments::plain(path);
            let long = Segments::spelled(path, DEFAULT).ok();
            assert!(plain.is_none() || plain == long, "{}", path.escape_ascii());
        }
    }
}

proptest! {
    #[test]
    fn any_path_is_answered_and_none_leads_elsewhere(path in any_path(), options in any_options()) {
        if let Ok(segments) = Segments::parse(&path, options) {
            check(&segments, options)?;
        }
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does(rest in any_path()) {
        let plain = Segments::plain(&rest);
        prop_assert!(plain.is_none() || plain == Segments::spelled(&rest, DEFAULT).ok());
    }

    #[test]
    fn most_paths_go_the_short_way(
        path in "([a-z0-9_~!$&'()*+,=:@-]{1,8}/){0,4}[a-z0-9]{0,8}",
        query in "([?][!-~]{0,8})?",
    ) {
        let rest = format!("{path}{query}");
        let long = Segments::spelled(rest.as_bytes(), DEFAULT).ok();
        prop_assert_eq!(Segments::plain(rest.as_bytes()), long);
    }

    #[test]
    fn encoding_an_unreserved_character_changes_nothing(
        text in "[a-zA-Z0-9_~-]{1,12}",
        options in any_options(),
    ) {
        let plain = format!("/{text}");
        let escapes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let encoded = format!("/{}", escapes.concat());
        let (plain, encoded) = (plain.as_bytes(), encoded.as_bytes());
        prop_assert_eq!(Segments::parse(plain, options), Segments::parse(encoded, options));
    }

    /// What has a reading with the defaults has the same one with every option, but for the trailing slash.
    #[test]
    fn options_only_concern_what_they_name(path in any_path(), options in any_options()) {
        if let Some(by_default) = lists(&path, PathOptions::default()) {
            let mut found = lists(&path, options).unwrap();
            if found.last().is_some_and(String::is_empty) {
                found.pop();
            }
            prop_assert_eq!(found, by_default);
        }
    }

    #[test]
    fn strict_never_equates(path in any_path(), options in any_options()) {
        let strict = PathOptions { trailing_slash: TrailingSlash::Strict, ..options };
        let path: Vec<u8> = path.into_iter().take_while(|byte| *byte != b'?').collect();
        let with_slash = [&path[..], b"/"].concat();
        let (without, with) = (lists(&path, strict), lists(&with_slash, strict));
        prop_assert!(without.is_none() || without != with);
    }
}
