//! Where a principal's roles are read, and what they are called here.

mod written;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::claims::{ClaimPath, Claims};

/// How one issuer's tokens name roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// Where they are read; the union of all places counts.
    pub sources: Vec<RoleSource>,
    /// Other names for them, each given once: a new name is not looked up again. A role that is renamed is
    /// no longer there under its own name.
    pub renamed: BTreeMap<String, String>,
}

impl Roles {
    /// The roles that these claims have.
    pub(crate) fn of(&self, claims: &Claims) -> Vec<String> {
        let roles = self.sources.iter().flat_map(|source| source.roles(claims));
        roles.map(|role| self.renamed.get(role).map_or(role, String::as_str).to_owned()).collect()
    }
}

/// One place in the claims that holds roles: a string (one role) or an array of strings.
///
/// Anything else there gives no role. A string is one role, blanks and all ("Domain Admins" is not
/// "Admins"), unless a separator is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleSource {
    /// A claim.
    Claim {
        /// Where it sits.
        path: ClaimPath,
        /// What separates the roles of a string; arrays are never split.
        split: Option<String>,
    },
    /// The one top-level claim whose name is an `http(s)` URL that ends in `/roles`: a name that the
    /// issuer's customer chose. Of several none is picked.
    Namespaced,
}

impl RoleSource {
    /// The claim at this path, its strings not split.
    #[must_use]
    pub fn claim(path: ClaimPath) -> Self {
        Self::Claim { path, split: None }
    }

    /// The roles that these claims have here, as they are written.
    fn roles<'c>(&'c self, claims: &'c Claims) -> impl Iterator<Item = &'c str> {
        let (value, separator) = match self {
            Self::Claim { path, split } => (claims.at(path), split.as_deref()),
            Self::Namespaced => (namespaced(claims), None),
        };
        let (one, many) = match value {
            Some(Value::String(text)) => (Some(text.as_str()), None),
            Some(Value::Array(elements)) => (None, Some(elements)),
            _ => (None, None),
        };
        let parts = one.into_iter().flat_map(move |text| pieces(text, separator));
        parts.chain(many.into_iter().flatten().filter_map(Value::as_str))
    }
}

fn pieces<'t>(text: &'t str, separator: Option<&'t str>) -> impl Iterator<Item = &'t str> {
    let whole = separator.is_none().then_some(text);
    let split = separator.map(|separator| text.split(separator));
    whole.into_iter().chain(split.into_iter().flatten()).filter(|piece| !piece.is_empty())
}

/// The claim that [`RoleSource::Namespaced`] means, if there is exactly one.
fn namespaced(claims: &Claims) -> Option<&Value> {
    let is_namespaced = |name: &str| {
        let rest = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://"));
        let namespace = rest.and_then(|rest| rest.strip_suffix("/roles"));
        namespace.is_some_and(|namespace| !namespace.is_empty())
    };
    let mut found = claims.members().filter(|(name, _)| is_namespaced(name));
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(members) = value else { panic!("not an object: {value}") };
        Claims::new(members)
    }

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
            let path = ClaimPath::parse("roles").unwrap();
            let source = RoleSource::Claim { path, split: split.map(str::to_owned) };
            let claims = claims(json!({ "roles": roles }));
            assert_eq!(source.roles(&claims).collect::<Vec<_>>(), expected, "{roles}");
        }
    }

    #[test]
    fn one_namespaced_claim_counts_and_of_several_none() {
        for (members, expected) in [
            (json!({"https://api.example.com/roles": ["a", "b"], "sub": "x"}), vec!["a", "b"]),
            (json!({"http://example.com/claims/roles": "a b"}), vec!["a b"]),
            (
                json!({"https://one.example.com/roles": ["a"], "https://two.example.com/roles": ["b"]}),
                vec![],
            ),
            (
                json!({"https://one.example.com/roles": ["a"], "http://one.example.com/roles": 5}),
                vec![],
            ),
            (
                json!({"https://x.y/roles": ["a"], "https://x.y/permissions": ["b"], "roles": ["c"]}),
                vec!["a"],
            ),
            (json!({"https://x.y/roles": {"https://x.y/roles": ["a"]}}), vec![]),
            (json!({"nested": {"https://x.y/roles": ["a"]}}), vec![]),
            (json!({"https://x.y/Roles": ["a"], "HTTPS://x.y/roles": ["a"]}), vec![]),
            (json!({"https://x.y/roles/": ["a"], "https://x.y/my-roles": ["a"]}), vec![]),
            (
                json!({"https:///roles": ["a"], "https://roles": ["a"], "urn:x/roles": ["a"]}),
                vec![],
            ),
        ] {
            let claims = claims(members);
            let roles: Vec<&str> = RoleSource::Namespaced.roles(&claims).collect();
            assert_eq!(roles, expected, "{claims:?}");
        }
    }

    #[test]
    fn a_renamed_role_has_its_new_name_alone() {
        let renamed = [("a", "b"), ("b", "a"), ("x y", "admin"), ("c", "admin"), ("same", "same")];
        let roles = Roles {
            sources: vec![RoleSource::claim(ClaimPath::parse("roles").unwrap())],
            renamed: renamed.map(|(from, to)| (from.to_owned(), to.to_owned())).into(),
        };
        for (found, expected) in [
            (json!(["a"]), vec!["b"]),
            (json!(["b", "a"]), vec!["a", "b"]),
            (json!("x y"), vec!["admin"]),
            (json!(["c", "x y"]), vec!["admin", "admin"]),
            (json!(["same", "other", "A", "a "]), vec!["same", "other", "A", "a "]),
        ] {
            assert_eq!(roles.of(&claims(json!({ "roles": found }))), expected, "{found}");
        }
    }
}
