//! What a policy says of rules and roles without any request: for those who read, draw and compare policies.

use authn::Numbers;
use authz::{Asker, Example, Examples, Expected, Grant, Outlook, Rule, Said};
use serde_json::{Map, Value};

use crate::gate::Gate;

impl Gate {
    /// The roles that the policy defines or asks for, in the order of their names.
    #[must_use]
    pub fn roles(&self) -> Vec<&str> {
        let names = self.authenticator.vocabulary().roles.iter();
        let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    /// Claims with these roles, as tokens of the first issuer have them; `None` where they cannot have them.
    #[must_use]
    pub fn claims_with(&self, roles: &[&str]) -> Option<Map<String, Value>> {
        self.authenticator.issuers().first()?.roles.written(roles)
    }

    /// Whether a request may by this rule that comes with a principal that has these roles, or without one (`None`), as
    /// far as roles tell.
    #[must_use]
    pub fn outlook(&self, rule: &Rule, roles: Option<&[&str]>) -> Outlook {
        self.outlook_of(rule, roles, &|_| Outlook::Depends)
    }

    /// As [`outlook`](Self::outlook), with what is known of the token's claims and scopes. A rule in shadow lets everybody
    /// through.
    #[must_use]
    pub fn outlook_of(
        &self,
        rule: &Rule,
        roles: Option<&[&str]>,
        said: &dyn Fn(Said<'_>) -> Outlook,
    ) -> Outlook {
        if !(self.enforced && rule.enforced) {
            return Outlook::Yes;
        }
        let numbers = self.numbers(roles.unwrap_or_default());
        rule.outlook(Asker { roles: &numbers, principal: roles.is_some(), said })
    }

    /// What a claim is compared with, in words; those for a path variable are the caller's.
    pub(crate) fn expected(
        &self,
        expected: &Expected,
        variable: impl FnOnce(usize) -> String,
    ) -> String {
        match expected {
            Expected::Text(text) => format!("{text:?}"),
            Expected::Number(number) => number.to_string(),
            Expected::Bool(boolean) => boolean.to_string(),
            Expected::Variable(index) => variable(*index),
            Expected::Header(index) => {
                let name = self.policy.headers().get(*index).map_or("", String::as_str);
                format!("the header `{name}`")
            }
        }
    }

    /// A request for each rule, in the order of [`Gate::rules`]; `None` for a rule that never governs.
    pub fn examples(&self) -> impl Iterator<Item = Option<Example>> {
        let examples = Examples::new([&self.policy], self.paths);
        self.policy.rules().iter().map(move |rule| examples.of(&self.policy, rule))
    }

    /// A request that no rule governs; `None` where there is one for every request.
    #[must_use]
    pub fn example_without_rule(&self) -> Option<Example> {
        Examples::new([&self.policy], self.paths).without_rule(&self.policy)
    }

    /// Whether these roles are enough for a grant.
    pub(crate) fn has(&self, roles: &[&str], grant: &Grant) -> bool {
        grant.is_of(&self.numbers(roles))
    }

    /// These roles and those of everybody.
    fn numbers(&self, roles: &[&str]) -> Numbers {
        let vocabulary = self.authenticator.vocabulary();
        let mut numbers = vocabulary.roles.among(roles.iter().copied());
        numbers.extend(&vocabulary.everybody);
        numbers
    }
}
