//! What the upstream gets: which headers go, and which come.

use super::*;

/// A header or cookie that comes or goes: its name and value.
type Pairs = Vec<(String, String)>;

/// What is done to a request: names that are removed, headers that are added, another path.
fn changes(gate: &Gate, headers: &[(&str, &str)]) -> Option<(Vec<String>, Pairs, Option<String>)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
    let changes = gate.changes(&request, &decision)?;
    assert!(gate.reply(&request, &decision).is_none(), "{headers:?}");
    let added = changes.added.iter().map(|(name, value)| ((*name).to_owned(), text(value)));
    Some((
        changes.removed.iter().map(|name| text(name)).collect(),
        added.collect(),
        changes.path.as_deref().map(text),
    ))
}

fn identity(mode: &str) -> Gate {
    gate(json!({
        "forward": { "headers": {
            "x-user-id": "sub",
            "x-user-roles": "$roles",
            "x-user-groups": { "claim": "org.groups", "list": "json" },
            "x-user-tenant": "[\"https://example.com/tenant\"]",
        } },
        "mode": mode,
        "cors_preflight": "allow",
    }))
}

fn token(role: &str) -> String {
    bearer(&json!({
        "iss": "idp", "exp": 2_000, "sub": "u-1", "roles": [role, "viewer"],
        "org": { "groups": ["a", "\u{e9}"] }, "https://example.com/tenant": 5,
    }))
}

const FORGED: [(&str, &str); 6] = [
    ("x-user-id", "root"),
    ("x-user-id", "root"),
    ("x_user_id", "root"),
    ("x.user-roles", "admin"),
    ("x-user-name", "kept"),
    ("x-user-idx", "kept"),
];

const GONE: [&str; 3] = ["x-user-id", "x_user_id", "x.user-roles"];

