//! Where a principal's scopes are read.

use serde_json::Value;

use crate::claims::Claims;

/// The scopes of these claims: `scope` (RFC 8693 section 4.2) and `scp` (Entra, Okta), each a string whose scopes
/// stand between single blanks, or an array of strings. Anything else gives no scope.
pub(crate) fn of(claims: &Claims) -> impl Iterator<Item = &str> {
    let places = claims.members().filter(|(name, _)| CLAIMS.contains(name));
    places.flat_map(|(_, value)| {
        let (one, many) = match value {
            Value::String(text) => (Some(text.split(' ')), None),
            Value::Array(elements) => (None, Some(elements.iter().filter_map(Value::as_str))),
            _ => (None, None),
        };
        one.into_iter().flatten().chain(many.into_iter().flatten())
    })
}

/// The claims that hold scopes.
pub(crate) const CLAIMS: [&str; 2] = ["scope", "scp"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_stand_between_single_blanks() {
        for (claims, expected) in [
            (json!({"scope": "read write"}), vec!["read", "write"]),
            (json!({"scope": "read"}), vec!["read"]),
            (json!({"scope": "read  write"}), vec!["read", "", "write"]),
            (json!({"scope": "read\twrite"}), vec!["read\twrite"]),
            (json!({"scp": "read write"}), vec!["read", "write"]),
            (json!({"scp": ["read", "a b", 5, ["c"]]}), vec!["read", "a b"]),
            (json!({"scope": "read", "scp": ["write"]}), vec!["read", "write"]),
            (json!({"scope": {"read": true}, "scopes": "write"}), vec![]),
            (json!({"scope": true}), vec![]),
        ] {
            let members = claims.as_object().unwrap().clone();
            assert_eq!(of(&Claims::new(members)).collect::<Vec<_>>(), expected, "{claims}");
        }
    }
}
