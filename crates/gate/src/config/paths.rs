//! `paths`: how the upstream reads paths.

use authz::{Case, EncodedSlash, PathOptions, Semicolon, TrailingSlash};
use deserr::Deserr;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::Problems;

/// What the upstream reads in its own way; left out: what servers read in different ways is refused.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Paths", transform = json_schema::object::<Self>))]
pub(crate) struct PathsConfig {
    /// `%2F` in a path.
    #[deserr(default)]
    encoded_slash: EncodedSlashConfig,
    /// `;` in a path.
    #[deserr(default)]
    semicolon: SemicolonConfig,
    /// `/a/` beside `/a`.
    #[deserr(default)]
    trailing_slash: TrailingSlashConfig,
    /// `/A` beside `/a`.
    #[deserr(default)]
    case: CaseConfig,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "reject")
))]
enum EncodedSlashConfig {
    /// Refused with 400.
    #[default]
    Reject,
    /// A slash inside a segment: for upstreams that split the path before they decode it.
    Allow,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "reject")
))]
enum SemicolonConfig {
    /// Refused with 400.
    #[default]
    Reject,
    /// An ordinary character: never in front of Java servers, which serve `/admin;x` as `/admin`.
    Allow,
    /// It and what follows it in the segment do not count: for upstreams that drop path parameters.
    Strip,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "ignore")
))]
enum TrailingSlashConfig {
    /// The same path.
    #[default]
    Ignore,
    /// Another path, and patterns may end with `/`.
    Strict,
}

#[derive(Debug, Clone, Copy, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "sensitive")
))]
enum CaseConfig {
    /// Another path.
    #[default]
    Sensitive,
    /// The same path, of all letters, in every way that servers fold them.
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
