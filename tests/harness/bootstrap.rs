//! A bootstrap that ships in `envoy/`, as a tree, and the places in it that a run on this machine changes.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::{repository, yaml};

/// The parsed tree of one file.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    file: &'static str,
    tree: Value,
}

/// A finished bootstrap without its access log: of a million requests a line for each is of no use, and costs something.
pub fn without_access_log(mut bootstrap: Value) -> Result<Value> {
    let manager = bootstrap.pointer_mut(MANAGER).and_then(Value::as_object_mut);
    manager.context("there is no connection manager")?.remove("access_log");
    Ok(bootstrap)
}

impl Bootstrap {
    /// Reads a file of the repository.
    pub fn read(file: &'static str) -> Result<Self> {
        Ok(Self { file, tree: yaml::read(&repository(file))? })
    }

    /// The tree as it is now.
    #[must_use]
    pub fn into_tree(self) -> Value {
        self.tree
    }

    /// The whole tree.
    #[must_use]
    pub fn tree(&mut self) -> &mut Value {
        &mut self.tree
    }

    /// What is at this JSON pointer.
    pub fn at(&mut self, pointer: &str) -> Result<&mut Value> {
        let file = self.file;
        self.tree.pointer_mut(pointer).with_context(|| format!("{file} has no {pointer}"))
    }

    /// The mapping at this JSON pointer.
    pub fn mapping(&mut self, pointer: &str) -> Result<&mut Map<String, Value>> {
        let file = self.file;
        let found = self.at(pointer)?.as_object_mut();
        found.with_context(|| format!("{pointer} of {file} is not a mapping"))
    }

    /// Takes a member out of the mapping at this JSON pointer.
    pub fn remove(&mut self, pointer: &str, key: &str) -> Result<()> {
        let file = self.file;
        match self.mapping(pointer)?.remove(key) {
            Some(_) => Ok(()),
            None => bail!("{pointer} of {file} has no {key}"),
        }
    }

    /// The HTTP filters.
    pub fn filters(&mut self) -> Result<&mut Vec<Value>> {
        self.list(&format!("{MANAGER}/http_filters"))
    }

    /// The HTTP filter of this name.
    pub fn filter(&mut self, name: &str) -> Result<&mut Value> {
        let file = self.file;
        let found = self.filters()?.iter_mut().find(|filter| filter["name"] == name);
        found.with_context(|| format!("{file} has no filter named {name}"))
    }

    /// A member of the HTTP filter of this name, by its JSON pointer.
    pub fn filter_at(&mut self, name: &str, pointer: &str) -> Result<&mut Value> {
        let file = self.file;
        let found = self.filter(name)?.pointer_mut(pointer);
        found.with_context(|| format!("the filter {name} of {file} has no {pointer}"))
    }

    /// The clusters.
    pub fn clusters(&mut self) -> Result<&mut Vec<Value>> {
        self.list("/static_resources/clusters")
    }

    /// A member of the cluster of this name, by its JSON pointer.
    pub fn cluster_at(&mut self, name: &str, pointer: &str) -> Result<&mut Value> {
        let file = self.file;
        let found = self.clusters()?.iter_mut().find(|cluster| cluster["name"] == name);
        let cluster = found.with_context(|| format!("{file} has no cluster named {name}"))?;
        let found = cluster.pointer_mut(pointer);
        found.with_context(|| format!("the cluster {name} of {file} has no {pointer}"))
    }

    /// The list at this JSON pointer.
    pub fn list(&mut self, pointer: &str) -> Result<&mut Vec<Value>> {
        let file = self.file;
        let found = self.at(pointer)?.as_array_mut();
        found.with_context(|| format!("{pointer} of {file} is not a list"))
    }
}

/// The listener.
pub const LISTENER: &str = "/static_resources/listeners/0";

/// The HTTP connection manager.
pub const MANAGER: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
