//! The commands, each in a module of its own: its arguments, and what it does with them.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod matrix;
pub(crate) mod schema;
pub(crate) mod test;
pub(crate) mod token;

use anyhow::Result;

use crate::args::{Args, Command};
use crate::exit::Exit;

/// Does what the arguments say.
pub(crate) fn run(args: Args) -> Result<Exit> {
    let format = args.output.apply();
    match args.command {
        Command::Check(check) => check.run(format),
        Command::Explain(explain) => explain.run(format),
        Command::Matrix(show) => show.run(format),
        Command::Test(test) => test.run(format),
        Command::Diff(diff) => diff.run(format),
        Command::Token(token) => token.run(format),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(),
    }
}
