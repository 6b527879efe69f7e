//! What claimgate has decided, as its audit lines tell it.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// The log as it is written, each decision told once: whoever makes many requests reads it once.
#[derive(Debug)]
pub struct Decisions(BufReader<File>);

impl Decisions {
    /// What is written to this log from now on.
    pub(super) fn follow(log: &Path) -> Result<Self> {
        let mut log = BufReader::new(File::open(log)?);
        log.seek(SeekFrom::End(0))?;
        Ok(Self(log))
    }

    /// What was decided since this was last asked. An answer comes after its decision's line.
    pub fn new_ones(&mut self) -> Result<Vec<Value>> {
        let mut text = String::new();
        self.0.read_to_string(&mut text)?;
        text.lines().filter_map(decision).collect()
    }
}

/// The decision that a line of the log tells, if it does.
pub(super) fn decision(line: &str) -> Option<Result<Value>> {
    let object = &line[line.find("{\"decision\":")?..];
    let json = serde_json::from_str(object);
    Some(json.with_context(|| format!("this audit line is not JSON: {object}")))
}
