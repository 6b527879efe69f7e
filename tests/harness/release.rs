//! Which release of Envoy the tests run, and what an older one has to be told otherwise than the shipped files do.

use std::io::Write as _;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::envoy::binary;

/// Major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(u32, u32, u32);

impl Release {
    /// What [`binary`] says of itself.
    pub fn of_envoy() -> Result<Self> {
        let binary = binary()?;
        let output = Command::new(&binary).arg("--version").output();
        let output = output.with_context(|| format!("cannot start {}", binary.display()))?;
        let said = String::from_utf8_lossy(&output.stdout);
        Self::said(&said).with_context(|| format!("{} is not an Envoy: {said}", binary.display()))
    }

    /// `… version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`
    fn said(version: &str) -> Option<Self> {
        let build = version.rsplit_once("version: ")?.1;
        let number = build.split('/').nth(1)?.split('-').next()?;
        let parts: Vec<u32> = number.split('.').map_while(|part| part.parse().ok()).collect();
        let &[major, minor, patch] = parts.as_slice() else { return None };
        Some(Self(major, minor, patch))
    }

    /// Whether its `normalize_path` resolves `..;` too. Where it does not, claimgate is left to refuse it, and what
    /// rests on Envoy's doing so is left out, loudly.
    pub fn resolves_dots_with_parameters(self) -> Result<bool> {
        let Self(major, minor, patch) = self;
        let since = match (major, minor) {
            (1, 36) => 10,
            (1, 37) => 6,
            (1, 38) => 4,
            (1, 39) => 1,
            _ => 0,
        };
        if patch < since {
            let what = "that `..;` in a path is resolved before claimgate sees it";
            // Straight to the terminal: what a passing test prints is not shown.
            writeln!(std::io::stderr(), "left out on {major}.{minor}.{patch}: {what}")?;
        }
        Ok(patch >= since)
    }
}

/// What an Envoy of this release is to be told, where 1.40 is told this.
#[must_use]
pub fn told(configuration: &Value, release: Release) -> Value {
    let mut told = configuration.clone();
    if release < Release(1, 40, 0) {
        move_capabilities(&mut told);
    }
    told
}

/// Before 1.40 the list of capabilities stands beside `vm_config`, not in it.
fn move_capabilities(tree: &mut Value) {
    match tree {
        Value::Array(items) => items.iter_mut().for_each(move_capabilities),
        Value::Object(members) => {
            members.values_mut().for_each(move_capabilities);
            let vm = members.get_mut("vm_config").and_then(Value::as_object_mut);
            if let Some(list) = vm.and_then(|vm| vm.remove(CAPABILITIES)) {
                members.insert(CAPABILITIES.to_owned(), list);
            }
        }
        _ => {}
    }
}

const CAPABILITIES: &str = "capability_restriction_config";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_envoy_says_which_it_is() {
        for (said, release) in [
            ("\n/a/b/envoy  version: 6eb0d2d/1.39.3/Clean/RELEASE/BoringSSL\n", Some((1, 39, 3))),
            ("envoy  version: 6eb0d2d/1.41.0-dev/Modified/DEBUG/BoringSSL", Some((1, 41, 0))),
            ("GNU bash, version 5.2.37(1)-release", None),
            ("version: 6eb0d2d/one", None),
        ] {
            assert_eq!(Release::said(said), release.map(|(x, y, z)| Release(x, y, z)), "{said}");
        }
    }

    #[test]
    fn an_older_one_finds_the_capabilities_where_it_looks() {
        let list = json!({ "allowed_capabilities": { "proxy_log": {} } });
        let new = json!([{ "config": { "vm_config": { "vm_id": "a", CAPABILITIES: list } } }]);
        let old = json!([{ "config": { "vm_config": { "vm_id": "a" }, CAPABILITIES: list } }]);
        for (release, told_so) in [((1, 36), &old), ((1, 39), &old), ((1, 40), &new)] {
            assert_eq!(&told(&new, Release(release.0, release.1, 0)), told_so, "{release:?}");
        }
    }
}
