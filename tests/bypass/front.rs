//! One Envoy in front of all sites, with a listener for each way to guard each of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use claimgate_tests::bootstrap::{LISTENER, MANAGER};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::token::{AUDIENCE, ISSUER};
use serde_json::{Value, json};

use crate::servers::Site;

/// What stands between a client and a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// Envoy alone.
    Nothing,
    /// Envoy's own `jwt_authn` and `rbac`, as most write them: by prefix.
    Native,
    /// claimgate, and whatever is not protected is open to users.
    Open,
    /// claimgate, and only what is listed is open.
    Closed,
}

/// What Envoy itself does to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hardening {
    /// Nothing, its default.
    Default,
    /// What `envoy/envoy.yaml` has.
    Shipped,
    /// `UNESCAPE_AND_FORWARD`, and HTTP/1.1 as lenient as can be.
    Unescaping,
}

pub const HARDENINGS: [Hardening; 3] =
    [Hardening::Default, Hardening::Shipped, Hardening::Unescaping];

#[derive(Debug)]
pub struct Front {
    envoy: Envoy,
    addresses: BTreeMap<String, SocketAddr>,
}

impl Front {
    pub fn start(
        hardening: Hardening,
        guards: &[Guard],
        sites: &[Site],
        keys: &Value,
    ) -> Result<Self> {
        let mut listeners = Vec::new();
        for guard in guards {
            for site in sites {
                let rules = if *guard == Guard::Closed { closed() } else { open() };
                let config = Config::new(site.address, keys.clone());
                let config = config.policy(&policy(keys, &rules, &site.paths));
                let tree = guarded(&config, *guard)?;
                listeners.push((listener_name(*guard, site.name), tree));
            }
        }
        Self::of(hardening, listeners)
    }

    /// One Envoy with the listeners of these bootstraps, under these names.
    pub fn of(hardening: Hardening, listeners: Vec<(String, Value)>) -> Result<Self> {
        let mut whole: Option<Value> = None;
        for (name, mut tree) in listeners {
            harden(tree.pointer_mut(MANAGER).context("no manager")?, hardening);
            rename(&mut tree, &name);
            match &mut whole {
                None => whole = Some(tree),
                Some(whole) => merge(whole, &mut tree)?,
            }
        }
        let envoy = Envoy::start_quiet(&whole.context("no site")?, 1)?;
        let addresses = addresses(&envoy)?;
        Ok(Self { envoy, addresses })
    }

    /// Where a site is reached behind this guard.
    pub fn address(&self, guard: Guard, site: &str) -> Result<SocketAddr> {
        self.listener(&listener_name(guard, site))
    }

    /// Where the listener of this name is reached.
    pub fn listener(&self, name: &str) -> Result<SocketAddr> {
        self.addresses.get(name).copied().with_context(|| format!("no listener {name}"))
    }

    /// How often the module had to be started anew.
    pub fn crashes(&self) -> Result<usize> {
        let stats = self.envoy.admin("/stats?filter=vm_reload")?;
        Ok(stats.lines().filter(|line| !line.ends_with(": 0")).count())
    }
}

/// Everything but what is protected is open to users.
pub fn open() -> Vec<Value> {
    let mut rules = protected();
    rules.push(json!({ "name": "public", "path": "/public/**", "allow": "public" }));
    rules.push(json!({ "name": "rest", "path": "/**", "allow": "authenticated" }));
    rules
}

/// Nothing is open but what is listed.
pub fn closed() -> Vec<Value> {
    let mut rules = protected();
    rules.push(json!({ "name": "public", "path": "/public/**", "allow": "public" }));
    for path in ["/files/**", "/account/**"] {
        rules.push(json!({ "name": path, "path": path, "allow": "authenticated" }));
    }
    rules.push(
        json!({ "name": "items", "methods": ["GET"], "path": "/items", "allow": "authenticated" }),
    );
    rules
}

fn protected() -> Vec<Value> {
    let admin = json!({ "roles": ["admin"] });
    vec![
        json!({ "name": "admin", "path": "/admin/**", "allow": admin }),
        json!({ "name": "report", "path": "/report", "allow": admin }),
        // Below it too: scripts are served whatever follows their name.
        json!({ "name": "new-items", "methods": ["POST"], "path": "/items/**", "allow": admin }),
        json!({ "name": "vault", "hosts": ["vault.example"], "path": "/**", "allow": admin }),
    ]
}

/// A policy of these rules that verifies tokens by itself.
pub fn policy(keys: &Value, rules: &[Value], paths: &Value) -> Value {
    json!({
        "issuers": [{
            "name": "main", "issuer": ISSUER, "audiences": [AUDIENCE], "roles": ["roles"],
            "signature": { "jwks": keys },
        }],
        "paths": paths,
        "rules": rules,
        "forward": { "headers": { "x-user-roles": "$roles" } },
        "audit": { "decisions": "denied" },
    })
}

