//! The names of what is found, for those who look it up or switch it off.

/// A name, and what it is for.
pub(crate) struct Lint {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Whether it is an error, which cannot be allowed.
    pub(crate) error: bool,
}

const fn error(name: &'static str, about: &'static str) -> Lint {
    Lint { name, about, error: true }
}

const fn warning(name: &'static str, about: &'static str) -> Lint {
    Lint { name, about, error: false }
}

/// Every name there is.
pub(crate) const LINTS: &[Lint] = &[
    error("fail-open", "where claimgate crashes or does not load, Envoy lets everything pass"),
    error("never-asked", "the capability list keeps Envoy from asking claimgate"),
    warning("any-issuer", "an issuer with neither `issuer` nor `audiences`"),
    warning("decode-only", "tokens that nothing in the file verifies"),
    warning("hidden-unlike", "hidden rules that their messages tell apart"),
    warning("keys-over-http", "published keys that come without TLS"),
    warning(
        "misspelt-permission",
        "a permission that only `*` grants, nearly spelt as one that is given",
    ),
    warning("missing-capability", "a capability list without what fetching keys takes"),
    warning("negated-request", "`not` around what the client writes"),
    warning("no-expiry", "tokens that count for ever"),
    warning("no-reload", "one crash stops all requests until Envoy is restarted"),
    warning("public-in-protected", "a public rule in the tree of one that is not"),
    warning("public-by-semicolon", "a public rule for what servers may take for a protected path"),
    warning("shadow", "denials that stop nothing"),
    warning("shared-vm", "two Wasm filters with one `vm_id`"),
    warning("switched-off", "claimgate is `disabled`, as a whole or on some routes"),
    warning("undefined-anonymous", "`anonymous` asked for where it is no role of everybody"),
    warning("unreachable-rule", "a rule that more specific ones leave nothing"),
    warning("unused-key", "a key of `jwks` that verifies nothing"),
    warning("unused-permission", "a permission that roles are given and no rule asks for"),
    warning("unused-role", "a role that nobody inherits and no rule has use for"),
    warning("unwritten-metadata", "claims of jwt_authn looked for where it does not leave them"),
    warning("yaml-boolean", "a word that Envoy's and Kubernetes' YAML takes for true or false"),
    warning(
        "yaml-number",
        "a number that Envoy's or Kubernetes' YAML takes for another, or for text",
    ),
];

/// The names of the warnings, which may be allowed.
pub(crate) fn warnings() -> impl Iterator<Item = &'static str> {
    LINTS.iter().filter(|lint| !lint.error).map(|lint| lint.name)
}

/// All names, for the help.
pub(crate) fn help() -> String {
    let line = |lint: &Lint| format!("  {:<20} {}", lint.name, lint.about);
    let of = |error: bool| {
        let lines: Vec<_> = LINTS.iter().filter(|lint| lint.error == error).map(line).collect();
        lines.join("\n")
    };
    format!(
        "Errors are whatever claimgate refuses a policy for, and:\n{}\n\nWarnings, each of which `--allow NAME` switches off, or, for one place, a comment there or on the line before, \
         `# claimgate-allow: NAME`:\n{}",
        of(true),
        of(false)
    )
}
