//! Where a server's own notion of a path is the danger: docs/policy.md says what to write, and that it helps is shown.

use anyhow::{Context, Result, ensure};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::Config;
use claimgate_tests::token::{Issuer, claims};
use serde_json::{Value, json};

use crate::client::{self, Seen};
use crate::front::{self, Front, Hardening};
use crate::servers::{self, RECIPES, Server};
use crate::trick::{Request, Tokens};

/// A request that shows a user the secret by one policy and not by the other.
struct Row {
    server: &'static str,
    port: &'static str,
    request: Request,
    opens: Policy,
    closes: Policy,
}

/// The open policy, with what the row changes.
#[derive(Clone, Default)]
struct Policy {
    paths: Option<Value>,
    rule: Option<Value>,
    /// Nothing is open but what is listed.
    is_closed: bool,
    /// Envoy takes these out once it was decided.
    removed: &'static [&'static str],
}

fn paths(option: &str, value: &str) -> Policy {
    Policy { paths: Some(json!({ option: value })), ..Policy::default() }
}

fn rule(mut rule: Value) -> Policy {
    rule["allow"] = json!({ "roles": ["admin"] });
    Policy { rule: Some(rule), ..Policy::default() }
}

fn rows() -> Vec<Row> {
    let row = |server, port, request, opens, closes| Row { server, port, request, opens, closes };
    let (by_default, closed) = (Policy::default(), Policy { is_closed: true, ..Policy::default() });
    let orders = rule(json!({ "methods": ["DELETE"], "path": "/orders" }));
    let removed = |removed, policy: &Policy| Policy { removed, ..policy.clone() };
    let (method, url) = ("X-HTTP-Method-Override", "X-Original-URL");
    let overriding = Request::new("POST", "/orders").field(method, "DELETE");
    let overriding = overriding.field("Content-Length", "0");
    let rewriting = Request::get("/public/hello").field(url, "/admin/secret");
    let posting = Request::new("POST", "/script/x").field("Content-Length", "0");
    let slash = paths("encoded_slash", "allow");
    vec![
        row(
            "nginx",
            "folding",
            Request::get("/ADMIN/secret"),
            by_default.clone(),
            paths("case", "insensitive"),
        ),
        row(
            "Tomcat",
            "port",
            Request::get("/admin;x/secret"),
            paths("semicolon", "allow"),
            paths("semicolon", "strip"),
        ),
        row(
            "Tomcat",
            "port",
            Request::get("/admin;x/secret"),
            paths("semicolon", "allow"),
            by_default.clone(),
        ),
        row(
            "Tomcat",
            "lenient",
            Request::get("/admin%2Fsecret"),
            slash.clone(),
            by_default.clone(),
        ),
        row("nginx", "port", Request::get("/admin%2Fsecret"), slash.clone(), by_default.clone()),
        row("httpd", "slashes", Request::get("/admin%2Fsecret"), slash, by_default.clone()),
        row(
            "Werkzeug",
            "careless",
            Request::get("/ledger/"),
            Policy {
                rule: rule(json!({ "path": "/ledger" })).rule,
                ..paths("trailing_slash", "strict")
            },
            rule(json!({ "path": "/ledger" })),
        ),
        row(
            "Werkzeug",
            "careless",
            Request::get("/report.json"),
            by_default.clone(),
            closed.clone(),
        ),
        row(
            "httpd",
            "slashes",
            Request::get("/memo.html"),
            rule(json!({ "path": "/memo" })),
            rule(json!({ "paths": ["/memo", "/memo.html"] })),
        ),
        row(
            "httpd",
            "port",
            posting,
            rule(json!({ "methods": ["POST"], "path": "/script" })),
            rule(json!({ "methods": ["POST"], "path": "/script/**" })),
        ),
        row("nginx", "slip", Request::get("/files../admin/secret"), by_default.clone(), closed),
        row(
            "Werkzeug",
            "careless",
            overriding,
            orders.clone(),
            removed(&["x-http-method-override"], &orders),
        ),
        row(
            "Werkzeug",
            "careless",
            rewriting,
            by_default.clone(),
            removed(&["x-original-url"], &by_default),
        ),
    ]
}

#[test]
fn what_fits_the_server_closes_what_else_is_open() -> Result<()> {
    let servers = servers::all()?;
    let issuer = Issuer::new()?;
    let rows: Vec<_> =
        rows().into_iter().filter_map(|row| Some((server(&row, &servers)?, row))).collect();
    let mut listeners = Vec::new();
    for (at, (server, row)) in rows.iter().enumerate() {
        for (name, policy) in [("opens", &row.opens), ("closes", &row.closes)] {
            listeners.push((format!("{name} {at}"), policy.bootstrap(server, row.port, &issuer)?));
        }
    }
    if listeners.is_empty() {
        return Ok(());
    }
    let front = Front::of(Hardening::Default, listeners)?;
    let own = Some(issuer.token(&claims("vera", &["user"])));
    let tokens = Tokens { own, named: Vec::new() };
    for (at, (_, row)) in rows.iter().enumerate() {
        let bytes = tokens.fill(&row.request.http1());
        for (name, expected) in [("opens", Seen::Secret), ("closes", Seen::NoSecret)] {
            let address = front.listener(&format!("{name} {at}"))?;
            let (seen, answer) = client::http1(address, &bytes, crate::LONG)?;
            let answer = String::from_utf8_lossy(&answer);
            ensure!(seen == expected, "{}, {:?} {name}: {answer}", row.server, row.request);
        }
    }
    Ok(())
}

fn server<'a>(row: &Row, servers: &'a [Option<Server>]) -> Option<&'a Server> {
    let at = RECIPES.iter().position(|recipe| recipe.name == row.server)?;
    servers.get(at)?.as_ref()
}

impl Policy {
    fn bootstrap(&self, server: &Server, port: &str, issuer: &Issuer) -> Result<Value> {
        let keys = issuer.jwks();
        let mut rules = if self.is_closed { front::closed() } else { front::open() };
        rules.extend(self.rule.clone());
        let paths = self.paths.clone().unwrap_or_else(|| json!({}));
        let config = Config::new(server.address(port)?, keys.clone()).without_jwt_authn();
        let mut tree = config.policy(&front::policy(&keys, &rules, &paths)).build()?;
        let routes = tree.pointer_mut(&format!("{MANAGER}/route_config")).context("no routes")?;
        routes["request_headers_to_remove"] = json!(self.removed);
        Ok(tree)
    }
}
