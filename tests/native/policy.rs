//! A policy that both sides can express, at random, of so few words that rules often meet; and how claimgate is told.

use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::{Value, json};

/// A table of permissions: the most specific rule governs.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) rules: Vec<Rule>,
}

/// For whom these hosts, methods and paths are; without hosts or methods: for any.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) hosts: Vec<&'static str>,
    pub(crate) methods: Vec<&'static str>,
    pub(crate) paths: Vec<Vec<Step>>,
    pub(crate) allow: Allow,
}

/// A segment of a path pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Literal(&'static str),
    /// Any one, spelt like this.
    One(&'static str),
    /// All that is left, perhaps nothing; stands last.
    Rest,
}

/// Who may.
#[derive(Debug, Clone)]
pub(crate) enum Allow {
    Public,
    Authenticated,
    Nobody,
    To(Requirement),
}

/// What a principal must be.
#[derive(Debug, Clone)]
pub(crate) enum Requirement {
    Roles(Vec<&'static str>),
    AllRoles(Vec<&'static str>),
    Scopes(Vec<&'static str>),
    /// A claim, which may nest, is one of these values.
    Claim(&'static str, Vec<Value>),
    Any(Vec<Requirement>),
    All(Vec<Requirement>),
    Not(Box<Requirement>),
}

impl Policy {
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let mut rules = Vec::new();
        let mut taken = BTreeSet::new();
        for _ in 0..rng.usize(2..12) {
            let rule = Rule::random(rng, format!("r{}", rules.len()));
            // Rows that tie are an error in claimgate, within a rule too.
            let rows = rule.rows();
            let distinct: BTreeSet<_> = rows.iter().cloned().collect();
            if distinct.len() == rows.len() && taken.is_disjoint(&distinct) {
                taken.extend(distinct);
                rules.push(rule);
            }
        }
        Self { rules }
    }

    /// The rules as claimgate is told. A denial says which rule it is by.
    pub(crate) fn rules(&self) -> Vec<Value> {
        self.rules.iter().map(Rule::to_json).collect()
    }
}

impl Rule {
    fn random(rng: &mut Rng, name: String) -> Self {
        Self {
            name,
            hosts: some(rng, &[0, 0, 0, 1, 2], HOSTS),
            methods: some(rng, &[0, 0, 0, 1, 2], METHODS),
            paths: (0..rng.usize(1..3)).map(|_| path(rng)).collect(),
            allow: match rng.u8(0..20) {
                0..2 => Allow::Public,
                2..6 => Allow::Authenticated,
                6 => Allow::Nobody,
                _ => Allow::To(Requirement::random(rng, 0)),
            },
        }
    }

    /// What two rules must not share.
    fn rows(&self) -> Vec<String> {
        let shape = |path: &Vec<Step>| path.iter().map(|step| step.shape()).collect::<String>();
        let any = |names: &[&'static str]| {
            if names.is_empty() { vec!["any"] } else { names.to_vec() }
        };
        let (hosts, methods) = (any(&self.hosts), any(&self.methods));
        let of_path = |path| {
            let shape = shape(path);
            let pairs =
                hosts.iter().flat_map(|host| methods.iter().map(move |method| (host, method)));
            pairs.map(|(host, method)| format!("{host} {method} {shape}")).collect::<Vec<_>>()
        };
        self.paths.iter().flat_map(of_path).collect()
    }

    fn to_json(&self) -> Value {
        let paths: Vec<_> = self.paths.iter().map(|path| written(path)).collect();
        let allow = match &self.allow {
            Allow::Public => json!("public"),
            Allow::Authenticated => json!("authenticated"),
            Allow::Nobody => json!("nobody"),
            Allow::To(requirement) => requirement.to_json(),
        };
        let mut rule = json!({ "name": self.name, "paths": paths, "allow": allow });
        if allow != "public" {
            rule["message"] = json!(self.name);
        }
        for (key, names) in [("hosts", &self.hosts), ("methods", &self.methods)] {
            if !names.is_empty() {
                rule[key] = json!(names);
            }
        }
        rule
    }
}

impl Requirement {
    fn random(rng: &mut Rng, depth: u8) -> Self {
        let several = |rng: &mut Rng| {
            (0..rng.usize(1..4)).map(|_| Self::random(rng, depth + 1)).collect::<Vec<_>>()
        };
        match rng.u8(0..if depth < 3 { 15 } else { 9 }) {
            0..4 => Self::Roles(some(rng, &[1, 2], ROLES)),
            4 => Self::AllRoles(some(rng, &[1, 2], ROLES)),
            5..7 => Self::Scopes(some(rng, &[1, 1, 2], SCOPES)),
            7..9 => {
                let name = CLAIMS[rng.usize(..CLAIMS.len())];
                let mut values =
                    vec![json!("sales"), json!("hr"), json!("5"), json!(5), json!(true)];
                rng.shuffle(&mut values);
                values.truncate(rng.usize(1..3));
                Self::Claim(name, values)
            }
            9..11 => Self::Any(several(rng)),
            11..13 => Self::All(several(rng)),
            _ => Self::Not(Box::new(Self::random(rng, depth + 1))),
        }
    }

    fn to_json(&self) -> Value {
        let each = |all: &[Self]| all.iter().map(Self::to_json).collect::<Vec<_>>();
        match self {
            Self::Roles(names) => json!({ "roles": names }),
            Self::AllRoles(names) => json!({ "all_roles": names }),
            Self::Scopes(names) => json!({ "scopes": names }),
            Self::Claim(name, values) => json!({ "claims": { *name: values } }),
            Self::Any(several) => json!({ "any": each(several) }),
            Self::All(several) => json!({ "all": each(several) }),
            Self::Not(one) => json!({ "not": one.to_json() }),
        }
    }
}

impl Step {
    fn shape(self) -> String {
        match self {
            Self::Literal(text) => format!("/{text}"),
            Self::One(_) => "/*".to_owned(),
            Self::Rest => "/**".to_owned(),
        }
    }
}

fn path(rng: &mut Rng) -> Vec<Step> {
    let mut names = ["{id}", "*", "{name}"].into_iter();
    let mut steps = Vec::new();
    for _ in 0..rng.usize(0..4) {
        steps.push(match rng.u8(0..3) {
            0 => names.next().map_or(Step::Rest, Step::One),
            _ => Step::Literal(SEGMENTS[rng.usize(..SEGMENTS.len())]),
        });
    }
    if rng.u8(0..3) == 0 {
        steps.push(Step::Rest);
    }
    steps
}

/// How claimgate is told a path.
fn written(path: &[Step]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Literal(text) | Step::One(text) => format!("/{text}"),
        Step::Rest => "/**".to_owned(),
    });
    if path.is_empty() { "/".to_owned() } else { steps.collect() }
}

/// Some of these names; how many, is one of these counts.
pub(crate) fn some<T: Copy>(rng: &mut Rng, counts: &[usize], names: &[T]) -> Vec<T> {
    let count = counts[rng.usize(..counts.len())];
    rng.choose_multiple(names.iter().copied(), count)
}

const HOSTS: &[&str] = &["h.x", "i.h.x", "*.x", "*.h.x"];
const METHODS: &[&str] = &["GET", "PUT", "DELETE", "HEAD", "OPTIONS"];
/// Some have what means something to a regular expression.
pub(crate) const SEGMENTS: &[&str] = &["a", "b", "admin", "v1.2", "a+b"];
pub(crate) const ROLES: &[&str] = &["viewer", "editor", "admin", "of sales"];
pub(crate) const SCOPES: &[&str] = &["read", "write", "orders:read"];
const CLAIMS: &[&str] = &["dept", "flag", "org.unit"];
