//! Policies in files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use gate::Gate;
use serde_json::Value;

use crate::source::{self, Contents, Found, Place, Syntax};

/// A policy that claimgate takes.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Its configuration, as claimgate is handed it.
    pub(crate) config: Value,
    /// What that was compiled to.
    pub(crate) gate: Gate,
}

/// Reads the one policy of a file; `-` is the standard input. Of several, `envoy.yaml#2` is the second.
///
/// It is found inside of what configures Envoy, Istio or Envoy Gateway, too.
pub(crate) fn load(name: &str) -> Result<Policy> {
    let (name, number) = numbered(name);
    let file = source::File { name: name.to_owned(), text: text(name)? };
    let unreadable =
        |Syntax { message, span }: Syntax| anyhow::anyhow!("{}: {message}", file.at(&span));
    let mut contents = Contents::find(&file.text).map_err(unreadable)?;
    let found = match (contents.policies.len(), number) {
        (0, _) => bail!("{name}: {}", contents.nothing()),
        (1, None) => 0,
        (count, Some(number)) if (1..=count).contains(&number) => number.saturating_sub(1),
        (count, Some(number)) => bail!("{name}#{number}: expected 1 to {count}"),
        (_, None) => {
            let places = contents.policies.iter().enumerate();
            let places = places.map(|(index, found)| {
                format!("{name}#{}: {}", index.saturating_add(1), place(found, &file))
            });
            let places: Vec<_> = places.collect();
            bail!("{name} has several policies, expected one of these:\n{}", places.join("\n"));
        }
    };
    let found = contents.policies.swap_remove(found);
    let node = found.config.as_ref().map_err(|syntax| unreadable(syntax.clone()))?;
    let config = found.value(node);
    let gate = Gate::from_configuration(config.to_string().as_bytes()).map_err(|refused| {
        let problems = refused.problems().iter().map(|problem| {
            let span = Place::find(node, &problem.place).span(problem.key.as_deref());
            format!("{}: {problem}", file.at(&span))
        });
        anyhow::anyhow!("the policy is refused:\n{}", problems.collect::<Vec<_>>().join("\n"))
    })?;
    Ok(Policy { config, gate })
}

/// The file, and which of its policies is meant, where that is said.
fn numbered(name: &str) -> (&str, Option<usize>) {
    match name.rsplit_once('#') {
        Some((file, number)) if !Path::new(name).exists() => match number.parse() {
            Ok(number) => (file, Some(number)),
            Err(_) => (name, None),
        },
        _ => (name, None),
    }
}

/// `envoy.yaml:12:5: spec.pluginConfig`.
fn place(found: &Found, file: &source::File) -> String {
    let span = match &found.config {
        Ok(node) => &node.span,
        Err(syntax) => &syntax.span,
    };
    let path = if found.path.is_empty() { "a policy alone" } else { &found.path };
    format!("{}: {path}", file.at(span))
}

/// The one value in a file of YAML or JSON; `-` is the standard input.
pub(crate) fn value(name: &str) -> Result<Value> {
    source::File { name: name.to_owned(), text: text(name)? }.value()
}

/// The text of a file; `-` is the standard input.
pub(crate) fn text(name: &str) -> Result<String> {
    if name == "-" {
        return bounded(std::io::stdin()).context("cannot read the standard input");
    }
    let file = File::open(name);
    // Such a name is not repeated: what is printed ends up in the logs of others.
    ensure!(
        file.is_ok() || !is_token(name),
        "found a token, expected the file that has it, or `-` for the standard input: on the command line, it stays in \
         the shell's history"
    );
    file.map_err(anyhow::Error::from)
        .and_then(bounded)
        .with_context(|| format!("cannot read {name}"))
}

/// All that there is to read, where it is no more than any policy, suite or token has.
fn bounded(from: impl Read) -> Result<String> {
    const MOST: u64 = 64 << 20;
    let mut text = String::new();
    let size = from.take(MOST.saturating_add(1)).read_to_string(&mut text)?;
    ensure!(u64::try_from(size)? <= MOST, "it has more than {MOST} bytes");
    Ok(text)
}

/// Whether this looks like a token, with its scheme or without: the JSON object that begins each, in base64.
fn is_token(text: &str) -> bool {
    text.split_whitespace().any(|word| word.starts_with("eyJ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let error = bounded(std::io::repeat(b'x')).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 67108864 bytes");
    }
}
