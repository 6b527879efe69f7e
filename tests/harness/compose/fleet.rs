//! `envoy/fleet`: several Envoys that follow one policy.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::{Engine, Project, finish};
use crate::http::Request;
use crate::make;

/// The running fleet; dropping it takes it down.
#[derive(Debug)]
pub struct Fleet {
    project: Project,
    members: Vec<Member>,
    folder: TempDir,
}

/// One Envoy of the fleet.
#[derive(Debug)]
pub struct Member {
    address: SocketAddr,
    stats: SocketAddr,
}

impl Fleet {
    /// Starts the fleet with this key set and policy, and waits until all of it answers.
    ///
    /// # Errors
    ///
    /// Also when an Envoy does not come up; the error then ends with the logs.
    pub fn up(engine: &Engine, jwks: &Path, policy: &Value) -> Result<Self> {
        let folder = TempDir::new().context("cannot make a temporary folder")?;
        let extension = folder.path().join("fleet");
        publish(folder.path(), policy)?;
        let environment = vec![
            ("CLAIMGATE_JWKS", jwks.into()),
            ("CLAIMGATE_FLEET", extension.into()),
            // The engine chooses free ones.
            ("PORTS", "0".into()),
            ("STATS_PORTS", "0".into()),
        ];
        let project =
            Project::up(engine, "envoy/fleet/docker-compose.yaml", "test-fleet", environment)?;
        let mut fleet = Self { project, members: Vec::new(), folder };
        for index in 1..=fleet.containers()?.len() {
            let address = fleet.project.published(index, 8080)?;
            let stats = fleet.project.published(index, 9902)?;
            fleet.project.wait_until_it_answers(address)?;
            fleet.members.push(Member { address, stats });
        }
        Ok(fleet)
    }

    /// Gives it this policy, as users do: by `make fleet-policy`.
    pub fn publish(&self, policy: &Value) -> Result<()> {
        publish(self.folder.path(), policy)
    }

    /// Its Envoys.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Of each Envoy's container: which one it is, its process, since when it runs and how often it was restarted.
    pub fn containers(&self) -> Result<Vec<String>> {
        let listed = self.project.run(&["ps", "--quiet", "envoy"])?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut arguments = vec![
            "inspect",
            "--format",
            "{{.Id}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}",
        ];
        arguments.extend(listed.split_whitespace());
        let states = String::from_utf8(self.project.engine.docker(&arguments)?)?;
        let mut states: Vec<String> = states.lines().map(str::to_owned).collect();
        states.sort();
        Ok(states)
    }

    /// What its services have logged.
    pub fn logs(&self) -> Result<String> {
        self.project.logs()
    }
}

impl Member {
    /// Where it listens for requests.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Where its statistics can be read.
    #[must_use]
    pub fn stats(&self) -> SocketAddr {
        self.stats
    }

    /// The value of a metric, as Prometheus reads it.
    pub fn metric(&self, name: &str) -> Result<u64> {
        let page = Request::new("GET /stats/prometheus")?.send(self.stats)?;
        ensure!(page.status == 200, "the statistics answer {}", page.status);
        let text = page.text();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("{} "));
        match value {
            Some(value) => value.parse().with_context(|| format!("{name} is {value:?}")),
            None => bail!("there is no metric {name}"),
        }
    }
}

/// Writes the policy into the folder, and what the fleet reads into its folder `fleet`.
fn publish(folder: &Path, policy: &Value) -> Result<()> {
    let file = folder.join("policy.yaml");
    fs::write(&file, serde_json::to_string_pretty(policy)?)?;
    let (policy, fleet) = (file.display(), folder.join("fleet"));
    let make =
        make(&["fleet-policy", &format!("POLICY={policy}"), &format!("FLEET={}", fleet.display())]);
    finish(make).map(drop)
}
