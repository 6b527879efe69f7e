//! `issuers` to the issuers of an authenticator.

use authn::{Algorithm, Issuer, Signature, SkippedKey, media_type};

use super::{check_unique, roles, texts};
use crate::config::{IssuerConfig, JwksConfig, Problems, SignatureConfig};

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
    let way = match &row.signature {
        SignatureConfig::Jwks(_) => "jwks",
        SignatureConfig::JwtAuthn(_) => "jwt_authn",
        SignatureConfig::DecodeOnly => "decode_only",
    };
    if let (Some(algorithms), SignatureConfig::Jwks(jwks)) = (&row.algorithms.0, &row.signature) {
        let usable = |key: Algorithm| algorithms.0.iter().any(|accepted| accepted.0 == key);
        if !jwks.keys.algorithms().any(usable) {
            let message = "none of the keys in `signature.jwks` verifies one of these";
            problems.push(format!("issuers[{index}].algorithms"), message);
        }
    } else if row.algorithms.0.is_some() {
        let message = format!("is for `jwks`; with `{way}` no signature is checked here");
        problems.push(format!("issuers[{index}].algorithms"), message);
    }
    if row.typ.0.is_some() && matches!(row.signature, SignatureConfig::JwtAuthn(_)) {
        let message = "cannot be checked: jwt_authn hands over the payload, not the header";
        problems.push(format!("issuers[{index}].typ"), message);
    }
}

/// What an operator should be told of these rows, a sentence each.
pub(super) fn warnings(rows: &[(usize, IssuerConfig)]) -> Vec<String> {
    let mut warnings = Vec::new();
    for (index, row) in rows {
        match &row.signature {
            SignatureConfig::JwtAuthn(_) => {}
            SignatureConfig::Jwks(JwksConfig { skipped, .. }) => {
                warnings.extend(skipped.iter().map(|key| {
                    let SkippedKey { index: position, reason } = key;
                    format!("issuers[{index}].signature.jwks.keys[{position}] is not used: {reason}")
                }));
            }
            SignatureConfig::DecodeOnly => warnings.push(format!(
                "issuer `{}` is `decode_only`: signatures are not checked here, so anybody can write a \
                 token unless a filter in front refuses what it cannot verify",
                row.name.0
            )),
        }
    }
    warnings
}

fn issuer(config: IssuerConfig) -> Issuer {
    let audiences = config.audiences.0.map_or_else(Vec::new, |audiences| texts(audiences.0));
    Issuer {
        name: config.name.0,
        issuer: config.issuer.0.map(|name| name.0),
        signature: match config.signature {
            SignatureConfig::Jwks(jwks) => Signature::Jwks(jwks.keys),
            SignatureConfig::JwtAuthn(jwt_authn) => {
                Signature::JwtAuthn { metadata: jwt_authn.metadata.0 }
            }
            SignatureConfig::DecodeOnly => Signature::DecodeOnly,
        },
        algorithms: config
            .algorithms
            .0
            .map_or_else(Vec::new, |list| list.0.into_iter().map(|name| name.0).collect()),
        types: config
            .typ
            .0
            .map_or_else(Vec::new, |list| list.0.iter().map(|typ| media_type(&typ.0)).collect()),
        roles: roles::compile(config.roles, config.provider.0, &audiences, config.role_map),
        audiences,
    }
}
