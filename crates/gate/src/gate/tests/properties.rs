//! What holds for every configuration, principal and request, whatever they are.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use authz::Outlook;

use crate::explanation::Met;
use meaning::{Verdict, governing, verdict};
use requests::{Asked, asked};
use tables::{PERMISSIONS, ROLES, SCOPES, claims, table, table_in_two_orders, two_tables};

mod garbage;
mod meaning;
mod remembered;
mod requests;
mod tables;

fn compiled(config: &Value) -> Gate {
    Gate::from_configuration(config.to_string().as_bytes()).unwrap()
}

fn headers<'a>(asked: &'a Asked, token: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut headers =
        vec![(":method", asked.method), (":authority", &asked.authority), (":path", &asked.path)];
    headers.extend(asked.tenants.iter().map(|tenant| ("x-tenant", *tenant)));
    headers.extend(token.map(|token| ("authorization", token)));
    headers
}

/// The decision, in the words of [`Verdict`]; and all that is made of it, the reply and the audit line.
fn decided(
    gate: &Gate,
    asked: &Asked,
    claims: Option<&Value>,
) -> (Verdict, Option<Reply>, Option<String>) {
    let token = claims.map(bearer);
    let headers = headers(asked, token.as_deref());
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
    let rule = decision.rule.map(|rule| rule.name.clone());
    let verdict = match &decision.outcome {
        Ok(()) => Verdict::Allow(rule.unwrap()),
        Err(denial) => Verdict::Deny(denial.code(), rule),
    };
    (verdict, gate.reply(&request, &decision), audited(gate, &request, &decision))
}

