//! What is taken and should be looked at.

use std::fmt;

/// Something that is no mistake for certain, but dangerous, or surely not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about, as `decode-only`: one of a fixed set.
    pub name: &'static str,
    /// The place, as `rules[3].mode`; empty for the configuration as a whole.
    pub place: String,
    /// What to know about it.
    pub message: String,
}

impl Warning {
    pub(crate) fn new(
        name: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { name, place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(formatter, "{}: ", self.place)?;
        }
        formatter.write_str(&self.message)
    }
}
