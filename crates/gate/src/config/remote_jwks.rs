//! `signature.remote_jwks`: keys that the issuer publishes.

use deserr::Deserr;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::value::Name;

/// Keys that the issuer publishes: where they are, and how they are fetched.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[deserr(validate = RemoteJwksConfig::check -> Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "RemoteJwks", transform = json_schema::object::<Self>
))]
pub(crate) struct RemoteJwksConfig {
    /// The Envoy cluster that leads to the identity provider: with TLS, for whoever answers in its place can write tokens.
    pub(crate) cluster: Name,
    /// The key set's address, such as `https://idp.example.com/.well-known/jwks.json`.
    pub(crate) uri: Uri,
    /// From one fetch to the next.
    #[deserr(default = Seconds(300))]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 300)))]
    pub(crate) refresh_seconds: Seconds<86_400>,
    /// Between two fetches that tokens with an unknown `kid` ask for.
    #[deserr(default = Seconds(30))]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 30)))]
    pub(crate) cooldown_seconds: Seconds<3_600>,
    /// For how long a fetch may take, and a request waits for keys.
    #[deserr(default = Seconds(5))]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 5)))]
    pub(crate) timeout_seconds: Seconds<60>,
    /// For how long keys serve while the provider is down: at least `refresh_seconds`.
    #[deserr(default = Seconds(86_400))]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 86_400)))]
    pub(crate) stale_seconds: Seconds<2_592_000>,
}

impl RemoteJwksConfig {
    /// A set that is stale before it is fetched again would leave gaps.
    fn check(self, location: deserr::ValuePointerRef<'_>) -> Result<Self, Problems> {
        let (refresh, stale) = (self.refresh_seconds.0, self.stale_seconds.0);
        if stale < refresh {
            let message = format!("{stale} is less than `refresh_seconds`, which is {refresh}");
            return Err(Problems::at(location.push_key("stale_seconds"), message));
        }
        Ok(self)
    }
}

/// Some seconds, from 1 to `MAX`.
#[derive(Debug, Clone, Copy, Deserr)]
#[deserr(try_from(u32) = Seconds::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("minimum" = 1, "maximum" = MAX)))]
pub(crate) struct Seconds<const MAX: u32>(pub(crate) u32);

impl<const MAX: u32> Seconds<MAX> {
    fn parse(seconds: u32) -> Result<Self, Invalid> {
        if (1..=MAX).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(Invalid(format!("expected 1 to {MAX} seconds, found {seconds}")))
    }
}

/// The address of a key set, in its parts (RFC 3986 section 3).
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = Uri::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, with = "String",
    extend("pattern" = r"^https?://[A-Za-z0-9._:\[\]-]{1,256}(/[!$-;=?-\[\]_a-z~]*)?$")
))]
pub(crate) struct Uri {
    pub(crate) scheme: &'static str,
    /// Host and port.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) path: String,
}

impl Uri {
    fn parse(text: &str) -> Result<Self, Invalid> {
        // Not quoted: it may have a password in it.
        Self::parts(text).ok_or_else(|| {
            let example = "https://idp.example.com/.well-known/jwks.json";
            Invalid(format!("is not the URI of a key set; expected one such as `{example}`"))
        })
    }

    fn parts(text: &str) -> Option<Self> {
        let (scheme, rest) = ["https", "http"]
            .into_iter()
            .find_map(|scheme| Some((scheme, text.strip_prefix(scheme)?.strip_prefix("://")?)))?;
        let (authority, path) = match rest.find('/') {
            Some(start) => rest.split_at_checked(start)?,
            None => (rest, "/"),
        };
        let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let of_path = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte);
        let fits = (1..=256).contains(&authority.len())
            && authority.bytes().all(of_host)
            && path.len() <= 2_048
            && path.bytes().all(of_path);
        fits.then(|| Self { scheme, authority: authority.to_owned(), path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(members: &Value) -> Result<RemoteJwksConfig, Vec<String>> {
        let mut config = json!({"cluster": "idp", "uri": "https://idp.example.com/jwks.json"});
        config.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        deserr::deserialize(config)
            .map_err(|problems: Problems| problems.0.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let config = parsed(&json!({})).unwrap();
        let RemoteJwksConfig { refresh_seconds, cooldown_seconds, timeout_seconds, .. } = config;
        assert_eq!((refresh_seconds.0, cooldown_seconds.0, timeout_seconds.0), (300, 30, 5));
        assert_eq!(config.stale_seconds.0, 86_400);
    }

    #[test]
    fn seconds_have_bounds() {
        for (members, problem) in [
            (
                json!({"refresh_seconds": 0}),
                "refresh_seconds: expected 1 to 86400 seconds, found 0",
            ),
            (
                json!({"refresh_seconds": 86_401}),
                "refresh_seconds: expected 1 to 86400 seconds, found 86401",
            ),
            (
                json!({"cooldown_seconds": 0}),
                "cooldown_seconds: expected 1 to 3600 seconds, found 0",
            ),
            (json!({"timeout_seconds": 61}), "timeout_seconds: expected 1 to 60 seconds, found 61"),
            (
                json!({"stale_seconds": 2_592_001}),
                "stale_seconds: expected 1 to 2592000 seconds, found 2592001",
            ),
            (
                json!({"stale_seconds": 299}),
                "stale_seconds: 299 is less than `refresh_seconds`, which is 300",
            ),
            (
                json!({"retry": 1}),
                "configuration: unknown key \"retry\"; expected one of `cluster`, `uri`, `refresh_seconds`, `cooldown_seconds`, `timeout_seconds`, `stale_seconds`",
            ),
        ] {
            assert_eq!(parsed(&members).unwrap_err(), [problem]);
        }
        assert!(
            parsed(&json!({"refresh_seconds": 1, "stale_seconds": 1, "timeout_seconds": 60}))
                .is_ok()
        );
    }

    #[test]
    fn a_uri_is_read_in_its_parts() {
        for (text, parts) in [
            ("https://idp.example.com/jwks.json", Some(("https", "idp.example.com", "/jwks.json"))),
            ("http://[::1]:8443/a?b=c/d", Some(("http", "[::1]:8443", "/a?b=c/d"))),
            ("https://idp", Some(("https", "idp", "/"))),
            ("https:///jwks.json", None),
            ("HTTPS://idp/", None),
            ("ftp://idp/", None),
            ("//idp/", None),
            ("https:idp/", None),
            ("idp.example.com/jwks.json", None),
            ("https://user:secret@idp/", None),
            ("https://idp/#keys", None),
            ("https://idp?a/b", None),
            ("https://idp/a b", None),
            ("https://idp/\n", None),
            ("https://idp/\u{e4}", None),
            ("https://idp\\evil/", None),
            ("", None),
        ] {
            let found = Uri::parts(text);
            let found = found.as_ref().map(|uri| (uri.scheme, &*uri.authority, &*uri.path));
            assert_eq!(found, parts, "{text:?}");
        }
        assert_eq!(
            parsed(&json!({"uri": "idp"})).unwrap_err(),
            [
                "uri: is not the URI of a key set; expected one such as `https://idp.example.com/.well-known/jwks.json`"
            ]
        );
    }
}
