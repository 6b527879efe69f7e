//! Header blocks that HTTP/2 (RFC 9113, 8.2 and 8.3) can carry and should not.

use super::PATHS;
use crate::trick::{AUTHORIZATION, Field, Trick, fields, http2_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for path in PATHS {
        for row in ROWS {
            let rows: Vec<_> =
                row.iter().map(|(name, value)| (*name, value.replace("{path}", path))).collect();
            let rows: Vec<_> = rows.iter().map(|(name, value)| (*name, value.as_str())).collect();
            tricks.push(http2_only("pseudo-header oddities", with_token(fields(&rows))));
        }
        for value in SPLITS {
            let value = value.replace("{path}", path);
            for name in
                [":path", ":method", ":authority", ":scheme", "x-header", "cookie", "user-agent"]
            {
                let mut asked = fields(&ORDINARY);
                asked.retain(|(other, _)| other != name.as_bytes());
                asked.extend(fields(&[(name, &value)]));
                tricks.push(http2_only("splitting in HTTP/2", with_token(asked)));
            }
            // The same in a name.
            let mut asked = fields(&ORDINARY);
            asked.push((value.to_ascii_lowercase().into_bytes(), b"x".to_vec()));
            tricks.push(http2_only("splitting in HTTP/2", with_token(asked)));
        }
    }
}

fn with_token(mut asked: Vec<Field>) -> Vec<Field> {
    asked.push((AUTHORIZATION.to_vec(), Vec::new()));
    asked
}

const ORDINARY: [(&str, &str); 4] = [
    (":method", "GET"),
    (":scheme", "http"),
    (":authority", "api.example"),
    (":path", "/public/hello"),
];
const METHOD: (&str, &str) = (":method", "GET");
const SCHEME: (&str, &str) = (":scheme", "http");
const HOST: (&str, &str) = (":authority", "api.example");
const OPEN: (&str, &str) = (":path", "/public/hello");
const CLOSED: (&str, &str) = (":path", "{path}");

