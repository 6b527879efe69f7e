//! What is printed, and how.

use std::io::{self, Write as _};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::plain::visible;

/// How the program speaks.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// What is printed: for people, or for programs.
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
    /// Whether the text has colours; by default where it goes to a terminal and `NO_COLOR` is not set.
    #[arg(long, value_enum, default_value_t, global = true)]
    color: Color,
}

/// For whom the program speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON document.
    Json,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Output {
    /// Sets what holds for the whole process, and gives the format.
    pub(crate) fn apply(&self) -> Format {
        match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        self.format
    }
}

/// Prints text, which may be styled (`anstyle`); the styles go where there is no terminal to show them.
pub(crate) fn text(text: &str) -> Result<()> {
    writeln!(anstream::stdout().lock(), "{text}")?;
    Ok(())
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

/// What stands out.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is well.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
/// What is to be looked at.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// What is not well.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();

/// Tells of an error, and of its causes, joined by colons.
pub(crate) fn error(error: &anyhow::Error) {
    // What is wrong may be quoted from anywhere.
    let told = format!("{error:#}");
    let lines: Vec<_> = told.split('\n').map(visible).collect();
    // Where not even this can be told, the exit code is left.
    let _ = writeln!(anstream::stderr().lock(), "{RED}error{RED:#}: {}", lines.join("\n"));
}

/// Whether the error is that nobody reads what is printed.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
