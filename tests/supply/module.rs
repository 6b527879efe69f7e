//! What the built module says of its origin: no place on the machine that built it, and each crate once.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::{crates, repository};

fn text() -> Result<String> {
    let module = fs::read(repository("target/claimgate.wasm"))
        .context("target/claimgate.wasm is missing: run `make wasm`")?;
    Ok(String::from_utf8_lossy(&module).into_owned())
}

/// `name-version` of the crates whose files it names, for panics say where they are.
pub(crate) fn crates() -> Result<BTreeSet<String>> {
    let is_crate = |name: &&str| {
        name.rsplit_once('-')
            .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
    };
    let text = text()?;
    let folders = text.split("/src/").filter_map(|before| before.rsplit('/').next());
    Ok(folders.filter(is_crate).map(str::to_owned).collect())
}

#[test]
fn no_place_on_a_machine_is_in_it() -> Result<()> {
    let here = repository(".").canonicalize()?;
    let here = here.to_str().context("this folder has no name in UTF-8")?;
    let text = text()?;
    for place in [here, "/root/", "/home/", "/Users/", ".cargo/", "registry/src/", "\\src\\"] {
        let found = text.find(place).map(|at| text[at..].chars().take(80).collect::<String>());
        assert_eq!(found, None, "{place}");
    }
    Ok(())
}

#[test]
fn only_what_deny_toml_explains_is_in_it_twice() -> Result<()> {
    let mut seen = BTreeSet::new();
    let names = crates::of_module()?.into_keys().map(|id| id.name);
    let twice: Vec<String> = names.filter(|name| !seen.insert(name.clone())).collect();
    assert_eq!(twice, ["hashbrown"]);
    let explained = fs::read_to_string(repository("deny.toml"))?;
    assert!(explained.contains("\"hashbrown@0.16.1\", reason = \"in the module, "));
    Ok(())
}
