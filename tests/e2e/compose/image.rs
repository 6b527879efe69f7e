//! `make image`: what Istio and Envoy Gateway load.

use std::io::Read as _;
use std::process::Command;

use claimgate_tests::{make, repository};
use serde_json::Value;

use super::*;

fn make_image(name: &str) -> Command {
    make(&["image", &format!("IMAGE={name}")])
}

#[test]
fn the_image_is_the_module_and_nothing_else() -> Result<()> {
    let Some(engine) = engine("the image test")? else { return Ok(()) };
    let name = format!("claimgate-test:{}", std::process::id());
    let made = make_image(&name).output()?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let saved = engine.docker(&["save", &name]);
    engine.docker(&["image", "rm", &name])?;

    let files = files(&saved?)?;
    let find = |wanted: &str| {
        let found = files.iter().find(|(path, _)| path == wanted);
        Ok::<_, anyhow::Error>(&found.with_context(|| format!("no {wanted}"))?.1)
    };
    let manifest: Value = serde_json::from_slice(find("manifest.json")?)?;
    let layers = manifest[0]["Layers"].as_array().context("no layers")?;
    assert_eq!(layers.len(), 1);
    let layer = find(layers[0].as_str().context("a layer without a path")?)?;
    let layer = self::files(&unpacked(layer)?)?;
    let module = fs::read(repository("target/claimgate.wasm"))?;
    assert!(layer == [("plugin.wasm".to_owned(), module)], "{:?}", names(&layer));
    Ok(())
}

#[test]
fn without_an_engine_it_says_so() -> Result<()> {
    let made = make_image("x").env("DOCKER_HOST", "unix:///nowhere").output()?;
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(!made.status.success(), "it was built");
    assert!(said.starts_with("no container engine answers 'docker info': "), "{said}");
    Ok(())
}

/// A layer without compression: some engines keep it as it would be sent, some do not.
fn unpacked(layer: &[u8]) -> Result<Vec<u8>> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    if !layer.starts_with(&GZIP) {
        return Ok(layer.to_vec());
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("layer");
    fs::write(&file, layer)?;
    let mut gzip = Command::new("gzip");
    gzip.args(["--decompress", "--stdout"]).stdin(fs::File::open(&file)?);
    Ok(gzip.output()?.stdout)
}

/// The regular files of an archive.
fn files(archive: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.push((entry.path()?.to_string_lossy().into_owned(), bytes));
        }
    }
    Ok(files)
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&String> {
    files.iter().map(|(name, _)| name).collect()
}
