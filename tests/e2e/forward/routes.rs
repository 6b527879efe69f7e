//! Routes that look at the headers which are forwarded.

use super::*;

/// Envoy chooses the route anew after headers were changed: by what claimgate wrote, never by what a client did.
#[test]
fn a_route_by_identity_is_chosen_by_what_was_established() -> Result<()> {
    let members = json!({ "forward": { "headers": { "x-user-roles": "$roles" } } });
    let setup = Setup::with(Upstream::start()?, members, &[], |bootstrap| {
        let routes = format!("{MANAGER}/route_config/virtual_hosts/0/routes");
        let routes =
            bootstrap.pointer_mut(&routes).and_then(Value::as_array_mut).context("no routes")?;
        let admin = json!({ "name": "x-user-roles", "string_match": { "exact": "admin" } });
        let reply = json!({ "status": 200, "body": { "inline_string": "the admins' own" } });
        routes.insert(
            0,
            json!({ "match": { "prefix": "/", "headers": [admin] }, "direct_response": reply }),
        );
        Ok(())
    })?;
    let token = |role: &str| format!("Bearer {}", setup.token("ada", &[role], &json!({})));
    for (role, own) in [("admin", true), ("viewer", false)] {
        let token = token(role);
        for forged in ["admin", "viewer"] {
            let fields = [("authorization", token.as_str()), ("x-user-roles", forged)];
            for answer in [setup.http1("GET /me", &fields)?, setup.http2("GET /me", &fields)?] {
                assert_eq!(answer.text() == "the admins' own", own, "{role} {forged}");
            }
        }
    }
    for fields in [&[("x-user-roles", "admin")][..], &[]] {
        assert_ne!(setup.http1("GET /healthz", fields)?.text(), "the admins' own");
    }
    Ok(())
}
