//! What the page's script is handed. Texts stand in it once, and so do answers: most cells of a row have much in common.

use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use super::access;
use crate::matrix::answers::{Answer, Asking};
use crate::matrix::{Column, Matrix, Row};
use crate::plain::{shell_word, visible};

/// All that a cell can say of itself.
#[derive(Serialize)]
pub(super) struct Details {
    columns: Vec<Who>,
    rows: Vec<What>,
    answers: Vec<Said>,
    texts: Vec<String>,
}

#[derive(Serialize)]
struct Who {
    /// Who asks, in words.
    who: String,
    /// How `claimgate explain` is told; `null` where it cannot be.
    option: Option<String>,
}

#[derive(Serialize)]
struct What {
    /// The name and the patterns of the rule.
    name: String,
    matches: Vec<String>,
    /// What is to be said for every column.
    note: Option<&'static str>,
    /// The example, and how `claimgate explain` is told.
    request: Option<String>,
    command: Option<String>,
    /// For each column the index of its answer.
    answers: Vec<Option<usize>>,
}

/// An [`Answer`], in which numbers are indices of texts.
#[derive(Serialize)]
struct Said {
    outcome: usize,
    reason: Option<usize>,
    /// Depth, glyph, what is asked for, what is there.
    parts: Vec<(usize, &'static str, usize, Option<usize>)>,
    reply: Option<(u16, usize)>,
}

impl Details {
    /// What the cells of this matrix can say, of a policy in the file of this name.
    pub(super) fn new(matrix: &Matrix<'_>, asking: &Asking<'_>, name: &str) -> Self {
        let mut answers = Numbered::default();
        let has_hosts = matrix.has_hosts();
        let columns = matrix.columns.iter().enumerate();
        let columns = columns.map(|(index, column)| Who::new(column, asking.is_possible(index)));
        let rows = matrix.rows.iter().map(|row| {
            let answer = |column| Some(answers.number(asking.answer(row, column)?));
            let answers = (0..matrix.columns.len()).map(answer).collect();
            What::new(row, answers, name, has_hosts)
        });
        let (columns, rows) = (columns.collect(), rows.collect());
        let mut texts = Numbered::default();
        let answers = answers.all.iter().map(|answer| Said::new(answer, &mut texts)).collect();
        Self { columns, rows, answers, texts: texts.all }
    }
}

impl Matrix<'_> {
    /// Whether it matters to whom a request goes.
    fn has_hosts(&self) -> bool {
        let mut rules = self.rows.iter().filter_map(|row| row.rule);
        rules.any(|rule| rule.hosts.iter().any(|host| host.to_string() != "*"))
    }
}

impl Who {
    fn new(column: &Column<'_>, is_possible: bool) -> Self {
        let (who, option) = match column {
            Column::NoToken => ("Whoever has no token".to_owned(), String::new()),
            Column::NoRole => {
                ("Whoever has a token, but no role".to_owned(), " --claims '{}'".to_owned())
            }
            // A role may begin as an option does.
            Column::Role(role) => {
                (format!("Whoever has the role {role:?}"), format!(" --role={}", shell_word(role)))
            }
        };
        Self { who, option: is_possible.then_some(option) }
    }
}

impl What {
    fn new(row: &Row<'_>, answers: Vec<Option<usize>>, policy: &str, has_hosts: bool) -> Self {
        let note = match (row.rule, &row.example) {
            (_, None) if row.rule.is_none() => Some("For every request there is a rule."),
            (_, None) => Some("For all that this rule matches there are rules more specific."),
            (None, _) => Some("What no rule matches is denied, whoever asks."),
            (Some(rule), _) => access(&rule.access),
        };
        let url = row.example.as_ref().map(|example| {
            let host = has_hosts.then(|| format!("https://{}", example.host));
            (&example.method, host.unwrap_or_default() + &example.path)
        });
        let (matches, beyond) = row.some_matches();
        Self {
            name: visible(row.name()),
            matches: matches.iter().map(|one| visible(one)).chain(beyond).collect(),
            note,
            request: url.as_ref().map(|(method, url)| format!("{method} {url}")),
            command: url.map(|(method, url)| {
                let words = [policy, method, &url].map(shell_word);
                format!("claimgate explain {}", words.join(" "))
            }),
            answers,
        }
    }
}

impl Said {
    fn new(answer: &Answer, texts: &mut Numbered<String>) -> Self {
        let mut text = |text: &str| texts.number(visible(text));
        Self {
            outcome: text(&answer.outcome),
            reason: answer.reason.as_deref().map(&mut text),
            parts: answer
                .parts
                .iter()
                .map(|part| {
                    (part.depth, part.glyph, text(&part.what), part.has.as_deref().map(&mut text))
                })
                .collect(),
            reply: answer.reply.as_ref().map(|(status, body)| (*status, text(body))),
        }
    }
}

/// Things, each once, by number.
struct Numbered<T> {
    all: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, one: T) -> usize {
        let next = self.all.len();
        *self.numbers.entry(one).or_insert_with_key(|one| {
            self.all.push(one.clone());
            next
        })
    }
}
