//! The matrix says what the gate decides, of whatever policy.

mod policies;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::answers::Asking;
use super::*;
use crate::output::BOLD;
use crate::policy;
use crate::stand_in::StandIn;
use policies::table;

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

fn gate(config: &Value) -> Gate {
    Gate::from_configuration(config.to_string().as_bytes()).unwrap()
}

/// A policy with these rules, and one issuer.
fn with_rules(rules: &Value) -> Value {
    let issuers = json!([{ "name": "main", "signature": { "decode_only": true } }]);
    json!({ "issuers": issuers, "rules": rules })
}

/// That each definite cell is what the gate decides, on the row's example, of somebody with that role.
fn assert_is_what_is_decided(mut config: Value) {
    let stand_in = StandIn::take_over(&mut config).unwrap();
    let gate = gate(&config);
    let matrix = Matrix::of(&gate, &Narrowing::default()).unwrap();
    let asking = Asking::new(&gate, &stand_in, &config, &matrix.columns, NOW).unwrap();
    assert_eq!(matrix.rows.iter().filter_map(|row| row.rule).count(), gate.rules().len());
    for row in &matrix.rows {
        for (index, (column, cell)) in matrix.columns.iter().zip(&row.cells).enumerate() {
            let place = format!("{} {column:?}", row.name());
            let Some(answer) = asking.answer(row, index) else {
                assert!(*cell == Cell::Never || !asking.is_possible(index), "{place}");
                continue;
            };
            assert!(!answer.outcome.contains("invalid_token"), "{place}: {answer:?}");
            assert!(row.rule.is_some() || !answer.outcome.contains("permission"), "{place}");
            match cell {
                Cell::Allowed => assert!(answer.reply.is_none(), "{place}: {answer:?}"),
                Cell::Denied => assert!(answer.reply.is_some(), "{place}: {answer:?}"),
                Cell::Depends => {}
                Cell::Never => panic!("{place}: {answer:?}"),
            }
        }
    }
}

#[test]
fn the_policies_that_ship_are_drawn_as_they_decide() {
    let envoy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../envoy");
    let examples = fs::read_dir(envoy.join("policy-examples")).unwrap();
    let examples = examples.map(|entry| entry.unwrap().path());
    // Beside each stand its cases, in `name.cases.yaml`.
    let is_policy = |path: &PathBuf| {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        path.extension().is_some_and(|extension| extension == "yaml") && !stem.contains('.')
    };
    let mut files: Vec<_> = examples.filter(is_policy).collect();
    files.push(envoy.join("policy.yaml"));
    assert!(files.len() > 5);
    for file in files {
        assert_is_what_is_decided(policy::load(file.to_str().unwrap()).unwrap().config);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_policy_is_drawn_as_it_decides(config in table()) {
        assert_is_what_is_decided(config);
    }
}

/// The name of each row, how it is marked, and its cells.
fn drawn(config: &Value) -> Vec<(String, String)> {
    let gate = gate(config);
    let matrix = Matrix::of(&gate, &Narrowing::default()).unwrap();
    let line = |row: &Row<'_>| {
        let mark = row.mark().map(|mark| format!(", {mark}")).unwrap_or_default();
        let glyphs = row.cells.iter().map(|cell| cell.glyph()).collect();
        (row.name().to_owned() + &mark, glyphs)
    };
    matrix.rows.iter().map(line).collect()
}

fn owned(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(name, glyphs)| ((*name).to_owned(), (*glyphs).to_owned())).collect()
}

#[test]
fn what_is_special_is_marked() {
    let rules = json!([
        { "name": "all", "path": "/**", "allow": "public" },
        { "name": "root", "path": "/", "allow": { "roles": ["a"] }, "mode": "shadow" },
        { "name": "below", "path": "/*/**", "allow": { "roles": ["a"] } },
        { "name": "own", "path": "/n/{x}", "allow": { "claims": { "sub": "{x}" } } },
    ]);
    let expected = [
        ("all, never governs", "–––"),
        ("root, in shadow", "✓✓✓"),
        ("below", "✗✗✓"),
        ("own", "✗◐◐"),
        ("(no rule), never governs", "–––"),
    ];
    assert_eq!(drawn(&with_rules(&rules)), owned(&expected));
    // A whole policy in shadow denies nothing, not even what no rule is for.
    let mut shadow = with_rules(&json!([rules[3]]));
    shadow["mode"] = json!("shadow");
    let expected = [("own, in shadow", "✓✓"), ("(no rule), in shadow", "✓✓")];
    assert_eq!(drawn(&shadow), owned(&expected));
    let public = json!({ "rules": [{ "name": "a", "path": "/a", "allow": "public" }] });
    assert_eq!(drawn(&public), owned(&[("a", "✓✓"), ("(no rule)", "✗✗")]));
}

#[test]
fn a_table_that_is_too_wide_is_parted() {
    let gate = gate(&with_rules(
        &json!([{ "name": "r", "path": "/r", "allow": { "roles": ["a", "b", "c"] } }]),
    ));
    let matrix = Matrix::of(&gate, &Narrowing::default()).unwrap();
    let text = anstream::adapter::strip_str(&matrix.text(Some(57))).to_string();
    assert_eq!(
        text,
        "\
rule       matches               no token  no role  a  b
r          * /r                  ✗         ✗        ✓  ✓
(no rule)  what no rule matches  ✗         ✗        ✗  ✗

rule       matches               c
r          * /r                  ✓
(no rule)  what no rule matches  ✗

✓ allowed  ✗ denied"
    );
    // Too narrow for any column, there is one in each.
    let titles = format!("{BOLD}matches");
    assert_eq!(matrix.text(Some(1)).matches(&titles).count(), matrix.columns.len());
}