#[test]
fn an_identity_header_is_made_here_or_is_not_there() {
    let pairs = |pairs: &[(&str, &str)]| -> Pairs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let admin = pairs(&[
        ("x-user-groups", r#"["a","\u00e9"]"#),
        ("x-user-id", "u-1"),
        ("x-user-roles", "admin,viewer"),
        ("x-user-tenant", "5"),
    ]);
    let viewer = pairs(&[
        ("x-user-groups", r#"["a","\u00e9"]"#),
        ("x-user-id", "u-1"),
        ("x-user-roles", "viewer,viewer"),
        ("x-user-tenant", "5"),
    ]);
    // Who asks for what, and what is added where that is enforced and where it is not; `None` where it does not go on.
    for (method, path, who, enforced, shadow) in [
        // Nobody is established where no rule asks for it.
        ("GET", "/healthz", "admin", Some(vec![]), vec![]),
        ("GET", "/me", "admin", Some(admin.clone()), admin.clone()),
        ("DELETE", "/user-data/1", "admin", Some(admin.clone()), admin),
        // Established, and yet denied.
        ("DELETE", "/user-data/1", "viewer", None, viewer),
        ("GET", "/internal/x", "admin", None, vec![]),
        ("GET", "/me", "", None, vec![]),
        ("GET", "/me", "broken", None, vec![]),
        ("GET", "/none", "admin", None, vec![]),
        ("GET", "/a//b", "admin", None, vec![]),
        ("OPTIONS", "/me", "preflight", Some(vec![]), vec![]),
    ] {
        let authorization = match who {
            "" | "preflight" => String::new(),
            "broken" => "Bearer broken".to_owned(),
            role => token(role),
        };
        let mut headers = request(method, path, &authorization);
        if who == "preflight" {
            headers.extend([("origin", "null"), ("access-control-request-method", "GET")]);
        }
        headers.extend(FORGED);
        for (mode, expected) in [("enforce", enforced), ("shadow", Some(shadow))] {
            let found = changes(&identity(mode), &headers);
            let expected = expected.map(|added| (GONE.map(str::to_owned).to_vec(), added, None));
            assert_eq!(found, expected, "{mode} {method} {path} {who}");
        }
    }
}

#[test]
fn what_cannot_be_said_is_not_said() {
    for (members, expected) in [
        (json!({}), vec![]),
        (json!({"sub": "a,b", "roles": ["a,b"]}), vec![]),
        (json!({"sub": "a\r\nb", "org": {"groups": [null]}}), vec![]),
        (json!({"roles": [], "org": {"groups": []}}), vec!["x-user-groups"]),
        (json!({"sub": "x".repeat(4_097), "roles": "r"}), vec!["x-user-roles"]),
    ] {
        let mut claims = json!({"iss": "idp", "exp": 2_000});
        claims.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let authorization = bearer(&claims);
        let headers = [request("GET", "/me", &authorization), FORGED.to_vec()].concat();
        let (removed, added, _) = changes(&identity("enforce"), &headers).unwrap();
        let names: Vec<_> = added.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((removed, names), (GONE.map(str::to_owned).to_vec(), expected), "{members}");
    }
}

#[test]
fn the_token_goes_from_where_it_is_looked_for() {
    let gate = |mode: &str| {
        gate(json!({
            "token": { "from": [
                { "header": "authorization", "scheme": "Bearer" }, { "header": "x-token" },
                { "cookie": "session" }, { "query": "access_token" },
            ] },
            "forward": { "remove_token": true },
            "mode": mode,
        }))
    };
    let token = token("admin");
    let bare = token.strip_prefix("Bearer ").unwrap();
    let query = format!("/me?access_token={bare}&x=1");
    let cookie = format!("a=1; session={bare}; b");
    let alone = format!("session={bare}");
    let added = |cookies: &[&str]| -> Pairs {
        cookies.iter().map(|rest| ("cookie".to_owned(), (*rest).to_owned())).collect()
    };
    for (path, fields, removed, left, left_path) in [
        ("/me", vec![("authorization", token.as_str())], vec!["authorization"], added(&[]), None),
        ("/me", vec![("x-token", bare), ("x_token", "kept")], vec!["x-token"], added(&[]), None),
        ("/me", vec![("cookie", cookie.as_str())], vec!["cookie"], added(&["a=1; b"]), None),
        (
            "/me",
            vec![("cookie", "c"), ("cookie", alone.as_str()), ("cookie", &cookie)],
            vec!["cookie"],
            added(&["c", "a=1; b"]),
            None,
        ),
        (query.as_str(), vec![("cookie", "a=1")], vec![], added(&[]), Some("/me?x=1")),
        // A public rule looks at no token, but the upstream need not have it either.
        ("/healthz?access_token", vec![], vec![], added(&[]), Some("/healthz")),
        (
            "/healthz",
            vec![("authorization", "bearer broken"), ("authorization", "Basic eA==")],
            vec!["authorization"],
            added(&[]),
            None,
        ),
        ("/healthz", vec![("authorization", "Basic eA==")], vec![], added(&[]), None),
    ] {
        let headers = [request("GET", path, ""), fields].concat();
        let removed: Vec<_> = removed.into_iter().map(str::to_owned).collect();
        let expected = Some((removed, left, left_path.map(str::to_owned)));
        for mode in ["enforce", "shadow"] {
            assert_eq!(changes(&gate(mode), &headers), expected, "{mode} {headers:?}");
        }
    }
}

#[test]
fn where_nothing_is_said_nothing_is_changed() {
    let token = token("admin");
    let headers = [request("GET", "/me", &token), FORGED.to_vec()].concat();
    for settings in [json!({}), json!({"forward": {}}), json!({"forward": {"remove_token": false}})]
    {
        assert_eq!(changes(&gate(settings), &headers), None);
    }
}

#[test]
fn what_cannot_be_changed_does_not_go_on() {
    let failure = || HostFailure("status 10".to_owned());
    for (mode, settings, stopped) in [
        ("enforce", json!({}), true),
        ("shadow", json!({}), false),
        ("shadow", json!({"forward": {"headers": {"x-user-id": "sub"}}}), true),
        ("shadow", json!({"forward": {"remove_token": true}}), true),
    ] {
        let mut settings = settings;
        settings["mode"] = json!(mode);
        let gate = gate(settings.clone());
        let nothing = gate.request([]);
        // Headers that were not read cannot be removed.
        let reply = gate.reply(&nothing, &gate.unread(failure()));
        assert_eq!(reply.map(|reply| reply.status), stopped.then_some(503), "{settings}");
        // A decision that could not be made is another matter: the headers are known.
        let reply = gate.reply(&nothing, &gate.undecided(failure()));
        assert_eq!(reply.is_some(), mode == "enforce", "{settings}");
        let decision = gate.undecided(failure()).unchanged(failure());
        let reply = gate.reply(&nothing, &decision).unwrap();
        assert_eq!((reply.status, decision.enforced), (503, true), "{settings}");
    }
}

#[test]
fn trailers_are_no_way_around() {
    let trailers = || FORGED.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let gate_of = |forward: Value| gate(json!({"forward": forward}));
    let found = identity("shadow").forged(trailers());
    let expected = ["x-user-id", "x-user-id", "x_user_id", "x.user-roles"];
    assert_eq!(found, expected.map(str::as_bytes));
    assert!(identity("shadow").reads_trailers());
    for forward in [json!({}), json!({"remove_token": true})] {
        let gate = gate_of(forward);
        assert!(!gate.reads_trailers() && gate.forged(trailers()).is_empty());
    }
}

#[test]
fn what_is_changed_is_shown_by_name_alone() {
    let gate = identity("enforce");
    let token = token("s3cr3t");
    let headers = [request("GET", "/me", &token), FORGED.to_vec()].concat();
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
    assert_eq!(
        format!("{:?}", gate.changes(&request, &decision).unwrap()),
        "Changes { removed: [\"x-user-id\", \"x_user_id\", \"x.user-roles\"], \
         added: [\"x-user-groups\", \"x-user-id\", \"x-user-roles\", \"x-user-tenant\"], path: false }"
    );
}

proptest::proptest! {
    #[test]
    fn no_spelling_of_a_name_gets_through(
        name in "[xX][-_.~!][uU]ser[-_.~!](id|ID|Id|roles|tenant)|[a-z_.-]{1,12}",
        path in "/(healthz|me|none|a//b)",
        who in "nobody|broken|expired|admin",
    ) {
        let gate = identity("shadow");
        let authorization = authorization(&who);
        let headers = [request("GET", &path, &authorization), vec![(name.as_str(), "root")]].concat();
        let (removed, ..) = changes(&gate, &headers).unwrap();
        let folded = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let ours = ["x-user-id", "x-user-roles", "x-user-groups", "x-user-tenant"];
        proptest::prop_assert_eq!(removed.contains(&name), ours.contains(&folded.as_str()));
    }
}

/// Envoy forwards the `Connection` of an upgrade, by which the next proxy would drop what it names.
#[test]
fn a_connection_header_does_not_nominate_what_is_made_here() {
    for (values, expected) in [
        (&["Upgrade"][..], None),
        (&["upgrade, keep-alive, x-other"], None),
        (&["Upgrade, x-user-id"], Some("Upgrade")),
        (&["X-User-Id,\tX_User.Roles ,upgrade,,x-other"], Some("upgrade, , x-other")),
        (&["upgrade", "x-user-id", "x-other"], Some("upgrade, x-other")),
        (&["x-user-id"], Some("")),
    ] {
        let named = values.iter().map(|value| ("connection", *value));
        let headers: Vec<_> = request("GET", "/healthz", "").into_iter().chain(named).collect();
        let (removed, added, path) = changes(&identity("enforce"), &headers).unwrap();
        let gone: &[&str] = if expected.is_some() { &["connection"] } else { &[] };
        let left = expected.filter(|left| !left.is_empty());
        let left = left.map(|left| ("connection".to_owned(), left.to_owned()));
        assert_eq!(removed, gone, "{values:?}");
        assert_eq!((added, path), (left.into_iter().collect(), None), "{values:?}");
    }
}
