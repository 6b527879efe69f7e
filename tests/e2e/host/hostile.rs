//! Whatever a host answers, nobody gets in by it, and the VM stays alive.

use anyhow::Result;
use claimgate_tests::host::{Host, serialized};
use claimgate_tests::signer::Signer;

use super::{ask, claims, said, start};

const PATH: &str = "/service0/things0/1";

fn ready() -> Result<(Host, String)> {
    let signers = Signer::all()?;
    let token = signers[0].token(&claims("viewer"));
    let mut host = start(&signers, 1, |_| {})?;
    assert_eq!(ask(&mut host, PATH, Some(&token))?, "continued");
    Ok((host, token))
}

#[test]
fn a_call_that_fails_is_a_denial() -> Result<()> {
    let (mut host, token) = ready()?;
    for (call, statuses, expected) in [
        ("proxy_get_header_map_pairs", 2..=12, "503"),
        // "Not found": a request without any header.
        ("proxy_get_header_map_pairs", 1..=1, "400"),
        ("proxy_get_current_time_nanoseconds", 1..=12, "503"),
    ] {
        for status in statuses {
            host.state().failing.insert(call, status);
            assert_eq!(ask(&mut host, PATH, Some(&token))?, expected, "{call} {status}");
            host.state().failing.clear();
            assert_eq!(ask(&mut host, PATH, Some(&token))?, "continued", "after {call} {status}");
        }
    }
    Ok(())
}

/// A denial that cannot be told must not become a request that goes on: the VM ends itself, and Envoy answers 503.
#[test]
fn a_reply_that_cannot_be_sent_ends_the_vm() -> Result<()> {
    let (mut host, _) = ready()?;
    host.state().failing.insert("proxy_send_local_response", 2);
    let ended = ask(&mut host, PATH, None).unwrap_err();
    assert!(format!("{ended:#}").contains("proxy_on_request_headers trapped"), "{ended:#}");
    Ok(())
}

#[test]
fn a_header_map_that_does_not_add_up_is_a_denial() -> Result<()> {
    let (mut host, token) = ready()?;
    let authorization = format!("Bearer {token}");
    let whole = serialized([
        (":method", "GET"),
        (":authority", "api.example.com"),
        (":path", PATH),
        ("authorization", &authorization),
    ]);
    assert_eq!(said(&host.raw_request(whole.clone())?), "continued");
    // Cut off anywhere; with any length or count changed; with a separator that is none.
    for length in (0..whole.len()).step_by(7) {
        let said = said(&host.raw_request(whole[..length].to_vec())?);
        assert!(["400", "503"].contains(&said.as_str()), "{said} for {length} bytes");
    }
    for index in 0..4 * (1 + 2 * 4) {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut changed = whole.clone();
            if std::mem::replace(&mut changed[index], byte) != byte {
                let said = said(&host.raw_request(changed)?);
                assert_eq!(said, "503", "byte {index} is {byte}");
            }
        }
    }
    let mut open = whole.clone();
    open.pop();
    open.push(b'x');
    assert_eq!(said(&host.raw_request(open)?), "503");
    assert_eq!(said(&host.raw_request(whole)?), "continued");
    Ok(())
}
