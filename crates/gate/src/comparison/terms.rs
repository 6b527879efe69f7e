//! What two rules ask for, in terms that they share, and for which combinations of them they decide differently.

use std::collections::{BTreeMap, BTreeSet};

use authz::{Access, Grant, Requirement, Said};

use super::Who;
use super::side::Side;

/// Everything that two rules ask for.
pub(super) struct Terms<'a, 'g> {
    old: &'a Side<'g>,
    new: &'a Side<'g>,
    /// Roles, those together that both rules take for the same.
    roles: Vec<Vec<String>>,
    /// Claims and scopes.
    said: Vec<String>,
}

/// Those who are let in, and those who are kept out.
type Differences = (Vec<Who>, Vec<Who>);

/// Terms that are combined: two to the power of it, of combinations.
const MOST: usize = 12;

impl<'a, 'g> Terms<'a, 'g> {
    pub(super) fn of(old: &'a Side<'g>, new: &'a Side<'g>) -> Self {
        let (mut grants, mut said) = (Vec::new(), BTreeSet::new());
        for side in [old, new] {
            let Some(Access::Require(requirement)) = side.rule().map(|rule| &rule.access) else {
                continue;
            };
            gather(requirement, false, &mut |term| match term {
                Term::Grant(grant) => grants.push((side.gate, grant)),
                Term::Said(one) => said.extend(side.said(one)),
                Term::Unclear(one) => said.extend(side.unclear(one)),
            });
        }
        // A role is known by what it is good for; to be good for nothing more than everybody's is nothing.
        let mut alike: BTreeMap<Vec<bool>, Vec<String>> = BTreeMap::new();
        let names: BTreeSet<&str> =
            [old, new].into_iter().flat_map(|side| side.gate.roles()).collect();
        for name in names {
            let good_for = grants.iter().map(|(gate, grant)| gate.has(&[name], grant)).collect();
            alike.entry(good_for).or_default().push(name.to_owned());
        }
        let nothing: Vec<bool> = grants.iter().map(|(gate, grant)| gate.has(&[], grant)).collect();
        alike.remove(&nothing);
        let mut roles: Vec<_> = alike.into_values().collect();
        roles.sort();
        Self { old, new, roles, said: said.into_iter().collect() }
    }

    /// Who may by one rule and not by the other, each as little as it takes; `None` where there are too many
    /// combinations.
    pub(super) fn differences(&self) -> Option<Differences> {
        let terms = self.roles.len().saturating_add(self.said.len());
        if terms > MOST {
            return None;
        }
        let (mut wider, mut narrower) = (Vec::new(), Vec::new());
        let nothing = BTreeSet::new();
        match [self.old, self.new].map(|side| side.lets(None, &nothing)) {
            [false, true] => wider.push(Who::WithoutToken),
            [true, false] => narrower.push(Who::WithoutToken),
            _ => {}
        }
        let end = 1_u32.checked_shl(u32::try_from(terms).ok()?)?;
        let mut combinations: Vec<u32> = (0..end).collect();
        combinations.sort_by_key(|combination| combination.count_ones());
        let (mut let_in, mut kept_out): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        for combination in combinations {
            let (found, who) = match self.lets(combination) {
                [false, true] => (&mut let_in, &mut wider),
                [true, false] => (&mut kept_out, &mut narrower),
                _ => continue,
            };
            // Whoever has more than somebody who was told of need not be told of.
            if !found.iter().any(|less| less & combination == *less) {
                found.push(combination);
                who.push(self.who(combination));
            }
        }
        Some((wider, narrower))
    }

    /// Whether the old and the new rule let somebody through who has these terms, by number.
    fn lets(&self, combination: u32) -> [bool; 2] {
        let roles = chosen(combination, 0, &self.roles).filter_map(|alike| alike.first());
        let roles: Vec<&str> = roles.map(String::as_str).collect();
        let said = chosen(combination, self.roles.len(), &self.said).collect();
        [self.old, self.new].map(|side| side.lets(Some(&roles), &said))
    }

    fn who(&self, combination: u32) -> Who {
        Who::With {
            roles: chosen(combination, 0, &self.roles).cloned().collect(),
            said: chosen(combination, self.roles.len(), &self.said).cloned().collect(),
        }
    }
}

/// Those terms whose bits are set, from this bit on.
fn chosen<T>(combination: u32, from: usize, terms: &[T]) -> impl Iterator<Item = &T> {
    let is_set = move |index: usize| {
        let bit = u32::try_from(from.saturating_add(index)).unwrap_or(u32::MAX);
        combination.checked_shr(bit).is_some_and(|rest| rest & 1 == 1)
    };
    terms.iter().enumerate().filter(move |(index, _)| is_set(*index)).map(|(_, term)| term)
}

enum Term<'p> {
    Grant(&'p Grant),
    Said(Said<'p>),
    /// A claim that cannot be compared.
    Unclear(Said<'p>),
}

/// Shows what a requirement asks for, part by part. Recursion is bounded by [`Requirement::MAX_DEPTH`].
fn gather<'p>(requirement: &'p Requirement, negated: bool, show: &mut impl FnMut(Term<'p>)) {
    match requirement {
        Requirement::Roles(grants)
        | Requirement::AllRoles(grants)
        | Requirement::Permissions(grants)
        | Requirement::AllPermissions(grants) => {
            for grant in grants {
                show(Term::Grant(grant));
            }
        }
        Requirement::Scopes(scopes) => {
            for name in &scopes.names {
                show(Term::Said(Said::Scope(name)));
            }
        }
        Requirement::Claim(test) => {
            show(Term::Said(Said::Claim(test)));
            // Elsewhere it is as good as one that is something else.
            if negated {
                show(Term::Unclear(Said::Claim(test)));
            }
        }
        Requirement::Any(several) | Requirement::All(several) => {
            for one in several {
                gather(one, negated, show);
            }
        }
        Requirement::Not(one) => gather(one, true, show),
    }
}
