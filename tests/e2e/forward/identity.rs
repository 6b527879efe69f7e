//! `forward.headers`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use claimgate_tests::http::Request;

use super::*;

fn members() -> Value {
    json!({
        "forward": { "headers": {
            "x-user-id": "sub",
            "x-user-roles": "$roles",
            "x-user-groups": { "claim": "org.groups", "list": "json" },
            "x-user-name": "name",
            "x-user-level": "level",
        } },
        "cors_preflight": "allow",
    })
}

fn in_shadow() -> Value {
    let mut members = members();
    members["mode"] = json!("shadow");
    members
}

/// What a client may write to be taken for somebody.
const FORGED: &[(&str, &str)] = &[
    ("X-User-Id", "root"),
    ("x-user-id", "root"),
    ("X-USER-ID", ""),
    ("X_User_Id", "root"),
    ("x_user-id", "root"),
    ("x.user.id", "root"),
    ("X-User_Roles", "admin"),
    ("x~user~roles", "admin"),
    ("x-user-groups", "[\"admin\"]"),
    ("X_USER_NAME", "root"),
    ("x!user!level", "9"),
];

#[test]
fn what_a_client_says_of_itself_never_arrives() -> Result<()> {
    let setup = Setup::new(members())?;
    let more = json!({ "org": { "groups": ["a", "Zo\u{eb}", 5] }, "name": "Ada L.", "level": 3 });
    let token = format!("Bearer {}", setup.token("ada", &["admin", "dev"], &more));
    let of_ada = [
        ("x-user-groups", r#"["a","Zo\u00eb",5]"#),
        ("x-user-id", "ada"),
        ("x-user-level", "3"),
        ("x-user-name", "Ada L."),
        ("x-user-roles", "admin,dev"),
    ];
    let bearer = ("authorization", token.as_str());
    let preflight = [("origin", "null"), ("access-control-request-method", "DELETE")];
    for (line, fields, expected) in [
        ("GET /me", vec![bearer], &of_ada[..]),
        ("DELETE /user-data/123", vec![bearer], &of_ada),
        // Nobody asks who it is, so nobody is named.
        ("GET /healthz", vec![bearer], &[]),
        ("GET /healthz", vec![], &[]),
        ("OPTIONS /user-data/123", preflight.to_vec(), &[]),
    ] {
        for forged in [&[], FORGED] {
            for seen in setup.both(line, &[&fields, forged].concat())? {
                assert_eq!(seen.like("x-user-"), expected, "{line} {fields:?} {forged:?}");
                assert_eq!(seen.like("authorization").len(), usize::from(fields.contains(&bearer)));
            }
        }
    }
    assert_eq!(setup.http1("GET /admin-dashboard", FORGED)?.status, 401);
    assert_eq!(setup.http2("GET /none", FORGED)?.status, 403);
    Ok(())
}

#[test]
fn in_shadow_too() -> Result<()> {
    let setup = Setup::new(in_shadow())?;
    let bearer = |token: String| format!("Bearer {token}");
    let viewer = bearer(setup.token("vera", &["viewer"], &json!({})));
    let forged = bearer(Issuer::new()?.token(&claims("root", &["admin"])));
    let of_vera = [("x-user-id", "vera"), ("x-user-roles", "viewer")];
    for (line, token, expected) in [
        // Denied, and yet it is known who she is.
        ("DELETE /user-data/123", viewer.as_str(), &of_vera[..]),
        ("DELETE /user-data/123", &forged, &[]),
        ("DELETE /user-data/123", "Bearer x", &[]),
        ("GET /internal/x", &viewer, &[]),
        ("GET /none", &viewer, &[]),
        ("GET /healthz;x", &viewer, &[]),
    ] {
        let fields = [&[("authorization", token)], FORGED].concat();
        for seen in setup.both(line, &fields)? {
            assert_eq!(seen.like("x-user-"), expected, "{line}");
        }
    }
    Ok(())
}

#[test]
fn what_would_read_as_somebody_else_is_left_out() -> Result<()> {
    let setup = Setup::new(members())?;
    for (subject, more, expected) in [
        ("a,b", json!({ "name": "Zo\u{eb}" }), &[("x-user-roles", "admin")][..]),
        ("root ", json!({ "roles": ["viewer", "x,admin"] }), &[]),
        ("a\r\nx-user-roles: root", json!({ "roles": ["\"admin\""], "level": { "a": 1 } }), &[]),
        (
            "\u{0}",
            json!({ "name": null, "org": { "groups": ["\n"] } }),
            &[("x-user-roles", "admin")],
        ),
        (
            &"x".repeat(4_097),
            json!({ "name": "x".repeat(100), "org": { "groups": [] }, "roles": [] }),
            &[("x-user-groups", "[]"), ("x-user-name", &"x".repeat(100))],
        ),
    ] {
        let token = format!("Bearer {}", setup.token(subject, &["admin"], &more));
        let fields = [&[("authorization", token.as_str())], FORGED].concat();
        for seen in setup.both("GET /me", &fields)? {
            assert_eq!(seen.like("x-user-"), expected, "{subject:?} {more}");
        }
    }
    Ok(())
}

#[test]
fn a_connection_header_does_not_take_ours_away() -> Result<()> {
    let setup = Setup::new(members())?;
    let token = format!("Bearer {}", setup.token("ada", &["admin"], &json!({})));
    let nominated = ("Connection", "close, x-user-id, X-User-Roles, x_user_id");
    let fields = [&[("authorization", token.as_str()), nominated], FORGED].concat();
    let seen = Seen::of(&setup.http1("GET /me", &fields)?)?;
    assert_eq!(seen.like("x-user-"), [("x-user-id", "ada"), ("x-user-roles", "admin")]);
    assert_eq!(seen.like("connection"), []);
    Ok(())
}

/// An upstream that agrees to each upgrade; the heads of the requests that reached it.
fn agreeing() -> Result<(SocketAddr, Receiver<String>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let (address, (sender, heads)) = (listener.local_addr()?, channel());
    let serve = move || -> Result<()> {
        loop {
            let mut stream = listener.accept()?.0;
            let mut lines = BufReader::new(stream.try_clone()?).lines();
            let head: Vec<String> =
                lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
            stream.write_all(answer.as_bytes())?;
            // Ends when nobody listens any more.
            sender.send(head.join("\n"))?;
        }
    };
    thread::spawn(serve);
    Ok((address, heads))
}

/// Envoy forwards that of an upgrade as it came, and the next proxy drops what it names.
#[test]
fn nor_does_that_of_an_upgrade() -> Result<()> {
    let (address, heads) = agreeing()?;
    let setup = Setup::with(Upstream::start()?, members(), &[], |bootstrap| {
        let manager = bootstrap.pointer_mut(MANAGER).context("no connection manager")?;
        manager["upgrade_configs"] = json!([{ "upgrade_type": "websocket" }]);
        let port = bootstrap.pointer_mut(PORT).context("no upstream")?;
        *port = json!(address.port());
        Ok(())
    })?;
    let token = format!("Bearer {}", setup.token("ada", &["admin"], &json!({})));
    for (connection, left) in [
        ("Upgrade, X-User-Id, x_user_roles", "Upgrade"),
        ("x-user-id,upgrade, x-other", "upgrade, x-other"),
        ("Upgrade,x-other", "Upgrade,x-other"),
    ] {
        let upgrade = [("Connection", connection), ("Upgrade", "websocket")];
        let fields = [&[("authorization", token.as_str())], &upgrade[..], FORGED].concat();
        assert_eq!(setup.http1("GET /me", &fields)?.status, 101, "{connection}");
        let head = heads.recv_timeout(Duration::from_secs(20))?;
        let ours = ["connection", "upgrade", "x-user", "x_user", "x.user"];
        let mut seen: Vec<&str> =
            head.lines().filter(|line| ours.iter().any(|name| line.starts_with(name))).collect();
        seen.sort_unstable();
        let connection = format!("connection: {left}");
        let expected = [&connection, "upgrade: websocket", "x-user-id: ada", "x-user-roles: admin"];
        assert_eq!(seen, expected, "{head}");
    }
    Ok(())
}

#[test]
fn claims_that_jwt_authn_has_proven() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let mut policy = sample_policy()?;
    policy["forward"] = members()["forward"].clone();
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
    let envoy = Envoy::start(&config.build()?)?;
    let mut payload = claims("ada", &["admin", "dev"]);
    // Metadata has doubles only: the first two of these it holds exactly.
    for (level, expected) in
        [(json!(3), Some("3")), (json!(-1.5), Some("-1.5")), (json!(u64::MAX), None)]
    {
        payload["level"] = level;
        let request = Request::new("GET /me")?.bearer(&issuer.token(&payload))?;
        let seen = Seen::of(&request.header("x-user-level", "9")?.send(envoy.addr())?)?;
        let level: Vec<&str> = seen.like("x-user-level").iter().map(|(_, value)| *value).collect();
        assert_eq!(level, expected.into_iter().collect::<Vec<_>>());
        assert_eq!(seen.like("x-user-roles"), [("x-user-roles", "admin,dev")]);
    }
    Ok(())
}

