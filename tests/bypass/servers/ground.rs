//! A folder of its own for each server.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use claimgate_tests::repository;
use tempfile::TempDir;

use super::{ORDINARY, SECRET, Server};

/// A folder for one server: its site, its ports, and what is filled into its configuration.
pub(super) struct Ground {
    pub(super) folder: TempDir,
    pub(super) ports: BTreeMap<&'static str, u16>,
}

impl Ground {
    pub(super) fn new(ports: &[&'static str]) -> Result<Self> {
        let folder = TempDir::new()?;
        // Servers that give up root still have to read it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        // Held together, so that no two are the same.
        let held: Vec<_> =
            ports.iter().map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<Result<_, _>>()?;
        let free = held.iter().map(|listener| Ok(listener.local_addr()?.port()));
        let free = free.collect::<Result<Vec<_>>>()?;
        let ground = Self { folder, ports: ports.iter().copied().zip(free).collect() };
        for path in ["index.html", "public/hello", "files/a.txt"] {
            ground.write(&format!("site/{path}"), ORDINARY)?;
        }
        for path in ["admin/index.html", "admin/secret", "admin/deep/secret", "report", "memo.html"]
        {
            ground.write(&format!("site/{path}"), SECRET)?;
        }
        Ok(ground)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Writes a file of `servers/`, with folder, ports and contents filled in.
    pub(super) fn fill(&self, source: &str, name: &str) -> Result<()> {
        let source = repository("tests/bypass/servers").join(source);
        let mut text = fs::read_to_string(source)?;
        let folder = self.folder.path().display().to_string();
        text = text.replace("@site@", &format!("{folder}/site")).replace("@folder@", &folder);
        text = text.replace("@secret@", SECRET).replace("@ordinary@", ORDINARY);
        for (name, port) in &self.ports {
            text = text.replace(&format!("@{name}@"), &port.to_string());
        }
        self.write(name, &text)
    }

    pub(super) fn start(self, command: &mut Command, version: String) -> Result<Server> {
        let output = File::create(self.path("output"))?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let process = command.current_dir(self.folder.path()).spawn()?;
        let mut server = Server { process, folder: self.folder, ports: self.ports, version };
        server.wait_until_ready()?;
        Ok(server)
    }
}
