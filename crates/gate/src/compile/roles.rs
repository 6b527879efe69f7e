//! `roles`, `provider` and `role_map` of an issuer.

use std::iter;

use authn::{ClaimPath, RoleSource, Roles};

use crate::config::{Given, Members, Name, NonEmpty, ProviderConfig, RoleSourceConfig};

/// Where roles are read: where the configuration says, else where the provider puts them, else at the
/// usual places.
pub(super) fn compile(
    roles: Given<NonEmpty<RoleSourceConfig>>,
    provider: Option<ProviderConfig>,
    audiences: &[String],
    role_map: Given<Members<Name>>,
) -> Roles {
    let sources = match (roles.0, provider) {
        (Some(sources), _) => sources.0.into_iter().map(role_source).collect(),
        (None, Some(provider)) => preset(provider, audiences),
        (None, None) => [claim(&["roles"]), claim(&["role"])].into_iter().flatten().collect(),
    };
    let renamed = role_map.0.into_iter().flat_map(|map| map.0);
    Roles { sources, renamed: renamed.map(|(role, name)| (role, name.0)).collect() }
}

/// Where a provider's tokens have roles (docs/adr/0012).
fn preset(provider: ProviderConfig, audiences: &[String]) -> Vec<RoleSource> {
    let source = match provider {
        ProviderConfig::Keycloak => {
            let clients =
                audiences.iter().map(|client| claim(&["resource_access", client, "roles"]));
            return iter::once(claim(&["realm_access", "roles"]))
                .chain(clients)
                .flatten()
                .collect();
        }
        ProviderConfig::Auth0 => Some(RoleSource::Namespaced),
        ProviderConfig::Cognito => claim(&["cognito:groups"]),
        ProviderConfig::Entra => claim(&["roles"]),
        ProviderConfig::Okta => claim(&["groups"]),
    };
    source.into_iter().collect()
}

/// The claim at the path of these literal names, none of which is empty.
fn claim(names: &[&str]) -> Option<RoleSource> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    ClaimPath::literal(names).ok().map(RoleSource::claim)
}

fn role_source(config: RoleSourceConfig) -> RoleSource {
    let split = config.split.0.map(|separator| separator.0);
    RoleSource::Claim { path: config.claim.0, split }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets() {
        let named = |names: &[&str]| claim(names).unwrap();
        let audiences = ["api".to_owned(), "web.app".to_owned()];
        for (provider, expected) in [
            (
                ProviderConfig::Keycloak,
                vec![
                    named(&["realm_access", "roles"]),
                    named(&["resource_access", "api", "roles"]),
                    named(&["resource_access", "web.app", "roles"]),
                ],
            ),
            (ProviderConfig::Auth0, vec![RoleSource::Namespaced]),
            (ProviderConfig::Cognito, vec![named(&["cognito:groups"])]),
            (ProviderConfig::Entra, vec![named(&["roles"])]),
            (ProviderConfig::Okta, vec![named(&["groups"])]),
        ] {
            assert_eq!(preset(provider, &audiences), expected, "{provider:?}");
        }
        assert_eq!(preset(ProviderConfig::Keycloak, &[]), [named(&["realm_access", "roles"])]);
    }
}
