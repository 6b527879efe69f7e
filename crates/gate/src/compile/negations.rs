//! What cannot be relied on: that a client does not find another spelling.

use authz::{Access, Rule};

use crate::warning::Warning;

/// A warning for each rule that asks for something not to be what the client writes.
pub(super) fn warnings(rules: &[Rule]) -> impl Iterator<Item = Warning> {
    let negates = |rule: &Rule| match &rule.access {
        Access::Require(requirement) => requirement.negates_request(),
        _ => false,
    };
    rules.iter().enumerate().filter(move |(_, rule)| negates(rule)).map(|(index, rule)| {
        let message = format!(
            "rule `{}` has `not` around a claim that is compared with the path or a header: it holds only as far as \
             the upstream takes no other spelling for the same thing",
            rule.name
        );
        Warning::new("negated-request", format!("rules[{index}].allow"), message)
    })
}
