//! What is tried: one request by one principal.

use std::collections::BTreeSet;

use super::{Expectation, Outcome, Request, Suite};

/// One request by one principal, and what must come of it.
#[derive(Debug, Clone)]
pub struct Check<'s> {
    /// What it is called.
    pub title: String,
    /// The line of its case; where none lists it, of the first case with this request.
    pub line: u64,
    /// What is asked.
    pub request: &'s Request,
    /// Whose token comes along; `None`: there is none.
    pub principal: Option<&'s str>,
    /// What must come of it; where no case lists it, any denial.
    pub expect: Option<&'s Expectation>,
}

impl Check<'_> {
    /// What is not as it must be, a sentence each.
    #[must_use]
    pub fn differences(&self, found: &Outcome) -> Vec<String> {
        match self.expect {
            Some(expect) => expect.differences(found),
            None if !found.is_let_through() => Vec::new(),
            None if found.code.is_none() => vec!["not listed, but allowed".to_owned()],
            None => vec!["not listed, but let through: its denial is not enforced".to_owned()],
        }
    }
}

/// All of a suite.
pub(super) fn all(suite: &Suite) -> Vec<Check<'_>> {
    let mut checks = Vec::new();
    // Principals without a token are all the same one.
    let has_token = |name: &&str| suite.draft(name).is_some();
    let mut listed = BTreeSet::new();
    for case in &suite.cases {
        for name in &case.principals {
            let name = name.as_deref();
            let principal = name.filter(has_token);
            listed.insert((&case.request, principal));
            let title = match &case.name {
                Some(title) if case.principals.len() == 1 => title.clone(),
                Some(title) => title_of(title, name),
                None => title_of(&case.request, name),
            };
            let (line, request, expect) = (case.line, &case.request, Some(&case.expect));
            checks.push(Check { title, line, request, principal, expect });
        }
    }
    let mut requests = BTreeSet::new();
    for case in suite.cases.iter().filter(|case| requests.insert(&case.request)) {
        let (line, request) = (case.line, &case.request);
        for principal in suite.drafts().map(|(name, _)| Some(name)).chain([None]) {
            if !listed.contains(&(request, principal)) {
                let title = title_of(request, principal);
                checks.push(Check { title, line, request, principal, expect: None });
            }
        }
    }
    checks
}

fn title_of(what: impl std::fmt::Display, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{what} as {name}"),
        None => format!("{what} without a token"),
    }
}