const ROWS: &[&[(&str, &str)]] = &[
    &[METHOD, SCHEME, HOST, OPEN, CLOSED],
    &[METHOD, SCHEME, HOST, CLOSED, OPEN],
    &[CLOSED, METHOD, SCHEME, HOST],
    &[METHOD, SCHEME, HOST, ("x", "y"), CLOSED],
    &[METHOD, SCHEME, HOST, OPEN, ("x", "y"), CLOSED],
    &[METHOD, METHOD, SCHEME, HOST, CLOSED],
    &[METHOD, SCHEME, SCHEME, HOST, CLOSED],
    &[METHOD, SCHEME, HOST, HOST, CLOSED],
    &[METHOD, HOST, CLOSED],
    &[SCHEME, HOST, CLOSED],
    &[METHOD, SCHEME, CLOSED],
    &[METHOD, SCHEME, HOST],
    &[METHOD, SCHEME, HOST, (":path", "")],
    &[METHOD, SCHEME, HOST, (":path", " {path}")],
    &[METHOD, SCHEME, HOST, (":path", "{path} ")],
    &[METHOD, SCHEME, HOST, (":path", "\t{path}")],
    &[METHOD, SCHEME, HOST, (":path", "http://api.example{path}")],
    &[METHOD, SCHEME, HOST, (":path", "api.example{path}")],
    &[METHOD, SCHEME, HOST, (":path", "*{path}")],
    &[METHOD, SCHEME, HOST, (":path", "?{path}")],
    &[METHOD, SCHEME, HOST, (":path", "#{path}")],
    &[METHOD, SCHEME, HOST, (":path", "{path}\0")],
    &[METHOD, SCHEME, HOST, (":path", "{path}\u{ff}")],
    &[METHOD, (":scheme", "https"), HOST, CLOSED],
    &[METHOD, (":scheme", ""), HOST, CLOSED],
    &[METHOD, (":scheme", "file"), HOST, CLOSED],
    &[METHOD, (":scheme", "http://api.example{path}?"), HOST, OPEN],
    &[METHOD, (":scheme", "http "), HOST, CLOSED],
    &[METHOD, SCHEME, (":authority", ""), CLOSED],
    &[METHOD, SCHEME, (":authority", "api.example{path}"), OPEN],
    &[METHOD, SCHEME, (":authority", "api.example{path}?"), OPEN],
    &[METHOD, SCHEME, (":authority", "user@api.example"), CLOSED],
    &[METHOD, SCHEME, HOST, CLOSED, (":unknown", "x")],
    &[METHOD, SCHEME, HOST, CLOSED, (":status", "200")],
    &[METHOD, SCHEME, HOST, CLOSED, (":protocol", "websocket")],
    &[("Method", "GET"), SCHEME, HOST, CLOSED],
    &[(":METHOD", "GET"), SCHEME, HOST, CLOSED],
    &[METHOD, SCHEME, HOST, (":Path", "{path}")],
    &[METHOD, SCHEME, HOST, OPEN, (":PATH", "{path}")],
    &[METHOD, SCHEME, HOST, OPEN, ("path", "{path}")],
    &[METHOD, SCHEME, HOST, OPEN, (":path ", "{path}")],
    &[METHOD, SCHEME, HOST, OPEN, (" :path", "{path}")],
    &[("method", "GET"), SCHEME, HOST, CLOSED],
    &[(":method", "CONNECT"), HOST],
    &[(":method", "CONNECT"), HOST, CLOSED, SCHEME],
    &[(":method", "CONNECT"), SCHEME, HOST, CLOSED, (":protocol", "websocket")],
    &[(":method", "CONNECT"), SCHEME, HOST, CLOSED, (":protocol", "connect-udp")],
    &[(":method", "GET {path} HTTP/1.1\r\nx:"), SCHEME, HOST, OPEN],
    &[(":method", ""), SCHEME, HOST, CLOSED],
    &[(":method", "get"), SCHEME, HOST, CLOSED],
    &[(":method", "GET "), SCHEME, HOST, CLOSED],
    &[METHOD, SCHEME, HOST, CLOSED, ("connection", "close")],
    &[METHOD, SCHEME, HOST, CLOSED, ("transfer-encoding", "chunked")],
    &[METHOD, SCHEME, HOST, CLOSED, ("te", "chunked")],
    &[METHOD, SCHEME, HOST, CLOSED, ("upgrade", "h2c")],
    &[METHOD, SCHEME, HOST, CLOSED, ("content-length", "5")],
    &[METHOD, SCHEME, HOST, CLOSED, ("content-length", "0"), ("content-length", "5")],
    &[METHOD, SCHEME, HOST, CLOSED, ("keep-alive", "1")],
    &[METHOD, SCHEME, HOST, CLOSED, ("proxy-connection", "x")],
    &[METHOD, SCHEME, HOST, CLOSED, ("", "x")],
    &[METHOD, SCHEME, HOST, CLOSED, ("x y", "z")],
    &[METHOD, SCHEME, HOST, CLOSED, ("x:y", "z")],
    &[METHOD, SCHEME, HOST, CLOSED, ("expect", "100-continue")],
    &[METHOD, SCHEME, HOST, CLOSED, ("host", "vault.example")],
    &[METHOD, SCHEME, HOST, CLOSED, ("cookie", "a=1"), ("cookie", "a=2")],
];

/// Bytes that would end a line or a request, were they written down as HTTP/1.1.
const SPLITS: &[&str] = &[
    "/public/hello HTTP/1.1\r\nHost: api.example\r\n\r\nGET {path} HTTP/1.1\r\nHost: api.example\r\n\r\n",
    "x\r\n\r\nGET {path} HTTP/1.1\r\nHost: api.example\r\n\r\n",
    "x\n\nGET {path} HTTP/1.1\nHost: api.example\n\n",
    "x\r\nContent-Length: 0\r\n\r\nGET {path} HTTP/1.1\r\nX: ",
    "x\rGET {path} HTTP/1.1\r",
    "x\0\r\n\r\nGET {path} HTTP/1.1\r\n\r\n",
    "GET {path} HTTP/1.1",
    "{path} HTTP/1.1\r\nX-User-Roles: admin\r\nX: ",
];
