//! One of two policies, on one kind of requests.

use std::collections::BTreeSet;

use authz::{Example, Expected, Outlook, PathOptions, Rule, Said, Target};

use crate::gate::Gate;

/// What governs some requests, if a rule does: its number, and where its variables take their values there.
pub(super) type Governed = Option<(usize, Vec<String>)>;

/// One policy, and what governs some requests there.
pub(super) struct Side<'g> {
    pub(super) gate: &'g Gate,
    pub(super) governed: Governed,
}

/// A request's target, where it can have one.
pub(super) fn target(example: &Example, options: PathOptions) -> Option<Target<'_>> {
    let Example { method, host, path } = example;
    Target::parse(method.as_bytes(), host.as_bytes(), path.as_bytes(), options).ok()
}

/// What governs this request in a policy.
pub(super) fn governed(gate: &Gate, example: &Example) -> Governed {
    let target = target(example, gate.paths)?;
    let governing = gate.policy.governing(&target)?;
    Some((governing.index, governing.places().collect()))
}

impl<'g> Side<'g> {
    /// The rule, if there is one.
    pub(super) fn rule(&self) -> Option<&'g Rule> {
        self.gate.policy.rules().get(self.governed.as_ref()?.0)
    }

    /// What of a token's claims and scopes would be enough: ``claim `sub` is segment 2 of the path``. Variables are told by
    /// their places: names are each policy's own.
    pub(super) fn said(&self, said: Said<'_>) -> Vec<String> {
        match said {
            Said::Scope(name) => vec![format!("scope {name:?}")],
            Said::Claim(test) => {
                let is = |expected: &Expected| {
                    format!("claim `{}` is {}", test.name, self.text(expected))
                };
                test.expected.iter().map(is).collect()
            }
        }
    }

    /// What of a token's claims would leave it open whether they are what is asked for.
    pub(super) fn unclear(&self, said: Said<'_>) -> Vec<String> {
        match said {
            Said::Scope(_) => Vec::new(),
            Said::Claim(test) => {
                let open = |expected: &Expected| {
                    let expected = self.text(expected);
                    format!("claim `{}` that cannot be compared with {expected}", test.name)
                };
                test.expected.iter().map(open).collect()
            }
        }
    }

    fn text(&self, expected: &Expected) -> String {
        self.gate.expected(expected, |index| {
            let place = self.governed.as_ref().and_then(|(_, places)| places.get(index));
            format!("{} of the path", place.map_or("", String::as_str))
        })
    }

    /// Whether one may who has a token with these roles, of which this is said; or who has none.
    pub(super) fn lets(&self, roles: Option<&[&str]>, said: &BTreeSet<&String>) -> bool {
        let Some(rule) = self.rule() else { return !self.gate.enforced };
        let has = |texts: &[String]| texts.iter().any(|text| said.contains(text));
        let is_said = |one: Said<'_>| match one {
            one if has(&self.said(one)) => Outlook::Yes,
            one if has(&self.unclear(one)) => Outlook::Depends,
            _ => Outlook::No,
        };
        self.gate.outlook_of(rule, roles, &is_said) == Outlook::Yes
    }
}
