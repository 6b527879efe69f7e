//! Each call of the module, failing in each way there is, or handing over what is not there: nobody gets in by it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use claimgate_tests::host::{Host, Lie, State};
use claimgate_tests::token::{ISSUER, Issuer, now};
use serde_json::{Value, json};

use super::{ask, claims};

const PATH: &str = "/service0/things0/1";

/// All calls that the module makes, as its source declares them.
const CALLS: [&str; 20] = [
    "proxy_add_header_map_value",
    "proxy_call_foreign_function",
    "proxy_continue_stream",
    "proxy_define_metric",
    "proxy_get_buffer_bytes",
    "proxy_get_current_time_nanoseconds",
    "proxy_get_header_map_pairs",
    "proxy_get_log_level",
    "proxy_get_property",
    "proxy_http_call",
    "proxy_increment_metric",
    "proxy_log",
    "proxy_remove_header_map_value",
    "proxy_replace_header_map_value",
    "proxy_send_local_response",
    "proxy_set_effective_context",
    "proxy_set_property",
    "proxy_set_tick_period_milliseconds",
    "environ_get",
    "environ_sizes_get",
];

/// A policy that makes every call: its claims are in the metadata, or the token's, with keys to fetch.
fn everything(issuer: &Issuer) -> Value {
    let signature = |signature: Value| json!({ "signature": signature, "issuer": ISSUER });
    let mut issuers = [
        signature(json!({ "jwt_authn": { "metadata": "payload" } })),
        signature(json!({ "jwks": issuer.jwks() })),
        signature(
            json!({ "remote_jwks": { "cluster": "idp", "uri": "https://idp.example.com/" } }),
        ),
    ];
    for (number, issuer) in issuers.iter_mut().enumerate() {
        issuer["name"] = json!(format!("issuer{number}"));
        if number > 0 {
            issuer["issuer"] = json!(format!("{ISSUER}{number}"));
        }
    }
    json!({
        "issuers": issuers,
        "forward": { "headers": { "x-user": "sub" }, "remove_token": true },
        "audit": { "filter_state": true },
        "rules": [{ "path": "/service0/**", "allow": { "roles": ["viewer"] } }],
    })
}

/// What becomes of a whole life under this policy: who may not come in must not have.
fn live(policy: &Value, tokens: &[String], prepare: impl Fn(&mut State)) -> Result<()> {
    // Refused or trapped at start: Envoy would not run.
    let Ok(mut host) = Host::load(&policy.to_string(), time()?, |state| prepare(state)) else {
        return Ok(());
    };
    for token in [None].into_iter().chain(tokens.iter().map(|token| Some(token.as_str()))) {
        // A trap is one too, and is answered with 503.
        let said = ask(&mut host, PATH, token).unwrap_or_else(|_| "503".to_owned());
        assert!(["400", "401", "403", "503", "held"].contains(&said.as_str()), "{said}");
    }
    // The fetch ends, well or badly; it may end in a trap.
    let _ = host.tick();
    let token = host.state().fetches;
    let _ = host.fetched(token, &[(":status", "200")], "{\"keys\": []}");
    let _ = host.tick();
    let said = ask(&mut host, PATH, tokens.first().map(String::as_str));
    assert_ne!(said.unwrap_or_default(), "continued");
    Ok(())
}

/// Tokens that let nobody in: a guest's, a forged one, one that waits for keys, and one that waits for jwt_authn.
fn tokens(issuer: &Issuer, stranger: &Issuer) -> Vec<String> {
    let of = |number: usize, issuer: &Issuer, role: &str| {
        let mut claims = claims(role);
        claims["iss"] = json!(format!(
            "{ISSUER}{}",
            if number > 0 { number.to_string() } else { String::new() }
        ));
        issuer.token(&claims)
    };
    vec![
        of(1, issuer, "guest"),
        of(1, stranger, "viewer"),
        of(2, stranger, "viewer"),
        of(0, issuer, "viewer"),
    ]
}

#[test]
fn every_status_of_every_call_lets_nobody_in() -> Result<()> {
    let (issuer, stranger) = (Issuer::new()?, Issuer::new()?);
    let (policy, tokens) = (everything(&issuer), tokens(&issuer, &stranger));
    for call in CALLS {
        for status in [1, 2, 7, 10, 12, -1] {
            live(&policy, &tokens, |state| state.failing = BTreeMap::from([(call, status)]))
                .with_context(|| format!("{call} {status}"))?;
        }
    }
    Ok(())
}

