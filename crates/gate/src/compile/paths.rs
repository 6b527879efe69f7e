//! `paths` to options, and the path patterns of `rules`, which are read with them.

use std::collections::BTreeMap;

use authz::{Case, EncodedSlash, PathOptions, PathPattern, Semicolon, TrailingSlash};
use serde_json::{Map, Value};

use crate::config::{PathsConfig, Pattern, Problems, RuleConfig};

/// The patterns of each row, by its index; without the rows that have one which cannot be read.
pub(super) type RowPaths = BTreeMap<usize, Vec<Pattern<PathPattern>>>;

/// The options of a configuration. Where they cannot be read, those under which a pattern is wrong only if it is
/// with all: what is said of the rules is then true whatever was meant.
pub(super) fn options(config: &Value) -> PathOptions {
    let Some(paths) = config.get("paths") else {
        return PathOptions::default();
    };
    match deserr::deserialize::<PathsConfig, _, Problems>(paths.clone()) {
        Ok(paths) => paths.into(),
        Err(_) => PathOptions {
            encoded_slash: EncodedSlash::Allow,
            semicolon: Semicolon::Allow,
            trailing_slash: TrailingSlash::Strict,
            case: Case::Sensitive,
        },
    }
}

/// Reads each row's `path` or `paths`: on the row as it is written, whatever else is wrong with it.
pub(super) fn patterns(config: &Value, options: PathOptions, problems: &mut Problems) -> RowPaths {
    let rows = config.get("rules").and_then(Value::as_array).into_iter().flatten();
    let rows = rows.enumerate().filter_map(|(index, row)| Some((index, row.as_object()?)));
    rows.filter_map(|(index, row)| Some((index, row_patterns(index, row, options, problems)?)))
        .collect()
}

fn row_patterns(
    index: usize,
    row: &Map<String, Value>,
    options: PathOptions,
    problems: &mut Problems,
) -> Option<Vec<Pattern<PathPattern>>> {
    let path = row.get("path").map(|path| (format!("rules[{index}].path"), path));
    let list = row.get("paths").and_then(Value::as_array).into_iter().flatten().enumerate();
    let list = list.map(|(nth, path)| (format!("rules[{index}].paths[{nth}]"), path));
    let (mut patterns, mut readable) = (Vec::new(), true);
    for (place, path) in path.into_iter().chain(list) {
        let Some(text) = path.as_str() else {
            // Noted where the row is read.
            readable = false;
            continue;
        };
        match PathPattern::parse(text, options) {
            Ok(compiled) => patterns.push(Pattern { text: text.to_owned(), compiled }),
            Err(invalid) => {
                problems.push(place, invalid.to_string());
                readable = false;
            }
        }
    }
    readable.then_some(patterns)
}

/// Adds the paths of the rows that name gRPC methods.
pub(super) fn add_grpc(
    rows: &[(usize, RuleConfig)],
    options: PathOptions,
    paths: &mut RowPaths,
    problems: &mut Problems,
) {
    for (index, grpc) in rows.iter().filter_map(|(index, row)| Some((index, row.grpc.0.as_ref()?)))
    {
        match grpc.paths(options) {
            Ok(patterns) => paths.insert(*index, patterns),
            Err(invalid) => {
                problems.push(format!("rules[{index}].grpc"), invalid.to_string());
                paths.remove(index)
            }
        };
    }
}
