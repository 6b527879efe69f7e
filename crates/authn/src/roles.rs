//! Where a principal's roles are read.

use serde_json::Value;

use crate::claims::{ClaimPath, Claims};

/// One place in the claims that holds roles: a string (one role) or an array of strings.
///
/// Anything else there gives no role. A string is one role, blanks and all ("Domain Admins" is not
/// "Admins"), unless a separator is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSource {
    /// Where the claim sits.
    pub claim: ClaimPath,
    /// What separates the roles of a string; arrays are never split.
    pub split: Option<String>,
}

impl RoleSource {
    /// The roles that these claims have here, as they are written.
    pub(crate) fn roles<'c>(&'c self, claims: &'c Claims) -> impl Iterator<Item = &'c str> {
        let (one, many) = match claims.at(&self.claim) {
            Some(Value::String(text)) => (Some(text.as_str()), None),
            Some(Value::Array(elements)) => (None, Some(elements)),
            _ => (None, None),
        };
        let separator = self.split.as_deref();
        let parts = one.into_iter().flat_map(move |text| pieces(text, separator));
        parts.chain(many.into_iter().flatten().filter_map(Value::as_str))
    }
}

fn pieces<'t>(text: &'t str, separator: Option<&'t str>) -> impl Iterator<Item = &'t str> {
    let whole = separator.is_none().then_some(text);
    let split = separator.map(|separator| text.split(separator));
    whole.into_iter().chain(split.into_iter().flatten()).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_role_is_a_string_or_an_element_that_is_a_string() {
        for (roles, split, expected) in [
            (json!("admin"), None, vec!["admin"]),
            (json!("Domain Admins"), None, vec!["Domain Admins"]),
            (json!(" admin "), None, vec![" admin "]),
            (json!("read write"), Some(" "), vec!["read", "write"]),
            (json!("read  write "), Some(" "), vec!["read", "write"]),
            (json!("a,b"), Some(","), vec!["a", "b"]),
            (json!(["a", "b c"]), None, vec!["a", "b c"]),
            (json!(["a b"]), Some(" "), vec!["a b"]),
            (json!(["a", 5, null, true, ["b"], {"c": "d"}]), None, vec!["a"]),
            (json!(""), None, vec![]),
            (json!([]), None, vec![]),
            (json!(5), None, vec![]),
            (json!(null), None, vec![]),
            (json!(true), None, vec![]),
            (json!({"admin": true}), None, vec![]),
        ] {
            let source = RoleSource {
                claim: ClaimPath::parse("roles").unwrap(),
                split: split.map(str::to_owned),
            };
            let claims = Claims::new([("roles".to_owned(), roles.clone())].into_iter().collect());
            assert_eq!(source.roles(&claims).collect::<Vec<_>>(), expected, "{roles}");
        }
    }
}
