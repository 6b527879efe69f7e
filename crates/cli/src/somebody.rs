//! Somebody of whom nothing is known but roles.

use gate::{Gate, UnixTime};
use serde_json::{Map, Value};

/// The claims of somebody with these roles: those that say so, and of the others only what every token has to have.
/// `None` where no token of the first issuer can have these roles.
pub(crate) fn claims(
    gate: &Gate,
    config: &Value,
    roles: &[&str],
    now: UnixTime,
) -> Option<Map<String, Value>> {
    let mut claims = gate.claims_with(roles)?;
    let required = config.pointer("/token/required_claims").and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    // A token that does not say when it was issued may be older than that.
    let issued = config.pointer("/revoked/issued_before").map(|_| "iat");
    // The stand-in knows what these are to be.
    let known = [("iss", "/issuers/0/issuer"), ("aud", "/issuers/0/audiences")];
    let known = known.map(|(name, place)| config.pointer(place).map_or("exp", |_| name));
    for name in required.chain(issued) {
        let value = match name {
            "exp" => continue,
            name if known.contains(&name) => continue,
            "iss" | "aud" | "sub" | "jti" => Value::from("somebody"),
            "iat" | "nbf" => Value::from(now.seconds()),
            // No text, for that might be a role.
            _ => Value::Bool(true),
        };
        claims.entry(name).or_insert(value);
    }
    Some(claims)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_has_what_every_token_must_have() {
        let mut config = json!({
            "issuers": [{ "name": "main", "signature": { "decode_only": true } }],
            "token": { "required_claims": ["exp", "aud", "sub", "roles", "nbf", "tenant"] },
            "revoked": { "issued_before": 1_700_000_000 },
            "rules": [{ "path": "/", "allow": { "roles": ["admin"] } }],
        });
        let found = |config: &Value| {
            let gate = Gate::from_configuration(config.to_string().as_bytes()).unwrap();
            claims(&gate, config, &["admin"], UnixTime::from_seconds(1_800_000_000))
                .map(Value::Object)
        };
        let mut expected = json!({
            "roles": ["admin"], "aud": "somebody", "sub": "somebody", "nbf": 1_800_000_000, "iat": 1_800_000_000,
            "tenant": true,
        });
        assert_eq!(found(&config), Some(expected.clone()));
        // An audience that is configured is the stand-in's to add.
        config["issuers"][0]["audiences"] = json!(["api"]);
        expected.as_object_mut().unwrap().remove("aud");
        assert_eq!(found(&config), Some(expected));
    }
}
