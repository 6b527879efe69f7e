//! Spellings of a protected host, and other places where a host may be named.

use crate::trick::{AUTHORIZATION, Request, Trick, fields, http1_only, http2_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for path in ["/", "/public/hello", "/anything"] {
        for host in HOSTS {
            tricks.push(Request::get(path).host(host).trick("host spellings"));
        }
        for target in [
            "http://vault.example",
            "http://VAULT.example",
            "http://vault.example:80",
            "http://vault.example.",
            "http://x@vault.example",
            "http://vault.example@x",
        ] {
            for host in ["api.example", "", "vault.example"] {
                let request = Request::get(format!("{target}{path}")).host(host);
                tricks.push(http1_only("host spellings", request.http1()));
            }
        }
        for name in OTHER_PLACES {
            for value in
                ["vault.example", "VAULT.EXAMPLE", "host=vault.example", "http://vault.example/"]
            {
                tricks
                    .push(Request::get(path).field(name, value).trick("other places for the host"));
            }
        }
        twice(tricks, path);
    }
}

/// Two of what there should be one of.
fn twice(tricks: &mut Vec<Trick>, path: &str) {
    let token = String::from_utf8_lossy(AUTHORIZATION);
    for hosts in [
        "Host: api.example\r\nHost: vault.example",
        "Host: vault.example\r\nHost: api.example",
        "Host: api.example\r\n Host: vault.example",
        "Host:\r\n vault.example",
        "Host: api.example\r\n vault.example",
        "Host : vault.example",
        "Host\t: vault.example",
        " Host: vault.example",
        "X: y\r\n Host: vault.example",
        "Host:\tvault.example",
        "hOST: vault.example",
        "Host:vault.example",
        "Host: vault.example\t",
        "Host: api.example\nHost: vault.example",
        "Host: api.example\rHost: vault.example",
        "Host: api.example\r\nhost: vault.example",
        "Host: api.example\r\nH\u{f6}st: vault.example",
        "X: y",
        "Host: api.example\r\nHost_: vault.example",
        "Host\0: vault.example",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\n{hosts}\r\n{token}Connection: close\r\n\r\n");
        tricks.push(http1_only("two hosts", request));
    }
    for pair in [
        [(":authority", "api.example"), ("host", "vault.example")],
        [(":authority", "vault.example"), ("host", "api.example")],
        [(":authority", "api.example"), (":authority", "vault.example")],
        [("host", "api.example"), ("host", "vault.example")],
        [("host", "vault.example"), (":authority", "api.example")],
        [("x", "y"), ("host", "vault.example")],
        [(":authority", ""), ("host", "vault.example")],
    ] {
        let mut all = fields(&[(":method", "GET"), (":scheme", "http"), (":path", path)]);
        all.extend(fields(&pair));
        all.push((AUTHORIZATION.to_vec(), Vec::new()));
        tricks.push(http2_only("two hosts", all));
    }
}

const HOSTS: &[&[u8]] = &[
    b"VAULT.EXAMPLE",
    b"Vault.example",
    b"vault.examplE",
    b"vault.example.",
    b"VAULT.example.",
    b"vault.example..",
    b"vault.example:80",
    b"vault.example:",
    b"vault.example:0",
    b"vault.example:443",
    b"vault.example.:80",
    b"vault.example:80:80",
    b"vault.example:x",
    b"vault.example:-1",
    b"vault.example:+80",
    b"vault.example:080",
    b"vault.example:99999",
    b" vault.example",
    b"vault.example ",
    b"\tvault.example",
    b"vault.example\t",
    b"vault%2eexample",
    b"%76ault.example",
    b"vault.example%00",
    b"vault.example%20",
    b"vault.example\x00",
    b"vault.example\x01",
    b"vault.example\xff",
    b"\xefvault.example",
    b"v\xc3\xa4ult.example",
    b"user@vault.example",
    b"vault.example@user",
    b"user:pass@vault.example",
    b"@vault.example",
    b"vault.example,api.example",
    b"api.example,vault.example",
    b"api.example, vault.example",
    b"vault.example;x",
    b"vault.example/",
    b"vault.example/x",
    b"/vault.example",
    b"vault.example?",
    b"vault.example#",
    b"vault.example\\",
    b"http://vault.example",
    b"//vault.example",
    b"[vault.example]",
    b"[vault.example]:80",
    b"vault.example]",
    b"(vault.example)",
    b"*.example",
    b"*",
    b".vault.example",
    b"vault..example",
    b"vault_example",
    b"vault.example_",
    b"-vault.example",
    b"xn--vault-.example",
    b"vault\xe3\x80\x82example",
    b"\xef\xbd\x96ault.example",
    b"vault.e\xc5\xbfample",
    b"vault.example:80@api.example",
    b"api.example:80@vault.example",
    b"api.example vault.example",
    b"api.example:vault.example",
    b"\"vault.example\"",
    b"'vault.example'",
    b"<vault.example>",
    b"{vault.example}",
    b"vault.example|x",
    b"vault.example^",
    b"vault.example`",
];

const OTHER_PLACES: &[&str] = &[
    "X-Forwarded-Host",
    "X-Host",
    "X-Original-Host",
    "X-Forwarded-Server",
    "X-HTTP-Host-Override",
    "Forwarded",
    "X-Forwarded-Authority",
    "X-Real-Host",
    "X-Envoy-Original-Host",
    "X-Rewrite-Host",
    "X-Backend-Host",
    "Origin",
    "Referer",
    "Proxy-Host",
    "X-Proxy-Host",
    "X-Original-URL",
    "Via",
    "Alt-Used",
    "X_Forwarded_Host",
    "X_Host",
    "Host_",
    "Server-Name",
];
