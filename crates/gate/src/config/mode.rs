//! `mode`, of everything or of a rule.

use deserr::Deserr;

use super::problem::Problems;

/// `mode`: whether a denial stops the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "enforce")
))]
pub(crate) enum ModeConfig {
    /// Denials stop requests.
    #[default]
    Enforce,
    /// Denials are logged, and requests go on.
    Shadow,
}

impl ModeConfig {
    pub(crate) fn enforces(self) -> bool {
        self == Self::Enforce
    }
}
