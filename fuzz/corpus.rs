//! Takes the corpus apart for the fuzzer, and packs what the fuzzer left: `corpus unpack token target/fuzz/token`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use claimgate_fuzz::corpus::{packed, unpacked};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [action, target, folder] = &arguments[..] else {
        bail!("usage: corpus unpack|pack <target> <folder>");
    };
    let (file, folder) = (file(target), Path::new(folder));
    match action.as_str() {
        "unpack" => unpack(&file, folder),
        "pack" => pack(folder, &file),
        other => bail!("`{other}` is neither unpack nor pack"),
    }
}

fn file(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target).with_extension("txt")
}

/// Each line of the file to a file of its own.
fn unpack(file: &Path, folder: &Path) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    fs::create_dir_all(folder)?;
    for (number, input) in unpacked(&text)?.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), input)?;
    }
    Ok(())
}

/// All files of the folder to lines of the file.
fn pack(folder: &Path, file: &Path) -> Result<()> {
    let mut inputs = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        inputs.push(fs::read(entry?.path())?);
    }
    fs::write(file, packed(&inputs))?;
    Ok(())
}