fn guarded(config: &Config, guard: Guard) -> Result<Value> {
    let mut tree = match guard {
        Guard::Native => config.build()?,
        _ => config.clone().without_jwt_authn().build()?,
    };
    let filters = tree.pointer_mut(&format!("{MANAGER}/http_filters"));
    let filters = filters.and_then(Value::as_array_mut).context("no filters")?;
    match guard {
        Guard::Nothing => filters.retain(|filter| filter["name"] != "claimgate"),
        Guard::Native => {
            let mine = filters.iter_mut().find(|filter| filter["name"] == "claimgate");
            *mine.context("no claimgate")? = rbac();
        }
        Guard::Open | Guard::Closed => {}
    }
    Ok(tree)
}

/// The open policy in the terms of `rbac`.
fn rbac() -> Value {
    let metadata = |path: &[&str], value: Value| {
        let path: Vec<_> = path.iter().map(|key| json!({ "key": key })).collect();
        json!({ "sourced_metadata": { "metadata_matcher": { "filter": "envoy.filters.http.jwt_authn", "path": path, "value": value } } })
    };
    let prefix = |path: &str| json!({ "url_path": { "path": { "prefix": path } } });
    let header = |name: &str, value: &str| json!({ "header": { "name": name, "string_match": { "exact": value } } });
    let protected = json!({ "or_rules": { "rules": [
        prefix("/admin"),
        { "url_path": { "path": { "exact": "/report" } } },
        { "and_rules": { "rules": [prefix("/items"), header(":method", "POST")] } },
        header(":authority", "vault.example"),
    ] } });
    let is_admin = json!({ "list_match": { "one_of": { "string_match": { "exact": "admin" } } } });
    json!({ "name": "rbac", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
        "rules": { "action": "ALLOW", "policies": {
            "admin": {
                "permissions": [{ "any": true }],
                "principals": [metadata(&["payload", "roles"], is_admin)],
            },
            "public": { "permissions": [prefix("/public/")], "principals": [{ "any": true }] },
            "users": {
                "permissions": [{ "not_rule": protected }],
                "principals": [metadata(&["payload", "sub"], json!({ "present_match": true }))],
            },
        } },
    } })
}

fn harden(manager: &mut Value, hardening: Hardening) {
    // Else each connection that Envoy ends by itself takes a second.
    manager["delayed_close_timeout"] = json!("0.05s");
    match hardening {
        Hardening::Shipped => return,
        Hardening::Default => {
            for key in ["normalize_path", "merge_slashes", "path_with_escaped_slashes_action"] {
                manager[key].take();
            }
        }
        Hardening::Unescaping => {
            manager["path_with_escaped_slashes_action"] = json!("UNESCAPE_AND_FORWARD");
            manager["http_protocol_options"] =
                json!({ "accept_http_10": true, "allow_chunked_length": true });
        }
    }
    manager["common_http_protocol_options"]["headers_with_underscores_action"].take();
}

fn listener_name(guard: Guard, site: &str) -> String {
    format!("{guard:?} {site}")
}

fn rename(tree: &mut Value, name: &str) {
    tree["static_resources"]["listeners"][0]["name"] = json!(name);
    tree["static_resources"]["clusters"][0]["name"] = json!(name);
    tree["static_resources"]["clusters"][0]["load_assignment"]["cluster_name"] = json!(name);
    if let Some(manager) = tree.pointer_mut(MANAGER) {
        manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"]["cluster"] = json!(name);
        // What is logged of so many requests is read by nobody.
        manager["access_log"].take();
    }
}

fn merge(whole: &mut Value, part: &mut Value) -> Result<()> {
    for (list, first) in [("listeners", LISTENER), ("clusters", "/static_resources/clusters/0")] {
        let moved = part.pointer_mut(first).context("nothing to move")?.take();
        let list = whole["static_resources"][list].as_array_mut().context("no list")?;
        list.push(moved);
    }
    Ok(())
}

fn addresses(envoy: &Envoy) -> Result<BTreeMap<String, SocketAddr>> {
    let listeners: Value = serde_json::from_str(&envoy.admin("/listeners?format=json")?)?;
    let listeners = listeners["listener_statuses"].as_array().context("no listeners")?;
    let address = |listener: &Value| {
        let address = &listener["local_address"]["socket_address"];
        let port = u16::try_from(address["port_value"].as_u64().context("no port")?)?;
        let name = listener["name"].as_str().context("no name")?;
        Ok((name.to_owned(), SocketAddr::from(([127, 0, 0, 1], port))))
    };
    listeners.iter().map(address).collect()
}
