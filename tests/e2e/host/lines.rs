//! Audit lines, in a host that shows them, that does not, or that does not say.

use anyhow::Result;
use claimgate_tests::signer::Signer;

use super::{ask, start};

const PATH: &str = "/service0/things0/1";

#[test]
fn an_audit_line_is_made_where_it_is_shown() -> Result<()> {
    let mut host = start(&Signer::all()?, 1, |_| {})?;
    for (level, lines) in [(0, 1), (2, 1), (3, 0), (6, 0), (2, 1)] {
        host.state().level = level;
        host.state().log.clear();
        assert_eq!(ask(&mut host, PATH, None)?, "401");
        assert_eq!(host.state().log.len(), lines, "{level}: {:?}", host.state().log);
    }
    Ok(())
}

#[test]
fn a_host_that_does_not_say_gets_all_lines_and_is_asked_once() -> Result<()> {
    let mut host = start(&Signer::all()?, 1, |state| state.level = 3)?;
    host.state().failing.insert("proxy_get_log_level", 10);
    host.state().log.clear();
    for _ in 0..3 {
        assert_eq!(ask(&mut host, PATH, None)?, "401");
    }
    let (warnings, lines): (Vec<&String>, Vec<&String>) =
        host.state().log.iter().partition(|line| line.contains("whether they are shown or not"));
    assert_eq!((warnings.len(), lines.len()), (1, 3), "{warnings:?} {lines:?}");
    host.state().failing.clear();
    assert_eq!(ask(&mut host, PATH, None)?, "401");
    assert_eq!(host.state().log.len(), 5);
    Ok(())
}
