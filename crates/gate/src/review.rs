//! What a policy has that was surely not meant, though every row by itself is right.

use std::collections::BTreeSet;

use authn::Numbers;
use authz::{
    Access, Example, Examples, Matching, Permission, PermissionPattern, Requirement, Rule,
    Semicolon, Target,
};

use crate::gate::Gate;

/// What rules ask for of the roles and their permissions.
#[derive(Debug)]
pub struct Usage<'g> {
    gate: &'g Gate,
    /// Roles one of which is enough for something.
    roles: Numbers,
    /// Keys of the patterns that cover a permission which is asked for.
    patterns: BTreeSet<String>,
}

/// A public rule that opens a part of what another rule protects.
#[derive(Debug)]
pub struct Hole<'g> {
    /// Index of the public rule.
    pub rule: usize,
    /// The public rule, by the patterns that open.
    pub open: Matching<'g>,
    /// What would govern there without it.
    pub protected: Matching<'g>,
}

/// A public rule that governs a path which some servers take for another rule's.
#[derive(Debug)]
pub struct Disguise<'g> {
    /// Index of the public rule.
    pub rule: usize,
    /// The public rule.
    pub open: &'g Rule,
    /// The rule whose path it is to a server that drops what follows a semicolon.
    pub protected: &'g Rule,
    /// A path with a semicolon.
    pub path: String,
}

impl Usage<'_> {
    /// Whether having this role makes a difference to some rule.
    #[must_use]
    pub fn role(&self, name: &str) -> bool {
        let number = self.gate.authenticator.vocabulary().roles.number(name);
        number.is_some_and(|number| self.roles.contains(number))
    }

    /// Whether some rule asks for a permission that this is, or that it covers (`orders:*`). What is no pattern of
    /// permissions is nothing that is asked for.
    #[must_use]
    pub fn permission(&self, pattern: &str) -> bool {
        let pattern = PermissionPattern::parse(pattern);
        pattern.is_ok_and(|pattern| self.patterns.contains(pattern.key()))
    }
}

impl Gate {
    /// What rules ask for.
    #[must_use]
    pub fn usage(&self) -> Usage<'_> {
        let mut usage = Usage { gate: self, roles: Numbers::default(), patterns: BTreeSet::new() };
        for rule in self.policy.rules() {
            if let Access::Require(requirement) = &rule.access {
                requirement.each(&mut |one| usage.note(one));
            }
        }
        usage
    }

    /// Each public rule with what it opens, once: it stands in the tree of another rule (`/admin/**`) that would govern
    /// there and is not public.
    #[must_use]
    pub fn holes(&self) -> Vec<Hole<'_>> {
        let examples = Examples::new([&self.policy], self.paths);
        let public = self.policy.rules().iter().enumerate().filter(|(_, rule)| is_public(rule));
        public
            .filter_map(|(index, rule)| {
                examples.of_rows(&self.policy, rule).find_map(|(_, example)| {
                    let (open, protected) = self.beneath(rule, &example?)?;
                    Some(Hole { rule: index, open, protected })
                })
            })
            .collect()
    }

    /// How a rule matches an example, and the rule that would govern it otherwise, if that protects a tree.
    fn beneath<'g>(
        &'g self,
        rule: &Rule,
        example: &Example,
    ) -> Option<(Matching<'g>, Matching<'g>)> {
        let target = self.target(&example.method, &example.host, &example.path)?;
        let mut matching = self.policy.matching(&target).into_iter();
        let open = matching.next()?;
        let next = matching.find(|one| one.rule.name != rule.name)?;
        (!is_public(next.rule) && next.path.is_tree()).then_some((open, next))
    }

    /// Each public rule with a path that it governs and that is another rule's to servers which drop what follows a
    /// semicolon. Only where `paths` take it for a character.
    #[must_use]
    pub fn disguises(&self) -> Vec<Disguise<'_>> {
        if self.paths.semicolon != Semicolon::Allow {
            return Vec::new();
        }
        let examples = Examples::new([&self.policy], self.paths);
        let protected = self.policy.rules().iter().filter(|rule| !is_public(rule));
        let mut found: Vec<Disguise<'_>> = Vec::new();
        for protected in protected {
            for example in
                examples.of_rows(&self.policy, protected).filter_map(|(_, example)| example)
            {
                for path in with_semicolons(&example.path) {
                    let governing = self.governing_open(&example, &path);
                    let Some((rule, open)) = governing else { continue };
                    if found.iter().all(|known| known.rule != rule) {
                        found.push(Disguise { rule, open, protected, path });
                    }
                }
            }
        }
        found.sort_by_key(|disguise| disguise.rule);
        found
    }

    /// The public rule that governs an example with another path, if one does.
    fn governing_open(&self, example: &Example, path: &str) -> Option<(usize, &Rule)> {
        let target = self.target(&example.method, &example.host, path)?;
        let governing =
            Some(self.policy.governing(&target)?.rule).filter(|rule| is_public(rule))?;
        let mut rules = self.policy.rules().iter().enumerate();
        rules.find(|(_, rule)| rule.name == governing.name)
    }

    fn target<'t>(&self, method: &'t str, host: &'t str, path: &'t str) -> Option<Target<'t>> {
        Target::parse(method.as_bytes(), host.as_bytes(), path.as_bytes(), self.paths).ok()
    }
}

impl Usage<'_> {
    fn note(&mut self, requirement: &Requirement) {
        let (grants, permissions) = match requirement {
            Requirement::Roles(grants) | Requirement::AllRoles(grants) => (grants, false),
            Requirement::Permissions(grants) | Requirement::AllPermissions(grants) => {
                (grants, true)
            }
            _ => return,
        };
        for grant in grants {
            self.roles.extend(grant.roles());
            let permission = Permission::parse(&grant.name).ok().filter(|_| permissions);
            for key in permission.iter().flat_map(Permission::keys) {
                self.patterns.insert(key.to_owned());
            }
        }
    }
}

fn is_public(rule: &Rule) -> bool {
    rule.access == Access::Public
}

/// A path with a semicolon behind one of its segments, for each of them.
fn with_semicolons(path: &str) -> impl Iterator<Item = String> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.skip(1).filter_map(|end| {
        let (segment, rest) = path.split_at_checked(end)?;
        Some(format!("{segment};x{rest}"))
    })
}

#[cfg(test)]
mod tests;
