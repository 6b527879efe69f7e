//! Trailers, which some servers read as headers.

use claimgate_tests::http::Request;

use super::*;

/// The upstream speaks HTTP/2. Over HTTP/1.1, Envoy drops trailers unless it is told otherwise.
fn speak_http2(bootstrap: &mut Value) -> Result<()> {
    let cluster = bootstrap.pointer_mut("/static_resources/clusters/0").context("no cluster")?;
    cluster["typed_extension_protocol_options"] = json!({
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": { "http2_protocol_options": {} },
        },
    });
    Ok(())
}

fn request(setup: &Setup) -> Result<Request> {
    let token = setup.token("ada", &["admin"], &json!({}));
    let request = Request::new("POST /me")?.bearer(&token)?.body("x").header("te", "trailers")?;
    request.trailer("x-user-id", "root")?.trailer("x_user_id", "root")?.trailer("x-checksum", "1")
}

#[test]
fn trailers_are_no_way_around() -> Result<()> {
    let forward = json!({ "headers": { "x-user-id": "sub" } });
    for (members, left) in [
        (json!({}), json!(["x-user-id", "x_user_id", "x-checksum"])),
        (json!({ "forward": forward }), json!(["x-checksum"])),
        (json!({ "forward": forward, "mode": "shadow" }), json!(["x-checksum"])),
    ] {
        let setup = Setup::with(Upstream::start_http2()?, members.clone(), &[], speak_http2)?;
        let account = request(&setup)?.send_http2(setup.envoy.addr())?.json()?;
        assert_eq!(account["trailers"], left, "{members}");
        assert_eq!(account["body"], "x", "{members}");
    }
    Ok(())
}
