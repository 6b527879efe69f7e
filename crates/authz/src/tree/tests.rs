//! How many nodes a look-up visits.

use proptest::prelude::*;

use super::*;
use crate::path::PathOptions;

/// The nodes that are visited for this path, and how many they can be at most.
fn visits(patterns: &[String], path: &str) -> (usize, usize) {
    let options = PathOptions::default();
    let mut tree = Tree::default();
    for (row, pattern) in patterns.iter().enumerate() {
        let pattern = PathPattern::parse(pattern, options).unwrap();
        // That it may tie makes no node.
        let _ = tree.add(&pattern, &MethodPattern::Named("PUT".to_owned()), row);
    }
    let path = Segments::parse(path.as_bytes(), options).unwrap();
    let mut visits: usize = 0;
    let mut visited = || visits = visits.saturating_add(1);
    let first = &mut |row| ControlFlow::Break(row);
    let _: ControlFlow<usize> = tree.below(0, path.all(), "GET", first, &mut visited);
    (visits, tree.steps())
}

#[test]
fn levels_of_literal_variable_and_rest_are_visited_once() {
    let level = |depth: usize| "/a".repeat(depth);
    let of_kind = |kind: &str| (0..16).map(|depth| level(depth) + kind).collect::<Vec<_>>();
    let patterns = [of_kind("/a"), of_kind("/{x}"), of_kind("/**")].concat();
    // Nothing is for GET, so everything that may match is tried.
    assert_eq!(visits(&patterns, &level(16)), (33, 33));
}

proptest! {
    #[test]
    fn no_path_visits_more_than_was_worked_out(
        patterns in proptest::collection::vec("(/[ab]|/\\*){1,8}", 1..40),
        path in "(/[abc]){1,9}",
    ) {
        let (visits, steps) = visits(&patterns, &path);
        prop_assert!(visits <= steps, "{visits} of {steps}");
    }
}
