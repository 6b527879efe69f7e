//! `issuers` to the issuers of an authenticator.

use authn::{Issuer, Signature};

use super::{check_unique, roles, texts};
use crate::config::{IssuerConfig, Problems, SignatureConfig};

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
    let audiences = config.audiences.0.map_or_else(Vec::new, |audiences| texts(audiences.0));
    Issuer {
        name: config.name.0,
        issuer: config.issuer.0.map(|name| name.0),
        signature: match config.signature {
            SignatureConfig::JwtAuthn(jwt_authn) => {
                Signature::JwtAuthn { metadata: jwt_authn.metadata.0 }
            }
            SignatureConfig::DecodeOnly => Signature::DecodeOnly,
        },
        roles: roles::compile(config.roles, config.provider.0, &audiences, config.role_map),
        audiences,
    }
}