/// Without the call to remove a header, or to add one: denied, in shadow too.
#[test]
fn a_header_that_cannot_be_changed_stops_the_request() -> Result<()> {
    for (capability, fields) in [
        ("proxy_remove_header_map_value", &[("x_user_id", "root")][..]),
        ("proxy_add_header_map_value", &[]),
        ("proxy_get_header_map_pairs", &[]),
    ] {
        for members in [members(), in_shadow()] {
            let setup =
                Setup::with(Upstream::start()?, members.clone(), &[capability], |_| Ok(()))?;
            let token = format!("Bearer {}", setup.token("ada", &["admin"], &json!({})));
            let fields = [&[("authorization", token.as_str())], fields].concat();
            let answer = setup.http1("GET /me", &fields)?;
            assert_eq!((answer.status, setup.upstream.hits()), (503, 0), "{capability} {members}");
            assert_eq!(answer.json()?["error"], "Authorization is temporarily unavailable.");
            let audit = setup.envoy.decisions()?.pop().context("nothing is logged")?;
            assert_eq!(audit["code"], "keys_unavailable", "{audit}");
            assert_eq!(audit["shadow"], Value::Null, "{audit}");
        }
    }
    Ok(())
}

/// Where the bootstrap says on which port the upstream listens.
const PORT: &str = "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address/port_value";
