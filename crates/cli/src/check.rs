//! What is wrong with the policies of a file, and what should be looked at.

mod finding;
mod hidden;
mod lint;
pub(crate) mod names;
mod problems;
mod render;
#[cfg(test)]
mod tests;

use gate::Gate;

pub(crate) use self::finding::{Finding, Severity};
use self::hidden::Hidden;
use crate::source::{Contents, File, Found, Node, Position, Span, Syntax, line_around};

/// A file that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) file: File,
    /// Errors first, each kind in the order of the places.
    pub(crate) findings: Vec<Finding>,
    pub(crate) policies: usize,
    /// The rules of the policies that are taken.
    pub(crate) rules: usize,
    /// What is not shown of the text.
    hidden: Hidden,
}

/// A policy that is taken, and what is around it.
struct Subject<'c> {
    file: &'c File,
    contents: &'c Contents,
    found: &'c Found,
    root: &'c Node,
    gate: &'c Gate,
}

impl Checked {
    /// Checks every policy of a file, but for the warnings with these names.
    ///
    /// # Errors
    /// What is there instead, where there is no policy.
    pub(crate) fn new(file: File, allowed: &[&str]) -> Result<Self, String> {
        let contents = match Contents::find(&file.text) {
            Ok(contents) => contents,
            Err(syntax) => return Ok(Self::unreadable(file, syntax)),
        };
        if contents.policies.is_empty() {
            return Err(contents.nothing());
        }
        let mut checked = Self {
            hidden: Hidden::of(&contents, &file.text),
            policies: contents.policies.len(),
            rules: 0,
            findings: Vec::new(),
            file,
        };
        for found in &contents.policies {
            checked.policy(&contents, found);
        }
        let text = &checked.file.text;
        checked.findings.retain(|finding| match (finding.severity, finding.name) {
            (Severity::Warning, Some(name)) => {
                !allowed.contains(&name) && !is_allowed_at(name, &finding.span, text)
            }
            _ => true,
        });
        checked.findings.sort_by_key(|finding| (finding.severity, finding.span.start));
        Ok(checked)
    }

    fn unreadable(file: File, Syntax { message, span }: Syntax) -> Self {
        let hidden = Hidden::of_unreadable(&file.text);
        let findings = vec![Finding::error(String::new(), message, span)];
        Self { file, findings, policies: 0, rules: 0, hidden }
    }

    fn policy(&mut self, contents: &Contents, found: &Found) {
        let file = &self.file;
        lint::plugin(found, contents, &mut self.findings);
        let root = match &found.config {
            Ok(root) => root,
            Err(Syntax { message, span }) => {
                self.findings.push(Finding::error(
                    found.path.clone(),
                    message.clone(),
                    span.clone(),
                ));
                return;
            }
        };
        let configuration = found.value(root).to_string();
        match Gate::from_configuration(configuration.as_bytes()) {
            Ok(gate) => {
                self.rules = self.rules.saturating_add(gate.rules().len());
                let subject = Subject { file, contents, found, root, gate: &gate };
                lint::policy(&subject, &mut self.findings);
            }
            Err(refused) => self.findings.extend(problems::findings(&refused, root)),
        }
    }

    /// Where a finding begins, and where it ends.
    pub(crate) fn positions(&self, finding: &Finding) -> (Position, Position) {
        let at = |offset| Position::of(offset, &self.file.text);
        (at(finding.span.start), at(finding.span.end))
    }
}

/// Whether a comment allows a warning: at the end of its line, or alone on the line before, `# claimgate-allow: shadow`.
fn is_allowed_at(name: &str, span: &Span, text: &str) -> bool {
    let line = line_around(span.start, text);
    let before = line.start.checked_sub(1).map(|end| line_around(end, text));
    let line = text.get(line).unwrap_or_default();
    let before = before.and_then(|before| text.get(before)).unwrap_or_default();
    let before = if before.trim_start().starts_with('#') { before } else { "" };
    [line, before].into_iter().any(|line| {
        let names = line.split_once("# claimgate-allow:").map_or("", |(_, names)| names);
        names.split(',').any(|allowed| allowed.trim() == name)
    })
}
