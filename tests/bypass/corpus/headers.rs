//! Headers that some servers believe: who is asking, from where, and for what.

use super::PATHS;
use crate::trick::{AUTHORIZATION, Request, Trick, fields, http1_only, http2_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    identity(tricks);
    for name in PATH_HEADERS {
        for path in PATHS {
            for base in ["/public/hello", "/files/a.txt", "/account", "/"] {
                tricks.push(Request::get(base).field(name, path).trick("headers with a path"));
            }
            let url = format!("http://api.example{path}");
            tricks
                .push(Request::get("/public/hello").field(name, url).trick("headers with a path"));
        }
    }
    for name in ORIGIN_HEADERS {
        for value in
            ["127.0.0.1", "localhost", "::1", "for=127.0.0.1;proto=https", "1", "true", "admin"]
        {
            tricks
                .push(Request::get("/admin/secret").field(name, value).trick("headers that vouch"));
        }
    }
    for value in [
        "close, authorization",
        "authorization",
        "x-user-roles, close",
        "keep-alive, x-user-roles",
        "upgrade, http2-settings",
        "host",
        ":path",
        "x-forwarded-for",
    ] {
        for path in ["/account", "/admin/secret"] {
            let request =
                Request::get(path).field("Connection", value).field("X-User-Roles", "admin");
            tricks.push(request.trick("hop-by-hop headers"));
        }
    }
}

/// Of the header that says what roles somebody has: every spelling that a server may take for it.
fn identity(tricks: &mut Vec<Trick>) {
    for name in IDENTITY {
        for value in ["admin", "admin,user", "admin\t", "\tadmin"] {
            for path in ["/account", "/account/x", "/public/hello", "/admin/secret"] {
                tricks.push(Request::get(path).field(name, value).trick("identity headers"));
            }
        }
        let twice = Request::get("/account").field(name, "admin").field(name, "user");
        tricks.push(twice.trick("identity headers"));
        let mixed = Request::get("/account").field("x-user-roles", "user").field(name, "admin");
        tricks.push(mixed.trick("identity headers"));
        // Over HTTP/2 a name in capitals is malformed.
        let mut asked = fields(&[
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/account"),
            (":authority", "api.example"),
        ]);
        asked.push((AUTHORIZATION.to_vec(), Vec::new()));
        asked.push((name.as_bytes().to_vec(), b"admin".to_vec()));
        tricks.push(http2_only("identity headers", asked));
    }
    let token = String::from_utf8_lossy(AUTHORIZATION);
    for lines in [
        "X-User-Roles : admin",
        "X-User-Roles\t: admin",
        " X-User-Roles: admin",
        "X: y\r\n X-User-Roles: admin",
        "X: y\r\n\tX-User-Roles: admin",
        "X-User-Roles:\r\n admin",
        "X-User-Roles:admin",
        "X: y\rX-User-Roles: admin",
        "X: y\nX-User-Roles: admin",
        "X: y\0\r\nX-User-Roles: admin",
        "X-User-Roles\0: admin",
        "\0X-User-Roles: admin",
        "X-User-Roles\r: admin",
        "X-User-Roles;: admin",
        "(X-User-Roles: admin",
        "X-User\u{2010}Roles: admin",
        "X-User-Roles\u{a0}: admin",
    ] {
        for path in ["/account", "/account/"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: api.example\r\n{lines}\r\n{token}Connection: close\r\n\r\n"
            );
            tricks.push(http1_only("identity headers", request));
        }
    }
    for name in IDENTITY {
        let request = format!(
            "POST /account HTTP/1.1\r\nHost: api.example\r\n{token}Connection: close\r\nTE: trailers\r\nTrailer: {name}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n{name}: admin\r\n\r\n"
        );
        tricks.push(http1_only("identity headers", request));
    }
}

const IDENTITY: &[&str] = &[
    "x-user-roles",
    "X-User-Roles",
    "X-USER-ROLES",
    "x_user_roles",
    "X_User_Roles",
    "x-user_roles",
    "x_user-roles",
    "X_USER-roles",
    "x.user.roles",
    "x.user-roles",
    "x-user.roles",
    "x~user~roles",
    "x!user!roles",
    "x*user*roles",
    "x'user'roles",
    "x^user^roles",
    "x`user`roles",
    "x|user|roles",
    "x+user+roles",
    "x#user#roles",
    "x$user$roles",
    "x%user%roles",
    "x&user&roles",
    "http_x_user_roles",
    "http-x-user-roles",
    "-x-user-roles",
    "x-user-roles-",
    "x--user--roles",
    "x-user-role",
    "x-roles",
    "x-user",
    "x-user-id",
    "x-remote-user",
    "remote-user",
    "remote_user",
    "x-forwarded-user",
    "x-forwarded-groups",
    "x-auth-request-groups",
    "x-authenticated-roles",
    "x-admin",
    "x-is-admin",
    "x-role",
    "x-jwt-payload",
    "x-envoy-user-roles",
    "x-envoy-attempt-count",
];

const PATH_HEADERS: &[&str] = &[
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Override-URL",
    "X-Original-URI",
    "X-Forwarded-URI",
    "X-Forwarded-URL",
    "X-Forwarded-Path",
    "X-Forwarded-Prefix",
    "X-Request-URI",
    "Request-URI",
    "X-Script-Name",
    "Script-Name",
    "X-Path-Info",
    "Path-Info",
    "X-Envoy-Original-Path",
    "X-Accel-Redirect",
    "X-Sendfile",
    "X-Redirect-To",
    "X-HTTP-Destination-URL",
    "X-HTTP-Path-Override",
    "X-Proxy-URL",
    "Proxy-URL",
    "Destination",
    "Content-Location",
    "Referer",
    "X_Original_URL",
    "X_Rewrite_URL",
    "X.Original.URL",
    "X-Middleware-Subrequest",
    "X-Middleware-Rewrite",
    "X-Matched-Path",
    "X-Invoke-Path",
    "X-Waws-Unencoded-Url",
    "Translate",
    "Base-URL",
    "X-Original-Path",
    "Redirect",
    ":path",
];

const ORIGIN_HEADERS: &[&str] = &[
    "X-Forwarded-For",
    "X-Forwarded",
    "Forwarded",
    "Forwarded-For",
    "X-Real-IP",
    "X-Client-IP",
    "Client-IP",
    "X-Remote-IP",
    "X-Remote-Addr",
    "X-Originating-IP",
    "X-Custom-IP-Authorization",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Cluster-Client-IP",
    "X-ProxyUser-IP",
    "X-Envoy-External-Address",
    "X-Envoy-Internal",
    "X-Forwarded-Proto",
    "X-Forwarded-Client-Cert",
    "SSL-Client-Verify",
    "X-SSL-Client-Verify",
    "X-Auth-Bypass",
    "X-Debug",
    "X-Internal",
    "X-Skip-Auth",
    "User-Agent",
    "Origin",
    "X-Requested-With",
    "Via",
    "X-Amzn-Trace-Id",
];