/// Something that is added to what a principal has.
#[derive(Debug, Clone)]
enum More {
    Role(&'static str),
    Scope(&'static str),
    /// To one of the roles that are defined.
    Permission(&'static str, &'static str),
}

impl More {
    fn add(&self, config: &mut Value, claims: &mut Option<Value>) {
        let push = |list: &mut Value, name: &str| match list {
            Value::Array(names) => names.push(json!(name)),
            Value::String(one) => *list = json!([one, name]),
            other => *other = json!([name]),
        };
        match (self, claims) {
            (Self::Role(role), Some(claims)) => push(&mut claims["roles"], role),
            (Self::Scope(scope), Some(claims)) => push(&mut claims["scp"], scope),
            (Self::Permission(role, permission), _) if config["roles"].is_object() => {
                push(&mut config["roles"][*role]["permissions"], permission);
            }
            _ => {}
        }
    }
}

fn more() -> impl Strategy<Value = More> {
    prop_oneof![
        select(ROLES).prop_map(More::Role),
        select(SCOPES).prop_map(More::Scope),
        (select(ROLES), select(PERMISSIONS)).prop_map(|(role, one)| More::Permission(role, one)),
    ]
}

proptest! {
    #[test]
    fn a_decision_is_what_the_table_says(
        config in table(true), claims in claims(), requests in vec(asked(), 8),
    ) {
        let gate = compiled(&config);
        for asked in &requests {
            let found = decided(&gate, asked, claims.as_ref()).0;
            prop_assert_eq!(found, verdict(&config, asked, claims.as_ref()), "{:?}", asked);
        }
    }

    #[test]
    fn the_order_of_rules_never_matters(
        (config, shuffled) in table_in_two_orders(), claims in claims(), requests in vec(asked(), 8),
    ) {
        let (gate, shuffled) = (compiled(&config), compiled(&shuffled));
        for asked in &requests {
            let one = decided(&gate, asked, claims.as_ref());
            prop_assert_eq!(one, decided(&shuffled, asked, claims.as_ref()));
        }
    }

    #[test]
    fn whoever_is_given_more_may_no_less(
        config in table(false), claims in claims(), more in vec(more(), 1..4), requests in vec(asked(), 8),
    ) {
        let (mut config_after, mut claims_after) = (config.clone(), claims.clone());
        for more in &more {
            more.add(&mut config_after, &mut claims_after);
        }
        let (before, after) = (compiled(&config), compiled(&config_after));
        for asked in &requests {
            let first = decided(&before, asked, claims.as_ref()).0;
            if let Verdict::Allow(_) = first {
                prop_assert_eq!(first, decided(&after, asked, claims_after.as_ref()).0);
            }
        }
    }

    #[test]
    fn a_rule_less_opens_nothing_that_another_does_not(
        config in table(true), which in any::<prop::sample::Index>(), claims in claims(),
        requests in vec(asked(), 8),
    ) {
        let mut without = config.clone();
        let rules = without["rules"].as_array_mut().unwrap();
        let removed = rules.remove(which.index(rules.len()));
        // A table has a rule; one that no request meets changes nothing.
        if rules.is_empty() {
            rules.push(json!({"name": "apart", "hosts": ["elsewhere"], "path": "/", "allow": "nobody"}));
        }
        let (before, after) = (compiled(&config), compiled(&without));
        for asked in &requests {
            let first = decided(&before, asked, claims.as_ref());
            let second = decided(&after, asked, claims.as_ref());
            let governed = governing(&config, asked).map(|(rule, _)| rule["name"].clone());
            if governed.as_ref() != Some(&removed["name"]) {
                prop_assert_eq!(first, second, "another rule was removed");
            } else if let (Verdict::Deny(..), Verdict::Allow(name)) = (first.0, second.0) {
                let (next, _) = governing(&without, asked).unwrap();
                prop_assert_eq!(&next["name"], &json!(name));
                prop_assert_eq!(verdict(&without, asked, claims.as_ref()), Verdict::Allow(name));
            }
        }
    }

    #[test]
    fn what_no_rule_matches_is_denied(
        config in table(true), claims in claims(), requests in vec(asked(), 8),
    ) {
        let gate = compiled(&config);
        for asked in requests.iter().filter(|asked| governing(&config, asked).is_none()) {
            let (verdict, reply, _) = decided(&gate, asked, claims.as_ref());
            prop_assert_eq!(verdict, Verdict::Deny("no_rule", None));
            prop_assert_eq!(reply.map(|reply| reply.status), Some(403));
        }
    }

    /// An explanation is of the very decision, and what roles alone tell is true of it.
    #[test]
    fn what_is_explained_is_what_is_decided(
        config in table(true), claims in claims(), requests in vec(asked(), 8),
    ) {
        let gate = compiled(&config);
        let host = Stub(Ok(Vec::new()));
        let now = UnixTime::from_seconds(1_000);
        for asked in &requests {
            let token = claims.as_ref().map(bearer);
            let headers = headers(asked, token.as_deref());
            let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
            let explained = gate.explain(&request, &host, now);
            let decision = gate.decide(&request, &host, now);
            prop_assert_eq!(&explained.decision, &decision);
            prop_assert_eq!(&explained.reply, &gate.reply(&request, &decision));
            let Some(rule) = decision.rule else { continue };
            prop_assert_eq!(explained.matching.first().map(|one| &one.rule.name), Some(&rule.name));
            if let Some(asked) = explained.asked {
                prop_assert_eq!(asked.met == Met::Yes, decision.outcome.is_ok());
            }
            let principal = decision.principal.as_deref();
            let roles = principal.map(|one| one.roles().iter().map(String::as_str).collect::<Vec<_>>());
            if !matches!(decision.outcome, Err(Denial::InvalidToken(_))) && rule.needs_principal() {
                match gate.outlook(rule, roles.as_deref()) {
                    Outlook::Yes => prop_assert!(decision.outcome.is_ok() || !decision.enforced),
                    Outlook::No => prop_assert!(decision.outcome.is_err()),
                    Outlook::Depends => {}
                }
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever is let in by the newer of two policies and not by the older, of that a comparison tells; and where it says
    /// that nobody is, nobody is.
    #[test]
    fn what_a_comparison_does_not_tell_of_is_not_so(
        (old, new) in two_tables(), claims in vec(claims(), 4), requests in vec(asked(), 24),
    ) {
        let (old, new) = (compiled(&old), compiled(&new));
        let comparison = old.compare(&new);
        let known: Vec<_> = comparison.changes.iter().map(|change| {
            let name = |rule: Option<&Rule>| rule.map(|rule| rule.name.clone());
            let rules = (name(change.old), name(change.new));
            (rules, !change.wider.is_empty(), !change.narrower.is_empty())
        }).collect();
        for (asked, claims) in requests.iter().flat_map(|asked| claims.iter().map(move |one| (asked, one))) {
            let goes_on = |gate: &Gate| {
                let (verdict, reply, _) = decided(gate, asked, claims.as_ref());
                let rule = match verdict {
                    Verdict::Allow(rule) => Some(rule),
                    Verdict::Deny(_, rule) => rule,
                };
                (reply.is_none(), rule)
            };
            let ((before, old_rule), (after, new_rule)) = (goes_on(&old), goes_on(&new));
            let rules = (old_rule, new_rule);
            let told = known.iter().any(|(own, wider, narrower)| {
                *own == rules && (if after { *wider } else { *narrower })
            });
            let message = format!("{asked:?} {claims:?} {rules:?} {comparison:?}");
            prop_assert!(before == after || told || !comparison.unknown.is_empty(), "{}", message);
        }
    }
}
