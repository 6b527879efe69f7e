//! Which roles permit what, by what their definitions say: a permission is found by a few look-ups, however many
//! roles there are.

use std::rc::Rc;

use authn::{Names, Numbers};

use crate::permission::Permission;
use crate::roles::RoleDefinition;

/// What roles are given, each pattern with who has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permits {
    /// The keys of the patterns.
    patterns: Names,
    /// By the number of a key.
    by: Vec<By>,
}

/// Who has what a pattern says.
#[derive(Debug, Clone)]
enum By {
    /// As defined: the roles that are given it themselves. A set for each pattern would take a lot of memory,
    /// and rules ask for few of them.
    Given(Vec<usize>),
    /// Asked for once: the roles that have it, inherited or not.
    Had(Rc<Numbers>),
}

impl Permits {
    pub(crate) fn new(definitions: &[RoleDefinition]) -> Self {
        let mut permits = Self::default();
        for (role, definition) in definitions.iter().enumerate() {
            for pattern in &definition.permissions {
                let number = permits.patterns.add(pattern.key());
                match permits.by.get_mut(number) {
                    Some(By::Given(roles)) => roles.push(role),
                    // A new pattern has the next number.
                    _ => permits.by.push(By::Given(vec![role])),
                }
            }
        }
        permits
    }

    /// Whether a role is given this very permission, not only one that stands for many.
    pub(crate) fn names(&self, permission: &Permission) -> bool {
        self.patterns.number(&permission.to_string()).is_some()
    }

    /// The roles that have this permission, if some do; `holders` says who has each role.
    pub(crate) fn of(
        &mut self,
        permission: &Permission,
        holders: &[Rc<Numbers>],
    ) -> Option<Rc<Numbers>> {
        let mut found: Option<Rc<Numbers>> = None;
        for key in permission.keys() {
            let Some(by) = self.patterns.number(key).and_then(|number| self.by.get_mut(number))
            else {
                continue;
            };
            let more = by.had(holders);
            match &mut found {
                Some(found) => Rc::make_mut(found).extend(&more),
                None => found = Some(more),
            }
        }
        found
    }
}

impl By {
    fn had(&mut self, holders: &[Rc<Numbers>]) -> Rc<Numbers> {
        let had = match self {
            Self::Had(had) => return Rc::clone(had),
            Self::Given(roles) => {
                let mut had = Numbers::default();
                for role in roles.iter().filter_map(|role| holders.get(*role)) {
                    had.extend(role);
                }
                Rc::new(had)
            }
        };
        *self = Self::Had(Rc::clone(&had));
        had
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::permission::PermissionPattern;

    /// What a pattern means, word for word.
    fn covers(pattern: &str, permission: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(prefix) => permission.starts_with(prefix),
            None => pattern == permission,
        }
    }

    proptest! {
        /// Look-ups find whom a search through every pattern of every role finds.
        #[test]
        fn look_ups_find_what_a_search_finds(
            given in proptest::collection::vec(
                proptest::collection::vec(r"\*|([ab]:){1,3}[ab*]", 0..5), 0..6),
            asked in proptest::collection::vec(r"([ab]:){1,3}[ab]", 1..6),
        ) {
            let definitions: Vec<RoleDefinition> = given.iter().map(|patterns| RoleDefinition {
                name: String::new(),
                inherits: Vec::new(),
                permissions: patterns.iter().map(|one| PermissionPattern::parse(one).unwrap()).collect(),
            }).collect();
            let holders: Vec<Rc<Numbers>> = (0..given.len()).map(|role| {
                let mut only = Numbers::default();
                only.insert(role);
                Rc::new(only)
            }).collect();
            let mut permits = Permits::new(&definitions);
            for asked in &asked {
                let permission = Permission::parse(asked).unwrap();
                let had = permits.of(&permission, &holders);
                for (role, patterns) in given.iter().enumerate() {
                    let expected = patterns.iter().any(|pattern| covers(pattern, asked));
                    prop_assert_eq!(had.as_ref().is_some_and(|had| had.contains(role)), expected);
                }
                let nobody = !given.iter().flatten().any(|pattern| covers(pattern, asked));
                prop_assert_eq!(had.is_none(), nobody);
                prop_assert_eq!(permits.names(&permission), given.iter().flatten().any(|one| one == asked));
            }
        }
    }
}
