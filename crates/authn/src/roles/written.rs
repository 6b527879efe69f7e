//! The other way round: claims in which given roles are read.

use serde_json::{Map, Value};

use super::{RoleSource, Roles};

impl Roles {
    /// Claims of which these roles are read, where that can be: a name that `renamed` takes away is nobody's role.
    #[must_use]
    pub fn written(&self, roles: &[&str]) -> Option<Map<String, Value>> {
        let names: Vec<Value> =
            roles.iter().map(|role| self.original(role)).collect::<Option<_>>()?;
        let mut value = Value::Array(names);
        let names: Vec<&str> = match self.sources.first()? {
            RoleSource::Claim { path, .. } => path.names().collect(),
            RoleSource::Namespaced => vec![NAMESPACED],
        };
        let (first, below) = names.split_first()?;
        for name in below.iter().rev() {
            value = Value::Object(Map::from_iter([((*name).to_owned(), value)]));
        }
        Some(Map::from_iter([((*first).to_owned(), value)]))
    }

    /// How a token says a role.
    fn original(&self, role: &str) -> Option<Value> {
        let renamed = self.renamed.iter().find(|(_, name)| *name == role).map(|(own, _)| own);
        let own = (!self.renamed.contains_key(role)).then_some(role);
        own.or(renamed.map(String::as_str)).map(Value::from)
    }
}

/// A name that [`RoleSource::Namespaced`] takes; nobody has this domain (RFC 6761 section 6.4).
const NAMESPACED: &str = "https://claims.invalid/roles";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{ClaimPath, Claims};

    #[test]
    fn what_is_written_is_read() {
        let claim = |text: &str| RoleSource::claim(ClaimPath::parse(text).unwrap());
        let split = RoleSource::Claim {
            path: ClaimPath::parse("scope").unwrap(),
            split: Some(" ".to_owned()),
        };
        let pairs =
            [("a", "b"), ("b", "a"), ("CN=x", "admin"), ("same", "same"), ("gone", "other")];
        let renamed = pairs.map(|(own, name)| (own.to_owned(), name.to_owned()));
        for source in [claim("roles"), claim("realm_access.roles"), split, RoleSource::Namespaced] {
            let roles =
                Roles { sources: vec![source, claim("else")], renamed: renamed.clone().into() };
            for names in [vec![], vec!["a"], vec!["b", "x y", "admin"], vec!["same", "other"]] {
                let written = roles.written(&names).unwrap();
                assert_eq!(roles.of(&Claims::new(written)), names, "{roles:?}");
            }
            assert_eq!(roles.written(&["a", "gone"]), None);
        }
        assert_eq!(Roles::default().written(&[]), None);
    }
}
