//! `claimgate schema`: the JSON Schema of a policy, and the reference that is made of it.

use anyhow::Result;
use clap::Args;

use crate::exit::Exit;
use crate::output;
use crate::reference::Reference;

/// Prints the JSON Schema of a policy, for editors and for programs that write policies.
///
/// An editor with a YAML language server uses it where a policy begins with
/// `# yaml-language-server: $schema=policy.schema.json`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Print the configuration reference instead, as Markdown.
    #[arg(long)]
    reference: bool,
}

impl Schema {
    pub(crate) fn run(&self) -> Result<Exit> {
        let schema = gate::schema();
        if self.reference {
            output::text(Reference::of(&schema).to_string().trim_end())?;
        } else {
            output::json(&schema)?;
        }
        Ok(Exit::Good)
    }
}
