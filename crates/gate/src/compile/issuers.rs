//! `issuers` to the issuers of an authenticator.

use authn::{ClaimPath, Issuer, RoleSource, Signature};

use super::{check_unique, texts};
use crate::config::{IssuerConfig, Problems, RoleSourceConfig, SignatureConfig};

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
    rows.into_iter().map(|(_, row)| issuer(row)).collect()
}

fn issuer(config: IssuerConfig) -> Issuer {
    Issuer {
        name: config.name.0,
        issuer: config.issuer.0.map(|name| name.0),
        audiences: config.audiences.0.map_or_else(Vec::new, |audiences| texts(audiences.0)),
        signature: match config.signature {
            SignatureConfig::JwtAuthn(jwt_authn) => {
                Signature::JwtAuthn { metadata: jwt_authn.metadata.0 }
            }
            SignatureConfig::DecodeOnly => Signature::DecodeOnly,
        },
        roles: match config.roles.0 {
            None => ["roles", "role"].into_iter().filter_map(top_level_claim).collect(),
            Some(sources) => sources.0.into_iter().map(role_source).collect(),
        },
    }
}

fn role_source(config: RoleSourceConfig) -> RoleSource {
    RoleSource { claim: config.claim.0, split: config.split.0.map(|separator| separator.0) }
}

fn top_level_claim(name: &str) -> Option<RoleSource> {
    Some(RoleSource { claim: ClaimPath::parse(name).ok()?, split: None })
}
