//! Forms of the request target (RFC 9112, 3.2) that name a path in another way.

use super::PATHS;
use crate::trick::{AUTHORIZATION, Request, Trick, http1_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for path in PATHS {
        for origin in ORIGINS {
            tricks.push(Request::get(format!("{origin}{path}")).trick("absolute-form targets"));
        }
        for (before, after) in ODD {
            tricks
                .push(Request::get(format!("{before}{}{after}", &path[1..])).trick("odd targets"));
        }
        for line in LINES {
            let line = line.replace("{path}", path);
            let token = String::from_utf8_lossy(AUTHORIZATION);
            let request =
                format!("{line}\r\nHost: api.example\r\n{token}Connection: close\r\n\r\n");
            tricks.push(http1_only("request lines", request));
        }
    }
    for target in [
        "*",
        "",
        "/",
        "**",
        "/*",
        "/**",
        "api.example:80",
        "http://",
        "http://api.example",
        "?",
        "#",
        ".",
        "..",
        "/..",
        "/../",
        "/.",
        "/%2e%2e/",
    ] {
        tricks.push(Request::get(target).trick("odd targets"));
    }
}

/// What stands before the path.
const ORIGINS: &[&str] = &[
    "http://api.example",
    "http://api.example/",
    "http://api.example/.",
    "http://api.example/public/..",
    "http://api.example;x",
    "https://api.example",
    "HTTP://api.example",
    "hTTp://API.EXAMPLE",
    "http://api.example:80",
    "http://api.example:",
    "http://api.example.",
    "http://user@api.example",
    "http://user:pass@api.example",
    "http://api.example@other.example",
    "http://@api.example",
    "http://api.example%2f",
    "http://api.example%00",
    "http://api.example\\",
    "http://api.example?",
    "http://api.example?x=",
    "http://api.example#",
    "http://[::1]",
    "http://[::1",
    "http://127.0.0.1",
    "http:///",
    "http://",
    "http:/",
    "http:",
    "http:/public/..",
    "https:/",
    "//api.example",
    "//",
    "///api.example",
    "/\\api.example",
    "\\\\api.example",
    "ftp://api.example",
    "file://",
    "ws://api.example",
    "javascript:",
    "x://y",
    "://api.example",
    "/http://api.example",
    "/http:/",
    "api.example",
    "api.example:80",
    "http://api.example/public/hello?http://api.example",
    "http://api.example/%2e%2e",
    "http://api.example//",
    "http://api.example/;",
];

/// What stands before and behind the path without its slash.
const ODD: &[(&str, &str)] = &[
    ("", ""),
    ("./", ""),
    ("../", ""),
    ("%2f", ""),
    ("%2F", ""),
    ("\\", ""),
    ("%5c", ""),
    (";/", ""),
    ("?/", ""),
    ("#/", ""),
    ("*/", ""),
    ("@/", ""),
    ("~/", ""),
    ("\t/", ""),
    ("%20/", ""),
    ("/ ", ""),
    ("/\t", ""),
    ("/%09", ""),
    ("/+", ""),
    ("/-/", ""),
    ("/:", ""),
    ("/@", ""),
    ("/~", ""),
    ("/!", ""),
    ("/*/../", ""),
    ("/%2a/", ""),
    ("/public/hello /", ""),
    ("/public/hello%20/", ""),
    ("/public/hello HTTP/1.1 /", ""),
    ("/", " HTTP/1.1"),
    ("/", "%20HTTP/1.1"),
];

/// Request lines that are none, or old ones.
const LINES: &[&str] = &[
    "GET  {path} HTTP/1.1",
    "GET\t{path}\tHTTP/1.1",
    "GET {path}  HTTP/1.1",
    "GET {path} HTTP/1.1 ",
    " GET {path} HTTP/1.1",
    "\r\nGET {path} HTTP/1.1",
    "\nGET {path} HTTP/1.1",
    "GET {path}",
    "GET {path} HTTP/1.0",
    "GET {path} HTTP/0.9",
    "GET {path} HTTP/2.0",
    "GET {path} HTTP/1.2",
    "GET {path} http/1.1",
    "GET {path} HTTP/01.1",
    "GET {path} HTTP/1.1\r",
    "GET {path}\x0bHTTP/1.1",
    "GET {path}\x00 HTTP/1.1",
    "GET /public/hello {path} HTTP/1.1",
    "GET {path} /public/hello HTTP/1.1",
    "GET /public/hello\r\n GET {path} HTTP/1.1",
    "GET /public/hello\nX: {path} HTTP/1.1",
    "GET {path}\u{85}HTTP/1.1",
    "get {path} HTTP/1.1",
    "G\x00ET {path} HTTP/1.1",
];
