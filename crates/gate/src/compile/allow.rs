//! `allow` to what a rule asks.

use authn::text::quoted;
use authz::{
    ANONYMOUS, Access, ClaimTest, Expected, Grant, Permission, Requirement, Scopes, Words,
};

use super::Notes;
use super::role_definitions::unknown;
use crate::config::{
    AllowConfig, ClaimValue, ClaimValues, Invalid, Members, Name, Nested, NonEmpty,
    PermissionConfig, RequirementConfig, claim_path,
};
use crate::warning::Warning;

/// Compiles what one rule asks; notes what it speaks of, and what is wrong with it.
pub(super) struct Compiler<'a> {
    pub(super) words: &'a mut Words,
    /// Whether it is known which roles there are; if not, those of the rule are not checked.
    pub(super) roles_known: bool,
    /// The path variables that the rule compares claims with, each with the place where first.
    pub(super) variables: Vec<(String, String)>,
    pub(super) notes: &'a mut Notes,
}

impl Compiler<'_> {
    pub(super) fn access(&mut self, config: AllowConfig, place: &str) -> Access {
        match config {
            AllowConfig::Public => Access::Public,
            AllowConfig::Authenticated => Access::Authenticated,
            AllowConfig::Nobody => Access::Nobody,
            AllowConfig::Require(config) => Access::Require(self.requirement(*config, place, 1)),
        }
    }

    /// Recursion is bounded by [`Requirement::MAX_DEPTH`].
    fn requirement(&mut self, config: RequirementConfig, place: &str, depth: usize) -> Requirement {
        if depth > Requirement::MAX_DEPTH {
            let problem = format!("is nested more than {} deep", Requirement::MAX_DEPTH);
            self.notes.problems.push(place, problem);
            return Requirement::Any(Vec::new());
        }
        let at = |member: &str| format!("{place}.{member}");
        let RequirementConfig { roles, all_roles, permissions, all_permissions, .. } = config;
        let mut all = Vec::new();
        all.extend(roles.0.map(|names| Requirement::Roles(self.roles(&names, &at("roles")))));
        all.extend(
            all_roles.0.map(|names| Requirement::AllRoles(self.roles(&names, &at("all_roles")))),
        );
        all.extend(
            permissions.0.map(|names| {
                Requirement::Permissions(self.permissions(&names, &at("permissions")))
            }),
        );
        all.extend(all_permissions.0.map(|names| {
            Requirement::AllPermissions(self.permissions(&names, &at("all_permissions")))
        }));
        all.extend(config.scopes.0.map(|scopes| {
            let names = scopes.0.into_iter().map(|scope| scope.0).collect();
            Requirement::Scopes(Scopes::new(names, &mut self.words.scopes))
        }));
        all.extend(config.claims.0.into_iter().flat_map(|tests| self.claims(tests, &at("claims"))));
        all.extend(config.any.0.map(|any| Requirement::Any(self.each(any, &at("any"), depth))));
        all.extend(config.all.0.into_iter().flat_map(|each| self.each(each, &at("all"), depth)));
        all.extend(config.not.0.map(|not| {
            let not = self.requirement(not.0, &at("not"), depth.saturating_add(1));
            Requirement::Not(Box::new(not))
        }));
        match all.pop() {
            Some(only) if all.is_empty() => only,
            last => {
                all.extend(last);
                Requirement::All(all)
            }
        }
    }

    fn each(&mut self, list: NonEmpty<Nested>, place: &str, depth: usize) -> Vec<Requirement> {
        let deeper = depth.saturating_add(1);
        let each = list.0.into_iter().enumerate();
        each.map(|(index, one)| self.requirement(one.0, &format!("{place}[{index}]"), deeper))
            .collect()
    }

    fn roles(&mut self, names: &NonEmpty<Name>, place: &str) -> Vec<Grant> {
        let mut grants = Vec::new();
        for (index, name) in names.0.iter().enumerate() {
            match self.words.roles.role(&name.0) {
                Some(grant) => {
                    self.check_defined(&name.0, || format!("{place}[{index}]"));
                    grants.push(grant);
                }
                None if self.roles_known => {
                    let known = self.words.roles.names().into_iter().flatten();
                    let problem = unknown("role", &name.0, known, &mut self.notes.speller);
                    self.notes.problems.push(format!("{place}[{index}]"), problem);
                }
                None => {}
            }
        }
        grants
    }

    /// Only where it is defined, the anonymous role is everybody's.
    fn check_defined(&mut self, role: &str, place: impl Fn() -> String) {
        let few = self.notes.warnings.len() < MAX_WARNINGS;
        if few && role == ANONYMOUS && self.roles_known && self.words.roles.names().is_none() {
            let message = format!(
                "without `roles` that define it, {role:?} is a role as any other: nobody without a token has it"
            );
            self.notes.warnings.push(Warning::new("undefined-anonymous", place(), message));
        }
    }

    fn permissions(&mut self, list: &NonEmpty<PermissionConfig>, place: &str) -> Vec<Grant> {
        let mut grants = Vec::new();
        for (index, permission) in list.0.iter().enumerate() {
            match self.words.roles.permission(&permission.0) {
                Some(grant) => {
                    self.check_named(&permission.0, || format!("{place}[{index}]"));
                    grants.push(grant);
                }
                None if self.roles_known => {
                    let name = permission.0.to_string();
                    let known = self.words.roles.permissions();
                    let problem = match self.words.roles.names() {
                        None => "permissions are those of `roles`, and there are none".to_owned(),
                        Some(_) => unknown("permission", &name, known, &mut self.notes.speller),
                    };
                    self.notes.problems.push(format!("{place}[{index}]"), problem);
                }
                None => {}
            }
        }
        grants
    }

    /// Where no role is given this very permission, `orders:*` or `*` would hide that it is misspelt.
    fn check_named(&mut self, permission: &Permission, place: impl Fn() -> String) {
        let Notes { warnings, speller, .. } = &mut *self.notes;
        if warnings.len() >= MAX_WARNINGS || self.words.roles.names_permission(permission) {
            return;
        }
        let name = permission.to_string();
        // `orders:refund` and `orders:read` are both words: only a slip of the hand is told.
        if let Some(near) = speller.within(2, &name, self.words.roles.permissions()) {
            let message = format!(
                "no role is given {name:?} by its name, only by `*`; did you mean `{near}`?"
            );
            warnings.push(Warning::new("misspelt-permission", place(), message));
        }
    }

    fn claims(&mut self, tests: Members<ClaimValues>, place: &str) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        for (name, values) in tests.0 {
            let place = format!("{place}.{name}");
            match claim_path(&name) {
                Ok(path) => {
                    let values = values.0.into_iter();
                    let expected = values.map(|value| self.expected(value, &place)).collect();
                    requirements.push(Requirement::Claim(ClaimTest { name, path, expected }));
                }
                Err(Invalid(problem)) => self.notes.problems.push(place, problem),
            }
        }
        requirements
    }

    fn expected(&mut self, value: ClaimValue, place: &str) -> Expected {
        match value {
            ClaimValue::Text(text) => Expected::Text(text),
            ClaimValue::Number(number) => Expected::Number(number),
            ClaimValue::Bool(boolean) => Expected::Bool(boolean),
            ClaimValue::Variable(name) => {
                let known = self.variables.iter().position(|(other, _)| *other == name);
                Expected::Variable(known.unwrap_or_else(|| {
                    self.variables.push((name, place.to_owned()));
                    self.variables.len().saturating_sub(1)
                }))
            }
            ClaimValue::Header(name) => Expected::Header(self.header(name, place)),
        }
    }

    fn header(&mut self, name: String, place: &str) -> usize {
        let headers = &mut self.words.headers;
        if let Some(known) = headers.iter().position(|other| *other == name) {
            return known;
        }
        if headers.len() >= MAX_HEADERS {
            let name = quoted(&name);
            let problem =
                format!("{name} is one header more than the {MAX_HEADERS} that rules may name");
            self.notes.problems.push(place, problem);
        }
        headers.push(name);
        headers.len().saturating_sub(1)
    }
}

/// Headers that all rules together may compare claims with: each header of a request is compared with all names.
const MAX_HEADERS: usize = 16;

/// Warnings about rules: where names differ by a number only, all of them may be near to each other.
const MAX_WARNINGS: usize = 20;
