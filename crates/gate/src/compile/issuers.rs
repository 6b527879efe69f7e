//! `issuers` to the issuers of an authenticator.

use std::rc::Rc;

use authn::{Algorithm, Issuer, KeySource, RemoteKeys, Signature, TokenRules, media_type};

use super::{check_unique, roles, texts};
use crate::config::{IssuerConfig, JwksConfig, Problems, RemoteJwksConfig, SignatureConfig};
use crate::warning::Warning;

/// Compiles the rows, each with its index, and notes what is wrong among them.
pub(super) fn compile(rows: Vec<(usize, IssuerConfig)>, problems: &mut Problems) -> Vec<Issuer> {
    let names = rows.iter().map(|(index, row)| (*index, row.name.0.as_str()));
    check_unique("issuers", "name", names, problems);
    let values = rows.iter().filter_map(|(index, row)| Some((*index, row.issuer.0.as_ref()?)));
    check_unique("issuers", "issuer", values.map(|(index, iss)| (index, iss.0.as_str())), problems);
    if rows.len() > 1 {
        for (index, _) in rows.iter().filter(|(_, row)| row.issuer.0.is_none()) {
            let message =
                "`issuer` is missing; it may be left out only where the list has one entry";
            problems.push(format!("issuers[{index}]"), message);
        }
    }
    rows.into_iter()
        .map(|(index, row)| {
            check_algorithms(index, &row, problems);
            issuer(row)
        })
        .collect()
}

/// What is configured of a token's header makes sense only where the header is looked at.
fn check_algorithms(index: usize, row: &IssuerConfig, problems: &mut Problems) {
    if let Some(algorithms) = &row.algorithms.0 {
        let accepted = |key: Algorithm| algorithms.0.iter().any(|accepted| accepted.0 == key);
        let unchecked = |way| format!("is for keys; with `{way}` no signature is checked here");
        let problem = match &row.signature {
            SignatureConfig::Jwks(jwks) if !jwks.keys.algorithms().any(accepted) => {
                Some("none of the keys in `signature.jwks` verifies one of these".to_owned())
            }
            SignatureConfig::Jwks(_) | SignatureConfig::RemoteJwks(_) => None,
            SignatureConfig::JwtAuthn(_) => Some(unchecked("jwt_authn")),
            SignatureConfig::DecodeOnly => Some(unchecked("decode_only")),
        };
        if let Some(problem) = problem {
            problems.push(format!("issuers[{index}].algorithms"), problem);
        }
    }
    if row.typ.0.is_some() && matches!(row.signature, SignatureConfig::JwtAuthn(_)) {
        let message = "cannot be checked: jwt_authn hands over the payload, not the header";
        problems.push(format!("issuers[{index}].typ"), message);
    }
}

/// What an operator should be told of these rows.
pub(super) fn warnings(rows: &[(usize, IssuerConfig)]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |name, place, message| warnings.push(Warning::new(name, place, message));
    for (index, row) in rows {
        let signature = format!("issuers[{index}].signature");
        let verified =
            matches!(row.signature, SignatureConfig::Jwks(_) | SignatureConfig::RemoteJwks(_));
        // RFC 8725 sections 3.8 and 3.9.
        if verified && row.issuer.0.is_none() && row.audiences.0.is_none() {
            let message = format!(
                "issuer `{}` has neither `issuer` nor `audiences`: every token counts that one of its keys signed, \
                 whoever issued it and whomever it is for",
                row.name.0
            );
            warn("any-issuer", format!("issuers[{index}]"), message);
        }
        match &row.signature {
            SignatureConfig::JwtAuthn(_) => {}
            SignatureConfig::RemoteJwks(remote) if remote.uri.scheme == "https" => {}
            SignatureConfig::RemoteJwks(_) => {
                let message = format!(
                    "issuer `{}` publishes its keys over `http`: whoever sits in between can write tokens, unless \
                     the cluster speaks TLS",
                    row.name.0
                );
                warn("keys-over-http", format!("{signature}.remote_jwks.uri"), message);
            }
            SignatureConfig::Jwks(JwksConfig { skipped, .. }) => {
                for key in skipped {
                    let place = format!("{signature}.jwks.keys[{}]", key.index);
                    warn("unused-key", place, format!("is not used: {}", key.reason));
                }
            }
            SignatureConfig::DecodeOnly => {
                let message = format!(
                    "issuer `{}` is `decode_only`: signatures are not checked here, so anybody can write a token \
                     unless a filter in front refuses what it cannot verify",
                    row.name.0
                );
                warn("decode-only", signature, message);
            }
        }
    }
    warnings
}

/// As [`warnings`]: `token.required_claims` is the whole list, not an addition to the default.
pub(super) fn eternity(issuers: &[Issuer], rules: &TokenRules) -> Option<Warning> {
    let named = rules.required_claims.iter().any(|claim| claim == "exp");
    (!issuers.is_empty() && !named).then(|| {
        let message = "does not name `exp`: a token that has none counts for ever";
        Warning::new("no-expiry", "token.required_claims", message)
    })
}

fn issuer(config: IssuerConfig) -> Issuer {
    let audiences = config.audiences.0.map_or_else(Vec::new, |audiences| texts(audiences.0));
    let algorithms = config.algorithms.0.into_iter().flat_map(|list| list.0);
    let algorithms: Vec<_> = algorithms.map(|algorithm| algorithm.0).collect();
    Issuer {
        name: config.name.0,
        issuer: config.issuer.0.map(|name| name.0),
        signature: signature(config.signature, &algorithms),
        algorithms,
        types: config
            .typ
            .0
            .map_or_else(Vec::new, |list| list.0.iter().map(|typ| media_type(&typ.0)).collect()),
        roles: roles::compile(config.roles, config.provider.0, &audiences, config.role_map),
        audiences,
    }
}

fn signature(config: SignatureConfig, algorithms: &[Algorithm]) -> Signature {
    match config {
        SignatureConfig::Jwks(jwks) => Signature::Jwks(Rc::new(jwks.keys)),
        SignatureConfig::RemoteJwks(remote) => {
            Signature::RemoteJwks(Box::new(RemoteKeys::new(key_source(remote, algorithms))))
        }
        SignatureConfig::JwtAuthn(jwt_authn) => {
            Signature::JwtAuthn { metadata: jwt_authn.metadata.0 }
        }
        SignatureConfig::DecodeOnly => Signature::DecodeOnly,
    }
}

fn key_source(config: RemoteJwksConfig, algorithms: &[Algorithm]) -> KeySource {
    KeySource {
        cluster: config.cluster.0,
        scheme: config.uri.scheme,
        authority: config.uri.authority,
        path: config.uri.path,
        refresh_seconds: config.refresh_seconds.0,
        cooldown_seconds: config.cooldown_seconds.0,
        timeout_seconds: config.timeout_seconds.0,
        stale_seconds: config.stale_seconds.0,
        secrets: algorithms.iter().any(|algorithm| matches!(algorithm, Algorithm::Hs(_))),
    }
}
