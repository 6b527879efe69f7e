//! What a rule asks for, in words, and what the principal has of it.

use authz::{ClaimTest, Expected, Facts, Governing, Grant, Part, Requirement, Target};
use serde::Serialize;

use crate::gate::Gate;

/// A part of what a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// What is asked for, such as `one of the roles "admin"`.
    pub what: String,
    /// Whether it is met.
    pub met: Met,
    /// What the principal has there, or what else a test was made on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has: Option<String>,
    /// The parts that it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Asked>,
}

/// Whether something that is asked for is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// That cannot be told for certain; neither it nor its negation is met.
    Unknown,
}

/// The words for one request.
struct Words<'a> {
    gate: &'a Gate,
    governing: Governing<'a>,
    facts: Facts<'a>,
}

impl Gate {
    /// What the rule that governs this target asks for, where it is more than a principal.
    pub(super) fn asked(&self, target: &Target<'_>, facts: Facts<'_>) -> Option<Asked> {
        let governing = self.policy.governing(target)?;
        let part = governing.parts(facts)?;
        Some(Words { gate: self, governing, facts }.asked(&part))
    }
}

impl Words<'_> {
    fn asked(&self, part: &Part<'_>) -> Asked {
        let met = match &part.outcome {
            Ok(()) => Met::Yes,
            Err(unmet) if unmet.is_certain() => Met::No,
            Err(_) => Met::Unknown,
        };
        Asked {
            what: self.what(part.requirement),
            met,
            has: self.has(part.requirement),
            parts: part.parts.iter().map(|one| self.asked(one)).collect(),
        }
    }

    fn what(&self, requirement: &Requirement) -> String {
        match requirement {
            Requirement::Roles(grants) => one_of("role", &names(grants)),
            Requirement::AllRoles(grants) => all_of("role", &names(grants)),
            Requirement::Permissions(grants) => {
                one_of("permission", &names(grants)) + &self.holders(grants)
            }
            Requirement::AllPermissions(grants) => {
                all_of("permission", &names(grants)) + &self.holders(grants)
            }
            Requirement::Scopes(scopes) => {
                all_of("scope", &scopes.names.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Requirement::Claim(test) => self.claim(test),
            Requirement::Any(_) => "one of".to_owned(),
            Requirement::All(_) => "all of".to_owned(),
            Requirement::Not(_) => "not".to_owned(),
        }
    }

    /// Which roles have permissions.
    fn holders(&self, grants: &[Grant]) -> String {
        let holders: Vec<&str> = self
            .gate
            .roles()
            .into_iter()
            .filter(|role| grants.iter().any(|grant| self.gate.has(&[role], grant)))
            .collect();
        format!(" (of the roles {})", listed(&holders))
    }

    fn claim(&self, test: &ClaimTest) -> String {
        let expected: Vec<String> = test.expected.iter().map(|one| self.expected(one)).collect();
        format!("claim `{}` is {}", test.name, expected.join(" or "))
    }

    /// What a claim is compared with, and what that is in this request.
    fn expected(&self, expected: &Expected) -> String {
        let variables = &self.governing.rule.variables;
        let text = self.gate.expected(expected, |index| {
            format!("`{{{}}}`", variables.get(index).map_or("", String::as_str))
        });
        if !matches!(expected, Expected::Variable(_) | Expected::Header(_)) {
            return text;
        }
        match self.governing.written(expected, self.facts) {
            Some(here) => format!("{text} (here {here:?})"),
            None => format!("{text} (which is not there)"),
        }
    }

    /// What the principal has where the requirement looks.
    fn has(&self, requirement: &Requirement) -> Option<String> {
        if matches!(requirement, Requirement::Any(_) | Requirement::All(_) | Requirement::Not(_)) {
            return None;
        }
        let Some(principal) = self.facts.principal else {
            return Some("no token".to_owned());
        };
        Some(match requirement {
            Requirement::Scopes(_) => {
                let scopes: Vec<&str> = principal.scopes().collect();
                format!("scopes {}", listed(&scopes))
            }
            Requirement::Claim(test) => match principal.claims().at(&test.path) {
                Some(claim) => format!("`{}` is {claim}", test.name),
                None => format!("no claim `{}`", test.name),
            },
            _ => {
                let roles: Vec<&str> = principal.roles().iter().map(String::as_str).collect();
                format!("roles {}", listed(&roles))
            }
        })
    }
}

fn names(grants: &[Grant]) -> Vec<&str> {
    grants.iter().map(|grant| grant.name.as_str()).collect()
}

fn one_of(what: &str, names: &[&str]) -> String {
    match names {
        [only] => format!("the {what} {only:?}"),
        _ => format!("one of the {what}s {}", listed(names)),
    }
}

fn all_of(what: &str, names: &[&str]) -> String {
    match names {
        [only] => format!("the {what} {only:?}"),
        _ => format!("each of the {what}s {}", listed(names)),
    }
}

/// `"a", "b"`, or `(none)`.
fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "(none)".to_owned();
    }
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
