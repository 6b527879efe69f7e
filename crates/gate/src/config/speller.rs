//! What a misspelt name was probably meant to be.

/// Finds the names that others are misspellings of, as long as that is quick: a large policy for which everything is
/// misspelt is to be refused at once, even if not for each name with a suggestion.
#[derive(Debug)]
pub(crate) struct Speller {
    /// Steps that may still be taken.
    left: usize,
}

/// Steps for all names together: far under a second.
const STEPS: usize = 10_000_000;

impl Default for Speller {
    fn default() -> Self {
        Self { left: STEPS }
    }
}

impl Speller {
    /// The candidate that a name is most likely a misspelling of, if of any.
    pub(crate) fn nearest<'c>(
        &mut self,
        name: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) -> Option<&'c str> {
        self.within(usize::MAX, name, candidates)
    }

    /// As [`Speller::nearest`], with at most so many letters wrong.
    pub(crate) fn within<'c>(
        &mut self,
        letters: usize,
        name: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) -> Option<&'c str> {
        let name = name.to_ascii_lowercase();
        let mut nearest: Option<(usize, &str)> = None;
        for one in candidates {
            self.spend(1)?;
            // Farther than half of its letters a name is no misspelling.
            let farthest = letters.min(one.len() / 2);
            if one.len().abs_diff(name.len()) > farthest {
                continue;
            }
            self.spend(one.len().saturating_mul(name.len()))?;
            let distance = strsim::damerau_levenshtein(&name, &one.to_ascii_lowercase());
            if distance <= farthest && nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, one));
            }
        }
        nearest.map(|(_, one)| one)
    }

    /// Whether it has stopped searching: that it finds nothing then means nothing.
    pub(crate) fn is_spent(&self) -> bool {
        self.left == 0
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.left = self.left.saturating_sub(steps);
        (!self.is_spent()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_found() {
        let mut speller = Speller::default();
        let known = ["editor", "Viewer", "view"];
        for (name, nearest) in
            [("viewr", Some("Viewer")), ("EDITRO", Some("editor")), ("anybody", None), ("", None)]
        {
            assert_eq!(speller.nearest(name, known.into_iter()), nearest, "{name}");
        }
        assert_eq!(speller.within(2, "edits", known.into_iter()), Some("editor"));
        assert_eq!(speller.within(1, "edits", known.into_iter()), None);
    }

    #[test]
    fn what_cannot_be_near_is_not_compared() {
        let mut speller = Speller::default();
        let long = "x".repeat(STEPS);
        assert_eq!(speller.nearest("a", [long.as_str(), "ab"].into_iter()), Some("ab"));
        assert_eq!(speller.nearest(&long, ["a"; 10].into_iter()), None);
        // One step for each candidate, and two for the letters that were compared.
        assert_eq!(speller.left, STEPS - 2 - 2 - 10);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut speller = Speller::default();
        let known: Vec<String> = (0..1_000).map(|number| format!("role{number:04}")).collect();
        let searched = (0..10_000).filter(|number| {
            let name = format!("rule{number:04}");
            speller.nearest(&name, known.iter().map(String::as_str)).is_some()
        });
        assert_eq!(searched.count(), STEPS / (1_000 * (1 + 8 * 8)));
        assert!(speller.is_spent());
    }
}
