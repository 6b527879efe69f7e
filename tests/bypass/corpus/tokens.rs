//! Tokens that are none, are not alone, or stand where they do not count. Here a principal brings only what the trick has.

use crate::trick::{Request, Trick, http1_only};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    for path in ["/admin/secret", "/report"] {
        for value in VALUES {
            let request = Request::get(path).anonymous().field("Authorization", value);
            tricks.push(request.trick("malformed Authorization"));
        }
        for (first, second) in PAIRS {
            let request = Request::get(path).anonymous().field("Authorization", first);
            tricks.push(request.field("Authorization", second).trick("two Authorization"));
        }
        for name in PLACES {
            for token in ["Bearer {forged}", "{forged}", "Bearer {unsigned}", "Bearer {user}"] {
                let request = Request::get(path).anonymous().field(name, token);
                tricks.push(request.trick("tokens elsewhere"));
            }
        }
        for query in [
            "access_token={forged}",
            "access_token={unsigned}",
            "access_token={user}",
            "token={forged}",
            "jwt={forged}",
            "authorization=Bearer%20{forged}",
            "api_key=admin",
        ] {
            tricks.push(
                Request::get(format!("{path}?{query}")).anonymous().trick("tokens elsewhere"),
            );
        }
        for lines in [
            "Authorization : Bearer {forged}",
            "Authorization\t: Bearer {forged}",
            " Authorization: Bearer {forged}",
            "Authorization: Bearer\r\n {forged}",
            "Authorization:\r\n Bearer {forged}",
            "Authorization: Bearer {user}\r\n {forged}",
            "Authorization: Bearer {user}\nAuthorization: Bearer {forged}",
            "Authorization: Bearer {user}\rX: y",
            "Authorization\0: Bearer {forged}",
            "Authorization: Bearer {forged}\0",
            "Authorization: Bearer {user}\0{forged}",
            "AUTHORIZATION: BEARER {forged}",
            "Authorization:Bearer {user}\r\nauthorization:Bearer {forged}",
        ] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: api.example\r\n{lines}\r\nConnection: close\r\n\r\n"
            );
            tricks.push(http1_only("malformed Authorization", request));
        }
    }
}

const VALUES: &[&str] = &[
    "",
    "Bearer",
    "Bearer ",
    "Bearer null",
    "Bearer undefined",
    "Bearer admin",
    "Bearer .",
    "Bearer ..",
    "Bearer ...",
    "Bearer {forged}",
    "Bearer {unsigned}",
    "Bearer {none}",
    "Bearer {expired}",
    "Bearer {stranger}",
    "Bearer {user}",
    "bearer {forged}",
    "BEARER {forged}",
    "Bearer  {forged}",
    "Bearer\t{forged}",
    "Bearer:{forged}",
    "Bearer={forged}",
    "Bearer\"{forged}\"",
    "Bearer {forged} ",
    "Bearer {forged},",
    "Bearer {forged}=",
    "Bearer {forged}.",
    "Bearer {forged}.x",
    "Bearer .{forged}",
    "Bearer {user},Bearer {forged}",
    "Bearer {forged},Bearer {user}",
    "Bearer {user} {forged}",
    "Bearer {user};{forged}",
    "Bearer {user}{forged}",
    "Bearer {user}, {forged}",
    "Bearer {user}%00",
    "Bearer {user}==",
    "Bearer%20{forged}",
    "{forged}",
    "{user}",
    "Basic YWRtaW46YWRtaW4=",
    "Basic OnBhc3M=",
    "Digest username=\"admin\"",
    "Negotiate YWRtaW4=",
    "JWT {forged}",
    "Token {forged}",
    "DPoP {forged}",
    "ApiKey admin",
    "Bearer Basic YWRtaW46YWRtaW4=",
    "Bearer Bearer {forged}",
    "Bearer {\"alg\":\"none\"}",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer \u{feff}{forged}",
    ",Bearer {forged}",
    ";Bearer {forged}",
    "=Bearer {forged}",
    "B\u{435}arer {forged}",
];

const PAIRS: &[(&str, &str)] = &[
    ("Bearer {user}", "Bearer {forged}"),
    ("Bearer {forged}", "Bearer {user}"),
    ("Bearer {user}", "Bearer {user}"),
    ("Bearer {user}", "Bearer {unsigned}"),
    ("Bearer {unsigned}", "Bearer {user}"),
    ("Bearer {user}", "Basic YWRtaW46YWRtaW4="),
    ("Basic YWRtaW46YWRtaW4=", "Bearer {user}"),
    ("Bearer {user}", ""),
    ("", "Bearer {forged}"),
    ("Bearer", "{forged}"),
    ("Bearer {user}", "{forged}"),
    ("Bearer {expired}", "Bearer {user}"),
];

const PLACES: &[&str] = &[
    "Proxy-Authorization",
    "X-Authorization",
    "Authorization_",
    "X-Access-Token",
    "X-Auth-Token",
    "X-JWT-Assertion",
    "X-Forwarded-Authorization",
    "X-Original-Authorization",
    "Authentication",
    "X-Api-Key",
    "X-Amzn-Oidc-Data",
    "Cookie",
    "X-Id-Token",
    "X-Goog-Iap-Jwt-Assertion",
    "Http-Authorization",
    "HTTP_AUTHORIZATION",
];
