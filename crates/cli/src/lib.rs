//! The program `claimgate`: what the filter decides in Envoy, asked on the command line.
//!
//! Every command asks the same [`gate`] that the filter asks; none decides anything by itself. This is an edge, as
//! the filter is the other one: it reads files and the clock, prints, and knows no more of claims and rules than
//! the gate tells it.

#![forbid(unsafe_code)]

mod args;
mod asker;
mod check;
mod command;
mod exit;
mod host;
pub mod matrix;
mod output;
mod plain;
mod policy;
mod question;
mod reference;
mod somebody;
mod source;
pub mod stand_in;
pub mod suite;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::exit::Exit;

/// Runs the program with the arguments that it was started with.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let exit = command::run(args).unwrap_or_else(|error| {
        // What reads our output may be gone (`claimgate … | head`): nobody is left to be told.
        if !output::is_broken_pipe(&error) {
            output::error(&error);
        }
        Exit::Failed
    });
    exit.into()
}
