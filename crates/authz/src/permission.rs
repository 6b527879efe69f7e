//! Permissions: `orders:read`, and what roles are given of them.

use std::fmt;

/// One permission, which a rule asks for: names joined by colons, at least a resource and an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission(String);

/// The permissions that a role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermissionPattern {
    /// `*`: every one.
    Any,
    /// `orders:*`: every one that begins with `orders:`.
    Below(String),
    /// This one.
    One(Permission),
}

/// A text is not a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a permission; expected `resource:action`{1}")]
pub struct InvalidPermission(String, &'static str);

impl Permission {
    /// Reads `orders:read`.
    ///
    /// # Errors
    /// When it is no such name; a rule asks for permissions one by one, so `*` is none.
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        let mut parts = text.split(':');
        if parts.clone().count() < 2 || !parts.all(is_name) {
            let hint = if text.contains('*') { "; `*` is for `roles` only" } else { "" };
            return Err(InvalidPermission(text.to_owned(), hint));
        }
        Ok(Self(text.to_owned()))
    }

    /// The keys of all patterns that cover it: of `orders:read` they are `orders:read`, `orders:`, and nothing.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let prefixes = self.0.match_indices(':').filter_map(|(colon, _)| self.0.get(..=colon));
        prefixes.chain([self.0.as_str(), ""])
    }
}

impl PermissionPattern {
    /// Reads `orders:read`, `orders:*` or `*`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let names = text.strip_suffix(":*");
        if let Some(names) = names.filter(|names| names.split(':').all(is_name)) {
            return Ok(Self::Below(format!("{names}:")));
        }
        Permission::parse(text)
            .map(Self::One)
            .map_err(|_| InvalidPermission(text.to_owned(), ", `resource:*` or `*`"))
    }

    /// The name of the permission, where it is a single one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::One(permission) => Some(&permission.0),
            Self::Any | Self::Below(_) => None,
        }
    }

    /// What stands for it in a look-up: one of [`Permission::keys`] of each permission it covers, and of no other.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Any => "",
            Self::Below(prefix) => prefix,
            Self::One(permission) => &permission.0,
        }
    }
}

fn is_name(part: &str) -> bool {
    !part.is_empty() && !part.chars().any(|c| c == '*' || c.is_whitespace() || c.is_control())
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_permissions() {
        for (pattern, covered, others) in [
            ("*", &["orders:read", "a:b:c"][..], &[][..]),
            ("orders:*", &["orders:read", "orders:items:read"], &["order:read", "orders2:read"]),
            ("orders:items:*", &["orders:items:read"], &["orders:items", "orders:read"]),
            ("orders:read", &["orders:read"], &["orders:Read", "orders:read:all", "orders:write"]),
        ] {
            let pattern = PermissionPattern::parse(pattern).unwrap();
            let covers = |text: &&str| {
                Permission::parse(text).unwrap().keys().any(|key| key == pattern.key())
            };
            assert!(covered.iter().all(covers), "{pattern:?}");
            assert!(!others.iter().any(covers), "{pattern:?}");
        }
    }

    #[test]
    fn what_is_no_permission() {
        for text in
            ["", "orders", "orders:", ":read", "a::b", "a b:c", "a:b\n", "**", "a:*b", "a*:b"]
        {
            assert!(Permission::parse(text).is_err(), "{text:?}");
            assert!(PermissionPattern::parse(text).is_err(), "{text:?}");
        }
        for text in ["*:read", "*:*", "a:*:c"] {
            assert!(PermissionPattern::parse(text).is_err(), "{text:?}");
        }
        let said = |text| Permission::parse(text).unwrap_err().to_string();
        assert_eq!(said("orders"), r#""orders" is not a permission; expected `resource:action`"#);
        assert_eq!(
            said("orders:*"),
            r#""orders:*" is not a permission; expected `resource:action`; `*` is for `roles` only"#
        );
        assert_eq!(
            PermissionPattern::parse("orders").unwrap_err().to_string(),
            r#""orders" is not a permission; expected `resource:action`, `resource:*` or `*`"#
        );
    }
}
