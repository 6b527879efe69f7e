//! `paths`: how the upstream reads paths.

use authz::{Case, EncodedSlash, PathOptions, Semicolon, TrailingSlash};
use deserr::Deserr;

use super::problem::Problems;

/// What the upstream reads in its own way; left out: what servers read in different ways is refused.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct PathsConfig {
    #[deserr(default)]
    encoded_slash: EncodedSlashConfig,
    #[deserr(default)]
    semicolon: SemicolonConfig,
    #[deserr(default)]
    trailing_slash: TrailingSlashConfig,
    #[deserr(default)]
    case: CaseConfig,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
enum EncodedSlashConfig {
    #[default]
    Reject,
    Allow,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
enum SemicolonConfig {
    #[default]
    Reject,
    Allow,
    Strip,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
enum TrailingSlashConfig {
    #[default]
    Ignore,
    Strict,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
enum CaseConfig {
    #[default]
    Sensitive,
    Insensitive,
}

impl From<PathsConfig> for PathOptions {
    fn from(config: PathsConfig) -> Self {
        Self {
            encoded_slash: match config.encoded_slash {
                EncodedSlashConfig::Reject => EncodedSlash::Reject,
                EncodedSlashConfig::Allow => EncodedSlash::Allow,
            },
            semicolon: match config.semicolon {
                SemicolonConfig::Reject => Semicolon::Reject,
                SemicolonConfig::Allow => Semicolon::Allow,
                SemicolonConfig::Strip => Semicolon::Strip,
            },
            trailing_slash: match config.trailing_slash {
                TrailingSlashConfig::Ignore => TrailingSlash::Ignore,
                TrailingSlashConfig::Strict => TrailingSlash::Strict,
            },
            case: match config.case {
                CaseConfig::Sensitive => Case::Sensitive,
                CaseConfig::Insensitive => Case::Insensitive,
            },
        }
    }
}
