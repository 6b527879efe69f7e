//! `roles` to what a policy knows of roles.

use authz::{InvalidRoles, RoleDefinition, Roles};

use crate::config::{Given, Members, Problems, RoleConfig, nearest};

/// Compiles the definitions, if there are any; notes what is wrong among them.
pub(super) fn compile(
    config: Given<Members<RoleConfig>>,
    problems: &mut Problems,
) -> Option<Roles> {
    let Some(Members(members)) = config.0 else { return Some(Roles::undefined()) };
    if members.len() > MAX_ROLES {
        problems.push("roles", format!("has {} roles, more than {MAX_ROLES}", members.len()));
        return None;
    }
    let definitions: Vec<RoleDefinition> =
        members.into_iter().map(|(name, role)| definition(name, role)).collect();
    match Roles::defined(definitions.clone()) {
        Ok(roles) => Some(roles),
        Err(invalid) => {
            for one in invalid {
                note(&one, &definitions, problems);
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

fn note(invalid: &InvalidRoles, definitions: &[RoleDefinition], problems: &mut Problems) {
    match invalid {
        InvalidRoles::UnknownRole { role, inherited } => {
            let Some(definition) = definitions.get(*role) else { return };
            let Some(name) = definition.inherits.get(*inherited) else { return };
            let names = definitions.iter().map(|definition| definition.name.as_str());
            let place = format!("roles.{}.inherits[{inherited}]", definition.name);
            problems.push(place, unknown("role", name, names));
        }
        InvalidRoles::Cycle(names) => {
            let first = names.first().map_or("", String::as_str);
            let chain = names.join(" -> ");
            let place = format!("roles.{first}.inherits");
            problems.push(place, format!("roles inherit each other: {chain} -> {first}"));
        }
    }
}

/// `unknown role "admn"; did you mean `admin`?`: of what is defined there may be too much to list.
pub(super) fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("unknown {what} {name:?}; did you mean `{nearest}`?"),
        None => format!("unknown {what} {name:?}; `roles` has none like it"),
    }
}
