//! What may differ between upstreams in how they read a path.

/// How the upstream reads paths. The default is for one that nothing is known of: whatever servers read in different
/// ways is refused.
///
/// Patterns and targets that meet have to be read with the same options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PathOptions {
    /// `%2F`.
    pub encoded_slash: EncodedSlash,
    /// `;`, also as `%3B`.
    pub semicolon: Semicolon,
    /// `/a/` beside `/a`.
    pub trailing_slash: TrailingSlash,
    /// `/A` beside `/a`.
    pub case: Case,
}

/// What `%2F` in a path is. (`%5C` is always refused: it is no data that anybody needs.)
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EncodedSlash {
    /// Refused: some servers decode it before they split the path, some after.
    #[default]
    Reject,
    /// A slash inside a segment, which stays one segment. Refused only where a server that splits there would find
    /// a dot segment.
    Allow,
}

/// What `;` in a path is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Semicolon {
    /// Refused: to some servers it begins parameters (RFC 3986 section 3.3), to some it is a character.
    #[default]
    Reject,
    /// A character of the segment, raw or as `%3B`.
    Allow,
    /// It and what follows it in the segment are dropped, as Java servers do. `%3B` is refused: some of them decode
    /// before they drop, some after.
    Strip,
}

/// What a slash at the end of a path is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TrailingSlash {
    /// Nothing: `/a/` is `/a`.
    #[default]
    Ignore,
    /// A last segment that is empty: `/a/` is another path than `/a`. No variable matches it.
    Strict,
}

/// What upper and lower case are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    /// Different characters.
    #[default]
    Sensitive,
    /// The same, in every way in which some server takes them for the same.
    Insensitive,
}
