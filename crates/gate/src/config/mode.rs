//! `mode`, of everything or of a rule.

use deserr::Deserr;

use super::problem::Problems;

/// `mode`: whether a denial stops the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
pub(crate) enum ModeConfig {
    #[default]
    Enforce,
    Shadow,
}

impl ModeConfig {
    pub(crate) fn enforces(self) -> bool {
        self == Self::Enforce
    }
}
