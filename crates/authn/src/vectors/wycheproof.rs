//! Wycheproof: vectors with an id each, and the word of the file on what should become of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::text;

mod primitives;
mod tokens;

/// What became of one vector.
#[derive(Debug)]
struct Finding {
    id: u64,
    /// The file's: `valid`, `invalid` or `acceptable`.
    word: String,
    /// Ours.
    result: Result<(), String>,
}

/// Vectors that we answer otherwise than the file says: their ids, and the start of our reason or why
/// they are accepted.
type Differing = (&'static [u64], Result<&'static str, &'static str>);

/// How many of the vectors of a word are accepted, and how many refused.
type Counts = (&'static str, [usize; 2]);

impl Finding {
    fn new(test: &Value, result: Result<(), String>) -> Self {
        let id = test["tcId"].as_u64().unwrap();
        Self { id, word: text(test, "result").to_owned(), result }
    }

    fn agrees(&self) -> bool {
        match self.word.as_str() {
            "valid" => self.result.is_ok(),
            "invalid" => self.result.is_err(),
            "acceptable" => true,
            other => panic!("{}: unknown result {other:?}", self.id),
        }
    }

    fn is_as(&self, expected: Result<&str, &str>) -> bool {
        match (&self.result, expected) {
            (Ok(()), Ok(_why)) => true,
            (Err(reason), Err(start)) => reason.starts_with(start),
            _ => false,
        }
    }
}

/// The groups of a file, each with its tests.
fn groups(file: &Value) -> impl Iterator<Item = (&Value, &Vec<Value>)> {
    let groups = file["testGroups"].as_array().unwrap().iter();
    groups.map(|group| (group, group["tests"].as_array().unwrap()))
}

/// That we differ from the file exactly where we say so, and for the reason that we give.
fn compare(findings: &[Finding], counts: &[Counts], differing: &[Differing]) {
    let differ = findings.iter().filter(|finding| !finding.agrees());
    let expected: BTreeMap<u64, _> =
        differing.iter().flat_map(|(ids, why)| ids.iter().map(move |id| (*id, *why))).collect();
    let unexplained: Vec<_> = differ
        .clone()
        .filter(|finding| !expected.get(&finding.id).is_some_and(|why| finding.is_as(*why)))
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let ids: BTreeSet<u64> = differ.map(|finding| finding.id).collect();
    assert_eq!(ids, expected.keys().copied().collect(), "said to differ, and that do not");
    let words: BTreeSet<&str> = findings.iter().map(|finding| finding.word.as_str()).collect();
    let count = |word: &str| {
        let of_word = findings.iter().filter(|finding| finding.word == word);
        let (accepted, refused): (Vec<_>, Vec<_>) =
            of_word.partition(|finding| finding.result.is_ok());
        [accepted.len(), refused.len()]
    };
    assert_eq!(words.into_iter().map(|word| (word, count(word))).collect::<Vec<_>>(), counts);
}
