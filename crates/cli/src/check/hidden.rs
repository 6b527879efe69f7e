//! What is not shown of a file, because it may be a secret: keys are in the middle of what people get wrong.

use crate::source::{Contents, Kind, Node, Span, line_around};

/// What is not shown.
#[derive(Debug)]
pub(super) enum Hidden {
    /// These parts.
    Parts(Vec<Span>),
    /// All of it.
    Everything,
}

impl Hidden {
    /// What policies have that may be a secret.
    pub(super) fn of(contents: &Contents, text: &str) -> Self {
        let mut parts = Vec::new();
        for found in &contents.policies {
            match &found.config {
                Ok(root) => policy(root, &mut parts),
                // Where its parts are is not known.
                Err(_) if may_have_keys(text) => return Self::Everything,
                Err(_) => {}
            }
        }
        Self::Parts(parts)
    }

    /// What may not be shown of a text that cannot be read.
    pub(super) fn of_unreadable(text: &str) -> Self {
        if may_have_keys(text) { Self::Everything } else { Self::Parts(Vec::new()) }
    }

    /// The line around a byte, if it may be shown.
    pub(super) fn line(&self, offset: usize, text: &str) -> Option<Span> {
        /// Longer ones help nobody, and may have anything in them.
        const LONGEST: usize = 500;
        let line = line_around(offset, text);
        let meets = |part: &Span| part.start < line.end && line.start < part.end;
        let shown = match self {
            Self::Parts(parts) => !parts.iter().any(meets) && line.len() <= LONGEST,
            Self::Everything => false,
        };
        let is_plain = !names_secret(text.get(line.clone()).unwrap_or_default());
        (shown && is_plain).then_some(line)
    }
}

/// Whether a line has a key such as `client_secret`, whoever may have put it there.
fn names_secret(line: &str) -> bool {
    const WORDS: [&str; 3] = ["secret", "password", "passphrase"];
    let line = line.to_ascii_lowercase();
    let ends = WORDS.iter().flat_map(|word| line.match_indices(word));
    ends.filter_map(|(start, _)| line.get(start..)).any(|rest| {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        is_key(rest.trim_start_matches(is_name))
    })
}

/// Whether what stands before this is a key.
fn is_key(rest: &str) -> bool {
    rest.trim_start_matches(['"', '\'', '\\']).trim_start().starts_with(':')
}

/// Whether there may be keys in a text, whatever it is.
fn may_have_keys(text: &str) -> bool {
    // `remote_jwks` has an address.
    let own = |before: &str| !before.ends_with(|last: char| last == '_' || last.is_alphanumeric());
    text.contains("kty")
        || text.match_indices("jwks").any(|(start, word)| {
            text.split_at_checked(start).is_some_and(|(before, rest)| {
                own(before) && rest.strip_prefix(word).is_some_and(is_key)
            })
        })
}

/// Of a policy, what issuers have beside what is known to be harmless.
fn policy(root: &Node, parts: &mut Vec<Span>) {
    const HARMLESS: [&str; 8] =
        ["name", "issuer", "audiences", "algorithms", "typ", "roles", "provider", "role_map"];
    for issuer in root.get("issuers").map_or(&[][..], Node::elements) {
        for member in issuer.members() {
            if !HARMLESS.contains(&member.key.as_str()) && !decodes_only(&member.value) {
                parts.push(member.value.span.clone());
            }
        }
    }
    keys(root, parts);
}

/// `decode_only: true` alone.
fn decodes_only(signature: &Node) -> bool {
    let only = signature.get("decode_only").is_some_and(|way| matches!(way.kind, Kind::Bool(_)));
    only && signature.members().len() == 1
}

/// What looks like a key or a set of them, wherever it was written. Recursion is bounded by the reader's depth.
fn keys(node: &Node, parts: &mut Vec<Span>) {
    if node.get("kty").is_some() || node.get("k").is_some() {
        parts.push(node.span.clone());
    }
    for member in node.members() {
        if matches!(member.key.as_str(), "signature" | "jwks" | "keys")
            && !decodes_only(&member.value)
        {
            parts.push(member.value.span.clone());
        }
        keys(&member.value, parts);
    }
    for element in node.elements() {
        keys(element, parts);
    }
}
