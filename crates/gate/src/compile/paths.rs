//! `paths` to options, and the path patterns of `rules`, which are read with them.

use std::collections::BTreeMap;

use authz::{Case, EncodedSlash, PathOptions, PathPattern, Semicolon, TrailingSlash};
use serde_json::{Map, Value};

use crate::config::{PathsConfig, Problems};

/// The patterns of each row that has one or more, all of them readable; by the row's index.
pub(super) type RowPaths = BTreeMap<usize, Vec<PathPattern>>;

/// The options of a configuration that cannot be read as a whole. Where they are what cannot be read, those under
/// which a pattern is wrong only if it is with all: what is said of the rules is then true whatever was meant.
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

/// Reads each row's patterns, from `path` or `paths`: on the row as it is written, whatever else is wrong with it.
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
) -> Option<Vec<PathPattern>> {
    let (path, paths) = (row.get("path"), row.get("paths"));
    let problem = match (path, paths) {
        (None, None) => Some("`path` or `paths` is missing"),
        (Some(_), Some(_)) => Some("has both `path` and `paths`"),
        _ => None,
    };
    if let Some(problem) = problem {
        problems.push(format!("rules[{index}]"), problem);
    }
    let one = path.map(|path| (format!("rules[{index}].path"), path));
    let list = paths.and_then(Value::as_array).into_iter().flatten().enumerate();
    let list = list.map(|(nth, path)| (format!("rules[{index}].paths[{nth}]"), path));
    let (mut patterns, mut readable) = (Vec::new(), true);
    for (place, path) in one.into_iter().chain(list) {
        match path.as_str().map(|text| PathPattern::parse(text, options)) {
            Some(Ok(pattern)) => patterns.push(pattern),
            Some(Err(invalid)) => {
                problems.push(place, invalid.to_string());
                readable = false;
            }
            // Noted where the row is read.
            None => readable = false,
        }
    }
    readable.then_some(patterns)
}
