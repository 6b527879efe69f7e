//! Roles: who has which, and what it permits.
//!
//! A principal has the roles that its token names, and every role that those inherit. All of that is worked out
//! when the policy is built: a [`Grant`] knows the roles of which one in the token is enough.

use std::collections::BTreeMap;
use std::rc::Rc;

use authn::{Names, Numbers};

use crate::permission::{Permission, PermissionPattern};
use crate::permits::Permits;

/// One role, as it is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDefinition {
    /// Its name, as tokens have it.
    pub name: String,
    /// The roles that whoever has this one has too.
    pub inherits: Vec<String>,
    /// What it permits by itself.
    pub permissions: Vec<PermissionPattern>,
}

/// The roles of a policy.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// `None`: any name is a role, which only a token that names it has.
    defined: Option<Vec<RoleDefinition>>,
    names: Names,
    /// By the number of a role: the roles that have it.
    holders: Vec<Rc<Numbers>>,
    permits: Permits,
    /// What each permission asked so far is granted by: rules that ask for the same share it.
    granted: BTreeMap<Permission, Rc<Numbers>>,
}

/// A role or permission that is asked for, and the roles that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// As the policy says it.
    pub name: String,
    pub(crate) by: Rc<Numbers>,
}

impl Grant {
    /// Whether one of these roles is enough.
    #[must_use]
    pub fn is_of(&self, roles: &Numbers) -> bool {
        roles.intersects(&self.by)
    }

    /// The roles each of which is enough.
    #[must_use]
    pub fn roles(&self) -> &Numbers {
        &self.by
    }
}

/// What is wrong with role definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidRoles {
    /// A role inherits one that is not defined.
    UnknownRole {
        /// Index of the definition.
        role: usize,
        /// Index in its `inherits`.
        inherited: usize,
    },
    /// Roles inherit each other: these, each the next one, the last the first.
    Cycle(Vec<String>),
}

impl Roles {
    /// Roles of any name, without inheritance and permissions.
    #[must_use]
    pub fn undefined() -> Self {
        Self::default()
    }

    /// These roles and no others, each name defined once.
    ///
    /// # Errors
    /// [`InvalidRoles`]: every one that is unknown, or else one cycle.
    pub fn defined(definitions: Vec<RoleDefinition>) -> Result<Self, Vec<InvalidRoles>> {
        let mut names = Names::default();
        for definition in &definitions {
            names.add(&definition.name);
        }
        let parents = parents(&definitions, &names)?;
        let order = order(&parents).map_err(|cycle| {
            let name = |role: usize| definitions.get(role).map(|role| role.name.clone());
            vec![InvalidRoles::Cycle(cycle.into_iter().filter_map(name).collect())]
        })?;
        let holders = holders(&parents, &order).into_iter().map(Rc::new).collect();
        let permits = Permits::new(&definitions);
        Ok(Self { defined: Some(definitions), names, holders, permits, granted: BTreeMap::new() })
    }

    /// The names that are defined, if any are.
    #[must_use]
    pub fn names(&self) -> Option<impl Iterator<Item = &str>> {
        Some(self.defined.as_ref()?.iter().map(|role| role.name.as_str()))
    }

    /// The permissions that roles are given one by one.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        let patterns = self.defined.iter().flatten().flat_map(|role| &role.permissions);
        patterns.filter_map(PermissionPattern::name)
    }

    /// Whether a role is given this very permission, not only `orders:*` or `*`.
    #[must_use]
    pub fn names_permission(&self, permission: &Permission) -> bool {
        self.permits.names(permission)
    }

    /// What having this role takes; `None` where roles are defined and it is not one of them.
    pub fn role(&mut self, name: &str) -> Option<Grant> {
        let number = match &self.defined {
            None => self.names.add(name),
            Some(_) => self.names.number(name)?,
        };
        let by = self.holders.get(number).cloned().unwrap_or_else(|| Rc::new(only(number)));
        Some(Grant { name: name.to_owned(), by })
    }

    /// What having this permission takes; `None` where no role has it.
    pub fn permission(&mut self, permission: &Permission) -> Option<Grant> {
        let name = permission.to_string();
        if let Some(by) = self.granted.get(permission) {
            return Some(Grant { name, by: Rc::clone(by) });
        }
        let by = self.permits.of(permission, &self.holders)?;
        self.granted.insert(permission.clone(), Rc::clone(&by));
        Some(Grant { name, by })
    }

    /// The names with their numbers, and the roles that everybody has.
    pub(crate) fn into_names(self) -> (Names, Numbers) {
        let anonymous = self.defined.as_ref().and_then(|_| self.names.number(ANONYMOUS));
        (self.names, anonymous.map(only).unwrap_or_default())
    }
}

/// The role, where it is defined, of everybody: with a token or without.
pub const ANONYMOUS: &str = "anonymous";

/// By the number of a role: the numbers of those it inherits.
fn parents(
    definitions: &[RoleDefinition],
    names: &Names,
) -> Result<Vec<Vec<usize>>, Vec<InvalidRoles>> {
    let mut unknown = Vec::new();
    let mut parents = Vec::new();
    for (role, definition) in definitions.iter().enumerate() {
        let mut own = Vec::new();
        for (inherited, name) in definition.inherits.iter().enumerate() {
            match names.number(name) {
                Some(number) => own.push(number),
                None => unknown.push(InvalidRoles::UnknownRole { role, inherited }),
            }
        }
        parents.push(own);
    }
    if unknown.is_empty() { Ok(parents) } else { Err(unknown) }
}

/// The roles, each before those it inherits; or a cycle. Not recursive: chains may be as long as the table.
fn order(parents: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut done = vec![false; parents.len()];
    let mut after = Vec::new();
    for start in 0..parents.len() {
        // The chain of roles from `start` on, each with how many of its parents were looked at.
        let mut chain = vec![(start, 0_usize)];
        while let Some((role, looked_at)) = chain.last_mut() {
            let role = *role;
            let parent = parents.get(role).and_then(|own| own.get(*looked_at)).copied();
            *looked_at = looked_at.saturating_add(1);
            let is_done = |role: usize| done.get(role).copied().unwrap_or(true);
            match parent {
                Some(parent) if is_done(parent) => {}
                Some(parent) => {
                    if let Some(first) = chain.iter().position(|(role, _)| *role == parent) {
                        return Err(chain.into_iter().skip(first).map(|(role, _)| role).collect());
                    }
                    chain.push((parent, 0));
                }
                None => {
                    chain.pop();
                    if !is_done(role) {
                        after.push(role);
                    }
                    if let Some(done) = done.get_mut(role) {
                        *done = true;
                    }
                }
            }
        }
    }
    after.reverse();
    Ok(after)
}

/// By the number of a role: the roles that have it, given an order in which each comes before its parents.
fn holders(parents: &[Vec<usize>], order: &[usize]) -> Vec<Numbers> {
    let mut holders: Vec<Numbers> = (0..parents.len()).map(only).collect();
    for role in order {
        let own = holders.get(*role).cloned().unwrap_or_default();
        for parent in parents.get(*role).into_iter().flatten() {
            if let Some(of_parent) = holders.get_mut(*parent) {
                of_parent.extend(&own);
            }
        }
    }
    holders
}

fn only(number: usize) -> Numbers {
    let mut numbers = Numbers::default();
    numbers.insert(number);
    numbers
}

#[cfg(test)]
mod tests;
