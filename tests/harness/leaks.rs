//! What must never stand in a log: every token that was made, its signature, and every secret key.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

static SECRETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes a token as it is made, by its signature: whoever logs any of the token's end logs that.
pub fn note_token(token: &str) {
    if let Some((_, signature)) = token.rsplit_once('.') {
        note_secret(signature);
    }
}

/// Notes a text. Short ones say nothing: they may well stand in a log by chance.
pub fn note_secret(text: &str) {
    if text.len() >= LEAST {
        SECRETS.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    }
}

/// The lines of a log that hold what must not stand there: what was noted, and all that looks like the start of a
/// JWT, whose first part is a JSON object in base64url.
#[must_use]
pub fn found_in(log: &str) -> Vec<String> {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let looks_like_a_token = |line: &str| line.contains("eyJ");
    // There may be ten thousands of both: only where one begins is it worth to look for each.
    let starts: HashSet<&[u8]> = secrets.iter().map(|secret| &secret.as_bytes()[..LEAST]).collect();
    let may_hold_one =
        |line: &str| line.as_bytes().windows(LEAST).any(|part| starts.contains(part));
    let leaks = |line: &&str| {
        looks_like_a_token(line)
            || may_hold_one(line) && secrets.iter().any(|secret| line.contains(secret.as_str()))
    };
    log.lines().filter(leaks).map(str::to_owned).collect()
}

/// Bytes of the shortest text that is looked for.
const LEAST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_found() {
        note_token("eyJhbGciOiJFUzI1NiJ9.e30.a-signature-of-some-token");
        note_token("a.b.c");
        note_secret("the-secret-of-somebody");
        for (log, count) in [
            ("fine\nand fine, c", 0),
            ("one: a-signature-of-some-token", 1),
            ("the-secret-of-somebody\nfine\nBearer eyJhbGciOiJub25lIn0.", 2),
        ] {
            assert_eq!(found_in(log).len(), count, "{log}");
        }
    }
}
