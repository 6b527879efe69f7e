//! Who may do what by the sample policy, as one page of text: a change to a decision is a change that is reviewed.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use claimgate_cli::suite::{Outcome, Request};
use claimgate_tests::config::sample_policy;
use claimgate_tests::repository;
use claimgate_tests::token::{Issuer, claims, now};
use gate::{Gate, UnixTime};
use serde_json::{Value, json};

#[test]
fn the_matrix_of_the_sample_policy_is_as_reviewed() -> Result<()> {
    let drawn = draw(&sample_policy()?)?;
    let file = repository(GOLDEN);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &drawn)?;
    }
    let reviewed = fs::read_to_string(&file).unwrap_or_default();
    ensure!(
        drawn == reviewed,
        "{GOLDEN} is not what the gate decides. If the new decisions are right, run this test with UPDATE_GOLDEN=1 \
         and review the difference.\n\nreviewed:\n{reviewed}\nfound:\n{drawn}"
    );
    Ok(())
}

/// A line for each rule, a column for each role, and for those who have none or no token.
fn draw(policy: &Value) -> Result<String> {
    let mut decoding = policy.clone();
    decoding["issuers"][0]["signature"] = json!({ "decode_only": true });
    let gate = Gate::from_configuration(decoding.to_string().as_bytes())?;
    let issuer = Issuer::new()?;
    let bearer = |roles: &[&str]| format!("Bearer {}", issuer.token(&claims("somebody", roles)));
    let mut columns =
        vec![("no token".to_owned(), None), ("no role".to_owned(), Some(bearer(&[])))];
    for role in roles(policy) {
        let token = bearer(&[&role]);
        columns.push((role, Some(token)));
    }

    let mut rows = vec![vec!["rule".to_owned(), "request".to_owned()]];
    rows[0].extend(columns.iter().map(|(name, _)| name.clone()));
    let none = json!({ "path": "/no-such-path" });
    let own = policy["rules"].as_array().context("the policy has no rules")?;
    for rule in own.iter().chain([&none]) {
        let (method, path) = request(rule)?;
        let name = rule["name"].as_str().unwrap_or("(no rule)");
        let mut row = vec![name.to_owned(), format!("{method} {path}")];
        for (column, token) in &columns {
            let mut request = Request::parse(&format!("{method} {path}"))?;
            if let Some(token) = token {
                request = request.header("authorization", token)?;
            }
            let outcome = Outcome::by(&gate, &request, UnixTime::from_seconds(now()));
            let governing = outcome.rule.as_deref().unwrap_or("(no rule)");
            ensure!(
                governing == name,
                "{method} {path} ({column}) is governed by {governing}, not {name}"
            );
            row.push(if outcome.is_let_through() { "✓" } else { "✗" }.to_owned());
        }
        rows.push(row);
    }
    Ok(HEAD.to_owned() + &aligned(&rows))
}

/// A request that the rule is for.
fn request(rule: &Value) -> Result<(&str, String)> {
    let method = rule["methods"][0].as_str().unwrap_or("GET");
    let pattern = rule["path"].as_str().context("a rule of the sample policy has a `path`")?;
    let segments = pattern.split('/').filter(|segment| *segment != "**");
    let segment =
        |segment: &str| if segment.starts_with(['{', '*']) { "7" } else { segment }.to_owned();
    Ok((method, segments.map(segment).collect::<Vec<_>>().join("/")))
}

/// The roles that a policy defines or asks for, in order.
fn roles(policy: &Value) -> BTreeSet<String> {
    fn collect(value: &Value, roles: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for key in ["roles", "all_roles"] {
                    let names = members.get(key).and_then(Value::as_array).into_iter().flatten();
                    roles.extend(names.filter_map(Value::as_str).map(str::to_owned));
                }
                members.values().for_each(|member| collect(member, roles));
            }
            Value::Array(elements) => elements.iter().for_each(|one| collect(one, roles)),
            _ => {}
        }
    }
    let mut roles: BTreeSet<String> =
        policy["roles"].as_object().into_iter().flat_map(|roles| roles.keys().cloned()).collect();
    collect(&policy["rules"], &mut roles);
    roles
}

fn aligned(rows: &[Vec<String>]) -> String {
    let cell =
        |row: &Vec<String>, column: usize| row.get(column).map_or(0, |it| it.chars().count());
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| cell(row, column)).max().unwrap_or_default())
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

const GOLDEN: &str = "tests/golden/sample-matrix.txt";
const HEAD: &str = "\
Who may do what by envoy/policy.yaml, drawn from the gate's own decisions.
To draw it anew: UPDATE_GOLDEN=1 cargo test -p claimgate-tests --test e2e matrix

";
