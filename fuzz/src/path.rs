//! A target and a table of paths: one reading or none, which stays the same when it is read again, is what a server would
//! read, and leads to the rule that a scan of the whole table finds.
//!
//! Input, by lines: a letter for the options, then method, authority and path; path patterns, of each a rule.

use authz::{
    Access, Case, EncodedSlash, HostPattern, InvalidTarget, MethodPattern, PathOptions,
    PathPattern, Policy, Rule, Semicolon, Target, TrailingSlash, Words, naive,
};

use crate::sentence::{assert_sentence, assert_short};

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let Some((letter, rest)) = first.split_first() else { return false };
    let options = options(*letter);
    let mut parts = rest.splitn(3, |byte| *byte == b' ');
    let [method, authority, path] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let target = match Target::parse(method, authority, path, options) {
        Ok(target) => target,
        Err(invalid) => {
            assert_short(&invalid.to_string());
            check_refusal(invalid, path);
            return false;
        }
    };
    check_segments(&target, path, options);
    let host = naive::host(&target);
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let normal = normal_path(&target);
    let same = |authority: &str, path: &[u8]| {
        let again = Target::parse(method, authority.as_bytes(), path, options);
        assert_eq!(again.as_ref(), Ok(&target), "{authority}");
    };
    same(&bracketed, normal.as_bytes());
    same(&format!("{}:8443", bracketed.to_ascii_uppercase()), path);
    same(&bracketed, &[path.split(|byte| *byte == b'?').next().unwrap(), b"?/../x"].concat());
    check_table(lines, options, &target);
    true
}

/// A letter to one of the 24 combinations there are.
fn options(letter: u8) -> PathOptions {
    let number = letter.wrapping_sub(b'a') % 24;
    PathOptions {
        encoded_slash: [EncodedSlash::Reject, EncodedSlash::Allow][usize::from(number % 2)],
        trailing_slash: [TrailingSlash::Ignore, TrailingSlash::Strict][usize::from(number / 2 % 2)],
        case: [Case::Sensitive, Case::Insensitive][usize::from(number / 4 % 2)],
        semicolon: [Semicolon::Reject, Semicolon::Allow, Semicolon::Strip][usize::from(number / 8)],
    }
}

/// That nothing ordinary is refused: a path of letters, digits and single slashes has one reading for everybody.
fn check_refusal(invalid: InvalidTarget, path: &[u8]) {
    let ordinary = path.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'/');
    let single = !path.windows(2).any(|two| two == b"//");
    if let InvalidTarget::Path(invalid) = invalid {
        assert!(!(path.starts_with(b"/") && ordinary && single), "{invalid}");
    }
}

/// That the segments are those of a server that splits and decodes as the options say, and none leads elsewhere.
fn check_segments(target: &Target<'_>, path: &[u8], options: PathOptions) {
    let segments: Vec<&str> = naive::segments(target).collect();
    let raw = path.split(|byte| *byte == b'?').next().unwrap();
    let mut expected: Vec<Vec<u8>> = raw.split(|byte| *byte == b'/').skip(1).map(decoded).collect();
    if expected.last().is_some_and(Vec::is_empty)
        && (expected.len() == 1 || options.trailing_slash == TrailingSlash::Ignore)
    {
        expected.pop();
    }
    if options.semicolon == Semicolon::Strip {
        for segment in &mut expected {
            segment
                .truncate(segment.iter().position(|byte| *byte == b';').unwrap_or(segment.len()));
        }
    }
    let found: Vec<&[u8]> = segments.iter().map(|segment| segment.as_bytes()).collect();
    assert_eq!(found, expected, "{}", path.escape_ascii());
    for (index, segment) in segments.iter().enumerate() {
        let trailing = index > 0 && index == segments.len() - 1;
        assert!(!segment.is_empty() || trailing, "{segments:?}");
        assert!(
            !segment.contains(|c: char| c.is_ascii_control() || "\\#?".contains(c)),
            "{segments:?}"
        );
        assert!(!segment.contains('/') || options.encoded_slash == EncodedSlash::Allow);
        assert!(!segment.contains(';') || options.semicolon == Semicolon::Allow);
        let mut pieces = segment.split('/').map(|piece| piece.split(';').next().unwrap());
        assert!(!pieces.any(|piece| matches!(piece, "." | "..")), "{segments:?}");
        assert_eq!(decoded(segment.as_bytes()), segment.as_bytes(), "encoded twice: {segments:?}");
    }
}

/// Percent-decoded once; what is no escape stays.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::new();
    let mut left = text;
    while let [first, rest @ ..] = left {
        let escaped = match left {
            [b'%', high, low, ..] => {
                digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low)
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        left = if escaped.is_some() { &left[3..] } else { rest };
    }
    bytes
}

/// The one spelling of a path in which all that is not unreserved is an escape.
fn normal_path(target: &Target<'_>) -> String {
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    let segments = naive::segments(target).map(|one| one.bytes().map(escaped).collect::<String>());
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// That the tree finds the rule that a scan of all rules finds.
fn check_table<'i>(
    lines: impl Iterator<Item = &'i [u8]>,
    options: PathOptions,
    target: &Target<'_>,
) {
    let texts = lines.take(12).filter_map(|line| std::str::from_utf8(line).ok());
    let rules: Vec<Rule> = texts.filter_map(|text| rule(text, options)).collect();
    let expected = naive::governing(&rules, target);
    if let Ok((policy, _)) = Policy::new(rules, Words::default()) {
        let found = policy.governing(target).map(|governing| governing.index);
        assert_eq!(found, expected, "{:?}", policy.rules());
        let first = policy.matching(target).first().map(|one| one.rule.name.clone());
        assert_eq!(first, found.map(|index| policy.rules()[index].name.clone()));
    }
}

/// The rule of a line: `/path`, with a method and a host before it or not.
fn rule(text: &str, options: PathOptions) -> Option<Rule> {
    let words: Vec<&str> = text.split(' ').collect();
    let (path, before) = words.split_last()?;
    let path = match PathPattern::parse(path, options) {
        Ok(path) => path,
        Err(invalid) => {
            assert_sentence(&invalid.to_string());
            return None;
        }
    };
    let method = before.first().map(|text| MethodPattern::parse(text)).transpose().ok()?;
    let host = before.get(1).map(|text| HostPattern::parse(text)).transpose().ok()?;
    Some(Rule {
        name: text.to_owned(),
        hosts: vec![host.unwrap_or(HostPattern::Any)],
        methods: vec![method.unwrap_or(MethodPattern::Any)],
        paths: vec![path],
        variables: Vec::new(),
        access: Access::Public,
        message: None,
        hidden: false,
        enforced: true,
    })
}
