//! Ways to have a request taken for one by another method.

use super::PATHS;
use crate::trick::{AUTHORIZATION, Request, Trick, http1_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for name in OVERRIDES {
        for value in ["POST", "post", "Post", "PUT", "DELETE", "POST, GET", "GET, POST"] {
            for method in ["GET", "HEAD", "OPTIONS"] {
                tricks.push(
                    Request::new(method, "/items").field(name, value).trick("method overrides"),
                );
            }
        }
        for path in PATHS {
            for value in ["GET", "OPTIONS", "HEAD"] {
                let request = Request::new("OPTIONS", path).field(name, value);
                tricks.push(request.trick("method overrides"));
            }
        }
    }
    for query in [
        "_method=POST",
        "method=POST",
        "X-HTTP-Method-Override=POST",
        "_method=post",
        "httpMethod=POST",
        "%5fmethod=POST",
        "_METHOD=POST",
        "a&_method=POST",
        ";_method=POST",
    ] {
        for path in ["/items", "/items/"] {
            tricks.push(Request::get(format!("{path}?{query}")).trick("method overrides"));
        }
    }
    for method in METHODS {
        tricks.push(Request::new(method, "/items").trick("methods"));
        for path in PATHS {
            tricks.push(Request::new(method, path).trick("methods"));
        }
        let preflight = Request::new(method, "/admin/secret").field("Origin", "http://api.example");
        tricks.push(preflight.field("Access-Control-Request-Method", "GET").trick("methods"));
    }
    for method in ["GET", "PUT", "PATCH", "OPTIONS"] {
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "_method=POST"),
            ("application/json", r#"{"_method":"POST"}"#),
            ("text/plain", "POST /items HTTP/1.1\r\n\r\n"),
        ] {
            let token = String::from_utf8_lossy(AUTHORIZATION);
            let length = body.len();
            let request = format!(
                "{method} /items HTTP/1.1\r\nHost: api.example\r\n{token}Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            tricks.push(http1_only("method overrides", request));
        }
    }
    for path in [
        "/items",
        "/items/",
        "//items",
        "/items;x",
        "/items%2f",
        "/items/.",
        "/%69tems",
        "/items%00",
        "/items?x",
        "/items%3f",
        "/ITEMS",
        "/items;a=b/",
        "/./items",
        "/public/../items",
        "/public/%2e%2e/items",
        "/public/..;/items",
        "/items/x",
        "/items.json",
        "/items%20",
        "/items%09",
    ] {
        tricks.push(Request::new("POST", path).field("Content-Length", "0").trick("methods"));
    }
}

const OVERRIDES: &[&str] = &[
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "X-Method",
    "X-Original-Method",
    "X-Forwarded-Method",
    "X-Rewrite-Method",
    "X-Envoy-Original-Method",
    "X_HTTP_Method_Override",
    "x.http.method.override",
    "Method",
    "_method",
    ":method",
    "HTTP-Method-Override",
    "X-Request-Method",
];

const METHODS: &[&str] = &[
    "get",
    "Get",
    "gET",
    "GET\t",
    "post",
    "Post",
    "pOST",
    "POST\t",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PUT",
    "PATCH",
    "DELETE",
    "PROPFIND",
    "MKCOL",
    "MOVE",
    "COPY",
    "LOCK",
    "SEARCH",
    "PURGE",
    "DEBUG",
    "TRACK",
    "FOO",
    "GETX",
    "XGET",
    "GET,POST",
    "GET;",
    "G%45T",
    "GET/",
    "*",
    "-",
    "",
    "\u{c7}ET",
    "PRI",
    "QUERY",
    "M-SEARCH",
    "SUBSCRIBE",
    "ARBITRARY",
    "POSTPOST",
    "GET GET",
];