#[test]
fn the_calls_are_all_there_are() -> Result<()> {
    let source = std::fs::read_to_string(claimgate_tests::repository("src/host.rs"))?;
    let declared = source.split("fn proxy_").skip(1).filter_map(|rest| rest.split('(').next());
    for name in declared {
        let call = format!("proxy_{name}");
        assert!(CALLS.contains(&call.as_str()), "{call} is not tried");
    }
    Ok(())
}

#[test]
fn what_is_not_where_it_is_said_to_be_lets_nobody_in() -> Result<()> {
    let (issuer, stranger) = (Issuer::new()?, Issuer::new()?);
    let (policy, tokens) = (everything(&issuer), tokens(&issuer, &stranger));
    let sizes = [0, 1, 3, 4, 5, 1 << 10, 1 << 20, 1 << 31, u32::MAX].map(Lie::Size);
    let places = [1, 8, 1 << 16, 1 << 30, u32::MAX - 4].map(Lie::Place);
    for call in ["proxy_get_buffer_bytes", "proxy_get_header_map_pairs", "proxy_get_property"] {
        for lie in [Lie::Null].into_iter().chain(sizes).chain(places) {
            live(&policy, &tokens, |state| {
                state.metadata = metadata(&["viewer"]);
                state.metadata.pop();
                state.lies = BTreeMap::from([(call, lie)]);
            })
            .with_context(|| format!("{call} {lie:?}"))?;
        }
    }
    Ok(())
}

/// jwt_authn's metadata cut anywhere, and with any byte of its lengths changed.
#[test]
fn metadata_that_do_not_add_up_let_nobody_in() -> Result<()> {
    let issuer = Issuer::new()?;
    let mut policy = everything(&issuer);
    policy["forward"] = json!({});
    policy["issuers"] =
        json!([{ "name": "main", "signature": { "jwt_authn": { "metadata": "payload" } } }]);
    let mut host = Host::load(&policy.to_string(), time()?, |_| {})?;
    let whole = metadata(&["viewer"]);
    host.state().metadata.clone_from(&whole);
    assert_eq!(ask(&mut host, PATH, None)?, "continued");
    for length in 0..whole.len() {
        host.state().metadata = whole[..length].to_vec();
        let said = ask(&mut host, PATH, None)?;
        assert!(["401", "503"].contains(&said.as_str()), "{said} for {length} bytes");
    }
    host.state().metadata = metadata(&["guest"]);
    assert_eq!(ask(&mut host, PATH, None)?, "403");
    host.state().metadata = whole;
    assert_eq!(ask(&mut host, PATH, None)?, "continued");
    Ok(())
}

#[test]
fn a_header_that_cannot_be_changed_is_a_denial() -> Result<()> {
    let issuer = Issuer::new()?;
    let token = issuer.token(&claims("viewer"));
    let mut policy = everything(&issuer);
    policy["issuers"] = json!([policy["issuers"][1]]);
    policy["issuers"][0]["issuer"] = json!(ISSUER);
    let mut host = Host::load(&policy.to_string(), time()?, |_| {})?;
    let calls = ["proxy_remove_header_map_value", "proxy_add_header_map_value"];
    for call in calls {
        host.state().failing = calls.into_iter().map(|call| (call, 0)).collect();
        assert_eq!(ask(&mut host, PATH, Some(&token))?, "continued", "{call}");
        for status in 1..=12 {
            host.state().failing.insert(call, status);
            assert_eq!(ask(&mut host, PATH, Some(&token))?, "503", "{call} {status}");
        }
    }
    Ok(())
}

fn time() -> Result<u64> {
    Ok(u64::try_from(now())? * 1_000_000_000)
}

/// `envoy.config.core.v3.Metadata` in which jwt_authn has left the claims of somebody with these roles.
fn metadata(roles: &[&str]) -> Vec<u8> {
    let text = |text: &str| field(3, text.as_bytes());
    let roles: Vec<u8> = roles.iter().flat_map(|role| field(1, &text(role))).collect();
    let number = [&[0x11][..], &4e9_f64.to_le_bytes()].concat();
    let claims =
        [entry("sub", &text("vera")), entry("exp", &number), entry("roles", &field(6, &roles))];
    let payload = field(5, &claims.concat());
    entry("envoy.filters.http.jwt_authn", &entry("payload", &payload))
}

/// An entry of a map that has the number 1.
fn entry(key: &str, value: &[u8]) -> Vec<u8> {
    field(1, &[field(1, key.as_bytes()), field(2, value)].concat())
}

/// A length-delimited field of protobuf.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut length = bytes.len();
    let mut encoded = vec![number << 3 | 2];
    while length > 0x7f {
        encoded.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    encoded.push(u8::try_from(length).unwrap_or_default());
    encoded.extend_from_slice(bytes);
    encoded
}
