//! What the program is told on its command line.

use clap::{Parser, Subcommand};

use crate::command::check::Check;
use crate::command::completions::Completions;
use crate::command::diff::Diff;
use crate::command::explain::Explain;
use crate::command::matrix::Show;
use crate::command::schema::Schema;
use crate::command::test::Test;
use crate::command::token::Token;
use crate::output::Output;

/// Who may call what: check, explain and test a claimgate policy, without Envoy.
///
/// A policy is the plugin configuration, as YAML or JSON, alone or inside a file that configures Envoy, Istio or Envoy
/// Gateway.
#[derive(Debug, Parser)]
#[command(
    name = "claimgate",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 nothing to object to; 1 the answer is no (problems, failed tests, wider access); 2 it \
                  could not be done."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Explain(Explain),
    Matrix(Show),
    Test(Test),
    Diff(Diff),
    Token(Token),
    Schema(Schema),
    Completions(Completions),
}
