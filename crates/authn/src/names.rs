//! Names that a policy speaks of, each with a number: whoever has some of them is known by a set of numbers.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use crate::memory;

/// Names, numbered from 0 on. The names are the operator's, so the hash needs no secret seed.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<Box<str>, usize, FixedState>);

/// What a principal is looked at for; of its other roles and scopes no decision speaks.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Roles that the policy speaks of.
    pub roles: Names,
    /// Those of them that every principal has.
    pub everybody: Numbers,
    /// Scopes that the policy speaks of.
    pub scopes: Names,
    /// Top-level claims that somebody looks at once a principal is established. The others are not kept.
    pub claims: BTreeSet<String>,
}

impl Names {
    /// The number of this name, which is now one of them.
    pub fn add(&mut self, name: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(name.into()).or_insert(next)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of this name, if it is one of them.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    /// Each name with its number, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, number)| (&**name, *number))
    }

    /// The numbers of those that are among these.
    pub fn among<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Numbers {
        let mut numbers = Numbers::default();
        for number in names.into_iter().filter_map(|name| self.number(name)) {
            numbers.insert(number);
        }
        numbers
    }
}

/// A set of small numbers, a bit for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Numbers(Vec<u64>);

impl Numbers {
    /// Adds a number. The set is as large as its largest number.
    pub fn insert(&mut self, number: usize) {
        let (word, bit) = place(number);
        if word >= self.0.len() {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Adds all numbers of another set.
    pub fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Whether this number is in the set.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether some number is in both sets.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(one, two)| one & two != 0)
    }

    /// Bytes it takes in memory behind itself, not less.
    pub(crate) fn size(&self) -> usize {
        memory::list(&self.0)
    }
}

/// The word of a number, and its bit there.
fn place(number: usize) -> (usize, u64) {
    let shift = u32::try_from(number % 64).unwrap_or_default();
    (number / 64, 1_u64.checked_shl(shift).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_has_one_number() {
        let mut names = Names::default();
        let numbers: Vec<usize> = ["a", "b", "a", "", "b"].map(|name| names.add(name)).into();
        assert_eq!(numbers, [0, 1, 0, 2, 1]);
        assert_eq!((names.number("b"), names.number("B")), (Some(1), None));
        let among = names.among(["b", "x", "b", ""]);
        assert_eq!([0, 1, 2, 3].map(|number| among.contains(number)), [false, true, true, false]);
    }

    proptest! {
        #[test]
        fn a_set_of_numbers_is_a_set(
            one in proptest::collection::vec(0_usize..300, 0..9),
            two in proptest::collection::vec(0_usize..300, 0..9),
        ) {
            let set = |numbers: &[usize]| {
                let mut set = Numbers::default();
                for number in numbers {
                    set.insert(*number);
                }
                set
            };
            let reference: [BTreeSet<usize>; 2] =
                [&one, &two].map(|numbers| numbers.iter().copied().collect());
            let intersects = !reference[0].is_disjoint(&reference[1]);
            prop_assert_eq!(set(&one).intersects(&set(&two)), intersects);
            prop_assert_eq!(set(&two).intersects(&set(&one)), intersects);
            let mut both = set(&one);
            both.extend(&set(&two));
            for number in 0..301 {
                prop_assert_eq!(set(&one).contains(number), reference[0].contains(&number));
                let in_both = reference.iter().any(|set| set.contains(&number));
                prop_assert_eq!(both.contains(number), in_both);
            }
        }
    }
}
