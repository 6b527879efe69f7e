//! The program `claimgate`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    claimgate_cli::main()
}
