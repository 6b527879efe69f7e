//! `forward` beside what else reads headers.

use super::*;

#[test]
fn what_is_read_from_the_client_is_not_forwarded() {
    let rule = json!({"path": "/a", "allow": {"claims": {"t": {"header": "x_tenant"}}}});
    let members = |headers: Value| {
        with(json!({
            "token": {"from": [{"header": "x.token"}]},
            "rules": [rule],
            "forward": {"headers": headers},
        }))
    };
    assert_eq!(problems(&members(json!({"x-user-id": "sub", "x-tenants": "t"}))), [""; 0]);
    assert_eq!(
        problems(&members(json!({"x-token": "sub", "x-tenant": "t"}))),
        [
            "forward.headers.x-tenant: is the client's: rules compare claims with it",
            "forward.headers.x-token: is the client's: `token.from` looks for the token there",
        ]
    );
}
