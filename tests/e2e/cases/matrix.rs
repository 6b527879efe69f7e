//! Who may do what by the sample policy, as one page of text: a change to a decision is a change that is reviewed.

use std::fs;

use anyhow::{Result, ensure};
use claimgate_cli::matrix::{Matrix, Narrowing};
use claimgate_tests::config::sample_policy;
use claimgate_tests::repository;
use gate::Gate;

#[test]
fn the_matrix_of_the_sample_policy_is_as_reviewed() -> Result<()> {
    let gate = Gate::from_configuration(sample_policy()?.to_string().as_bytes())?;
    let matrix = Matrix::of(&gate, &Narrowing::default())?;
    let drawn = format!("{HEAD}{}\n", matrix.plain_text());
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

const GOLDEN: &str = "tests/golden/sample-matrix.txt";
const HEAD: &str = "\
Who may do what by envoy/policy.yaml, drawn by `claimgate matrix`.
To draw it anew: UPDATE_GOLDEN=1 cargo test -p claimgate-tests --test e2e matrix

";
