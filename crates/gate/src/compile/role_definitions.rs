//! `roles` to what a policy knows of roles.

use authz::{InvalidRoles, RoleDefinition, Roles};

use super::Notes;
use crate::config::{Given, Members, RoleConfig, Speller};

/// Compiles the definitions, if there are any; notes what is wrong among them.
pub(super) fn compile(config: Given<Members<RoleConfig>>, notes: &mut Notes) -> Option<Roles> {
    let Some(Members(members)) = config.0 else { return Some(Roles::undefined()) };
    if members.len() > MAX_ROLES {
        let message = format!("has {} roles, more than {MAX_ROLES}", members.len());
        notes.problems.push("roles", message);
        return None;
    }
    let definitions: Vec<RoleDefinition> =
        members.into_iter().map(|(name, role)| definition(name, role)).collect();
    match Roles::defined(definitions.clone()) {
        Ok(roles) => Some(roles),
        Err(invalid) => {
            for one in invalid {
                note(&one, &definitions, notes);
            }
            None
        }
    }
}

/// Roles that may be defined: who has which is kept for each pair.
const MAX_ROLES: usize = 10_000;

fn definition(name: String, config: RoleConfig) -> RoleDefinition {
    let inherits = config.inherits.0.map_or_else(Vec::new, |names| super::texts(names.0));
    let permissions = config.permissions.0.into_iter().flat_map(|list| list.0);
    RoleDefinition { name, inherits, permissions: permissions.map(|one| one.0).collect() }
}

fn note(invalid: &InvalidRoles, definitions: &[RoleDefinition], notes: &mut Notes) {
    match invalid {
        InvalidRoles::UnknownRole { role, inherited } => {
            let Some(definition) = definitions.get(*role) else { return };
            let Some(name) = definition.inherits.get(*inherited) else { return };
            let names = definitions.iter().map(|definition| definition.name.as_str());
            let place = format!("roles.{}.inherits[{inherited}]", definition.name);
            let problem = unknown("role", name, names, &mut notes.speller);
            notes.problems.push(place, problem);
        }
        InvalidRoles::Cycle(names) => {
            let first = names.first().map_or("", String::as_str);
            let chain = names.join(" -> ");
            let place = format!("roles.{first}.inherits");
            let problem = format!("roles inherit each other: {chain} -> {first}");
            notes.problems.push(place, problem);
        }
    }
}

/// `unknown role "admn"; did you mean `admin`?`: of what is defined there may be too much to list.
pub(super) fn unknown<'n>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    speller: &mut Speller,
) -> String {
    match speller.nearest(name, known) {
        Some(nearest) => format!("unknown {what} {name:?}; did you mean `{nearest}`?"),
        None if speller.is_spent() => format!("unknown {what} {name:?}"),
        None => format!("unknown {what} {name:?}; `roles` has none like it"),
    }
}
