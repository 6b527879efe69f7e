//! What cannot be relied on: that a client does not find another spelling.

use authz::{Access, Rule};

/// A warning for each rule that asks for something not to be what the client writes.
pub(super) fn warnings(rules: &[Rule]) -> impl Iterator<Item = String> {
    let negates = |rule: &&Rule| match &rule.access {
        Access::Require(requirement) => requirement.negates_request(),
        _ => false,
    };
    rules.iter().filter(negates).map(|rule| {
        format!(
            "rule `{}` has `not` around a claim that is compared with the path or a header: it holds only as far as \
             the upstream takes no other spelling for the same thing",
            rule.name
        )
    })
}
