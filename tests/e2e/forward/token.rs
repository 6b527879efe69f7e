//! `forward.remove_token`.

use super::*;

fn members(mode: &str) -> Value {
    json!({
        "token": { "from": [
            { "header": "authorization", "scheme": "Bearer" }, { "header": "x-token" },
            { "cookie": "session" }, { "query": "access_token" },
        ] },
        "forward": { "remove_token": true, "headers": { "x-user-id": "sub" } },
        "mode": mode,
    })
}

/// A request with TOKEN where a token is, and what is left of it: path and headers.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static [(&'static str, &'static str)],
);

const TABLE: &[Row] = &[
    ("GET /me", &[("authorization", "Bearer TOKEN")], "/me", &[]),
    (
        "GET /me?a=%20&b",
        &[("x-token", "TOKEN"), ("x-tokens", "kept")],
        "/me?a=%20&b",
        &[("x-tokens", "kept")],
    ),
    ("GET /me?access_token=TOKEN", &[("cookie", "a=1")], "/me", &[("cookie", "a=1")]),
    ("GET /me?a=%20&access_token=TOKEN&b", &[], "/me?a=%20&b", &[]),
    ("GET /me?a&access%5Ftoken=TOKEN", &[], "/me?a", &[]),
    ("GET /me", &[("cookie", "session=TOKEN")], "/me", &[]),
    ("GET /me", &[("cookie", "a=\"1\"; session=TOKEN;  b")], "/me", &[("cookie", "a=\"1\";  b")]),
    // Several Cookie headers in HTTP/1, crumbs in HTTP/2.
    (
        "GET /me",
        &[("cookie", "a=1"), ("cookie", "session=TOKEN"), ("cookie", "b=2")],
        "/me",
        &[("cookie", "a=1; b=2")],
    ),
    (
        "GET /me?access_token=TOKEN",
        &[
            ("authorization", "bearer TOKEN"),
            ("x-token", "TOKEN"),
            ("cookie", "session=TOKEN; s=2"),
        ],
        "/me",
        &[("cookie", "s=2")],
    ),
    // Nobody looks at it there, but the upstream need not have it.
    ("GET /healthz?access_token=TOKEN&x", &[("authorization", "Bearer TOKEN")], "/healthz?x", &[]),
    (
        "GET /healthz",
        &[("authorization", "Bearer x"), ("cookie", "session=x; a=1")],
        "/healthz",
        &[("cookie", "a=1")],
    ),
    // No token of ours.
    (
        "GET /healthz?token=x",
        &[("authorization", "Basic eA==")],
        "/healthz?token=x",
        &[("authorization", "Basic eA==")],
    ),
];

#[test]
fn the_token_alone_goes_from_where_it_is_looked_for() -> Result<()> {
    for mode in ["enforce", "shadow"] {
        let setup = Setup::new(members(mode))?;
        let token = setup.token("ada", &["admin"], &json!({}));
        for (line, fields, path, left) in TABLE {
            let values: Vec<String> =
                fields.iter().map(|(_, value)| value.replace("TOKEN", &token)).collect();
            let fields =
                fields.iter().zip(&values).map(|((name, _), value)| (*name, value.as_str()));
            let fields: Vec<_> = fields.collect();
            for seen in setup.both(&line.replace("TOKEN", &token), &fields)? {
                assert_eq!(seen.path, *path, "{mode} {line}");
                let cookies: Vec<_> = seen.like("cookie").iter().map(|(_, value)| *value).collect();
                // Envoy joins the crumbs of HTTP/2 only.
                let cookies = cookies.join("; ");
                let mut found = [seen.like("authorization"), seen.like("x-token")].concat();
                if !cookies.is_empty() {
                    found.push(("cookie", &cookies));
                }
                assert_eq!(found, *left, "{mode} {line}");
                let known = line.contains("/me");
                assert_eq!(seen.like("x-user-id").len(), usize::from(known), "{mode} {line}");
                assert!(!format!("{seen:?}").contains(&token), "{mode} {line}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_path_that_cannot_be_changed_stops_the_request() -> Result<()> {
    for mode in ["enforce", "shadow"] {
        let forbidden = &["proxy_replace_header_map_value"];
        let setup = Setup::with(Upstream::start()?, members(mode), forbidden, |_| Ok(()))?;
        let token = setup.token("ada", &["admin"], &json!({}));
        let answer = setup.http1(&format!("GET /me?access_token={token}"), &[])?;
        assert_eq!((answer.status, setup.upstream.hits()), (503, 0), "{mode}");
        let bearer = format!("Bearer {token}");
        let answer = setup.http1("GET /me", &[("authorization", &bearer)])?;
        assert_eq!((answer.status, setup.upstream.hits()), (200, 1), "{mode}");
    }
    Ok(())
}

#[test]
fn in_shadow_a_bad_token_goes_too() -> Result<()> {
    let setup = Setup::new(members("shadow"))?;
    let bad = Issuer::new()?.token(&claims("root", &["admin"]));
    let (query, bearer, cookie) = (
        format!("GET /me//x;y?access_token={bad}&access_token=2&z"),
        format!("Bearer {bad}"),
        format!("session={bad}; session=2; z"),
    );
    let fields = [
        ("authorization", bearer.as_str()),
        ("x-token", "1"),
        ("x-token", "2"),
        ("cookie", &cookie),
    ];
    for seen in setup.both(&query, &fields)? {
        assert!(seen.path.ends_with("x;y?z"), "{}", seen.path);
        assert_eq!(seen.like("cookie"), [("cookie", "z")]);
        assert_eq!(seen.like("authorization").len() + seen.like("x-token").len(), 0);
    }
    Ok(())
}
