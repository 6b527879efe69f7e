//! The commands, each in a module of its own: its arguments, and what it does with them.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod schema;

use anyhow::Result;

use crate::args::{Args, Command};
use crate::exit::Exit;

/// Does what the arguments say.
pub(crate) fn run(args: Args) -> Result<Exit> {
    let format = args.output.apply();
    match args.command {
        Command::Check(check) => check.run(format),
        Command::Completions(completions) => completions.run(),
        Command::Schema(schema) => schema.run(),
    }
}
