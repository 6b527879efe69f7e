//! `forward` beside what else reads request headers.

use authn::TokenSources;

use crate::config::Problems;
use crate::forward::Forward;
use crate::request::is_namesake;

/// That no header is forwarded which is read from the client: what reads it next would read ours.
pub(super) fn check(
    forward: &Forward,
    sources: &TokenSources,
    compared: &[String],
    problems: &mut Problems,
) {
    for (name, _) in &forward.headers {
        let of = |other: &str| is_namesake(other.as_bytes(), name);
        let use_of_it = if sources.headers().any(of) {
            "`token.from` looks for the token there"
        } else if compared.iter().any(|other| of(other)) {
            "rules compare claims with it"
        } else {
            continue;
        };
        problems.push(format!("forward.headers.{name}"), format!("is the client's: {use_of_it}"));
    }
}
