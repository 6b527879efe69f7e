//! `claimgate completions`: what a shell needs to complete command lines.

use std::io::{self, Write as _};

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args;
use crate::exit::Exit;

/// Prints a script with which a shell completes commands, options and files.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell that reads it.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<Exit> {
        let mut program = args::Args::command();
        // Written whole at its end: the generator takes a pipe that nobody reads for a reason to panic.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "claimgate", &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(Exit::Good)
    }
}
