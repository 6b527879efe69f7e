//! Where tokens are found: headers, cookies and the query, as Envoy hands them over.

use std::net::SocketAddr;

use anyhow::Result;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Answer;
use claimgate_tests::raw;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// The sample policy with a token source of each kind.
fn policy() -> Result<Value> {
    let mut policy = sample_policy()?;
    policy["token"] = json!({ "from": [
        { "header": "authorization", "scheme": "Bearer" },
        { "header": "x-token" },
        { "cookie": "session" },
        { "query": "access_token" },
    ] });
    Ok(policy)
}

/// A target and header fields; TOKEN stands for ada's token, OTHER for vera's.
type Ask = (&'static str, &'static [(&'static str, &'static str)]);

struct Setup {
    upstream: Upstream,
    envoy: Envoy,
    tokens: [(&'static str, String); 2],
}

impl Setup {
    fn new(config: impl FnOnce(Config) -> Result<Value>) -> Result<Self> {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let envoy = Envoy::start(&config(Config::new(upstream.addr(), issuer.jwks()))?)?;
        let token = issuer.token(&claims("ada", &["admin"]));
        let other = issuer.token(&claims("vera", &["viewer"]));
        Ok(Self { upstream, envoy, tokens: [("TOKEN", token), ("OTHER", other)] })
    }

    fn filled(&self, text: &str) -> String {
        self.tokens.iter().fold(text.to_owned(), |text, (name, token)| text.replace(name, token))
    }

    fn http1(&self, ask: Ask) -> Result<Answer> {
        self.ask(ask, raw::ask_http1)
    }

    fn http2(&self, ask: Ask) -> Result<Answer> {
        self.ask(ask, raw::ask_http2)
    }

    fn ask(
        &self,
        (path, fields): Ask,
        send: impl Fn(SocketAddr, &str, &[(&str, &str)]) -> Result<Answer>,
    ) -> Result<Answer> {
        let values: Vec<String> = fields.iter().map(|(_, value)| self.filled(value)).collect();
        let fields = fields.iter().zip(&values).map(|((name, _), value)| (*name, value.as_str()));
        let line = self.filled(&format!("GET {path}"));
        send(self.envoy.addr(), &line, &fields.collect::<Vec<_>>())
    }
}

const ASKS: &[(Ask, u16)] = &[
    (("/me", &[("authorization", "Bearer TOKEN")]), 200),
    (("/me", &[("x-token", "TOKEN")]), 200),
    (("/me?x=1&access_token=TOKEN&y", &[]), 200),
    (("/me", &[("cookie", "a=1; session=TOKEN; b")]), 200),
    // Several Cookie headers in HTTP/1, crumbs in HTTP/2.
    (("/me", &[("cookie", "a=1"), ("cookie", "session=TOKEN"), ("cookie", "b")]), 200),
    (("/me", &[("cookie", "session=TOKEN"), ("cookie", "session=TOKEN")]), 200),
    (("/me", &[("cookie", "session=TOKEN"), ("cookie", "session=OTHER")]), 401),
    (("/me", &[("cookie", "session=OTHER; session=TOKEN")]), 401),
    (("/me", &[("cookie", "session=TOKEN"), ("cookie", "session = x")]), 401),
    (("/me", &[("cookie", "session=\"TOKEN\"")]), 401),
    (("/me", &[("cookie", "session"), ("cookie", "=;;="), ("cookie", "Session=TOKEN")]), 401),
    (("/me", &[("x-token", "TOKEN"), ("x-token", "TOKEN")]), 401),
    (("/me", &[("x-token", "Bearer TOKEN")]), 401),
    (("/me?access_token=TOKEN&access_token=TOKEN", &[]), 200),
    (("/me?access_token=TOKEN&access%5Ftoken=OTHER", &[]), 401),
    (("/me?access_token=TOKEN%20", &[]), 401),
    // Names that some upstream takes for ours.
    (("/me", &[("cookie", "session=TOKEN; \u{a0}session=OTHER")]), 401),
    (("/me", &[("cookie", "session=TOKEN"), ("cookie", "s%65ssion=OTHER")]), 401),
    (("/me", &[("cookie", "session=TOKEN; SESSION=OTHER")]), 401),
    (("/me", &[("cookie", "session=TOKEN; session[]=OTHER")]), 401),
    (("/me", &[("cookie", "x=1, session=OTHER; session=TOKEN")]), 401),
    (("/me", &[("cookie", "session=TOKEN; sessions=OTHER; x_session=OTHER")]), 200),
    (("/me?access.token=OTHER&access_token=TOKEN", &[]), 401),
    (("/me?access_token=TOKEN&access+token=OTHER", &[]), 401),
    (("/me?access_token=TOKEN&access%5Btoken=OTHER", &[]), 401),
    (("/me?access_token=TOKEN&Access_Token=OTHER", &[]), 401),
    (("/me?access_token=TOKEN&access_token%5B%5D=OTHER", &[]), 401),
    (("/me?x=1;access_token=OTHER&access_token=TOKEN", &[]), 401),
    (("/me?access_tokens=OTHER&access_token=TOKEN&token=OTHER", &[]), 200),
    (("/me?access_token", &[]), 401),
    // All of them at once: one token, or none.
    (
        (
            "/me?access_token=TOKEN",
            &[("authorization", "bearer TOKEN"), ("x-token", "TOKEN"), ("cookie", "session=TOKEN")],
        ),
        200,
    ),
    (("/me?access_token=OTHER", &[("authorization", "Bearer TOKEN")]), 401),
    (("/me", &[("authorization", "Basic eA=="), ("cookie", "session=TOKEN")]), 200),
    (("/me", &[("x-auth", "TOKEN"), ("cookie", "other=TOKEN")]), 401),
    // A public rule does not look.
    (("/healthz?access_token=x", &[("cookie", "session=y"), ("x-token", "z")]), 200),
];

#[test]
fn a_token_counts_wherever_it_is_and_two_do_not() -> Result<()> {
    let setup = Setup::new(|config| {
        let mut policy = policy()?;
        policy["issuers"][0]["signature"] = json!({ "decode_only": true });
        config.policy(&policy).without_jwt_authn().build()
    })?;
    for (ask, expected) in ASKS {
        assert_eq!(setup.http1(*ask)?.status, *expected, "HTTP/1.1 {ask:?}");
        assert_eq!(setup.http2(*ask)?.status, *expected, "HTTP/2 {ask:?}");
    }
    let log = setup.envoy.log()?;
    for reason in [
        "cookie `session` is not one token",
        "x-token is not one token",
        "authorization and query parameter `access_token` have different tokens",
    ] {
        assert!(log.contains(reason), "{reason}");
    }
    let (_, token) = &setup.tokens[0];
    assert!(!log.contains(token.as_str()), "the log has a token");
    Ok(())
}

#[test]
fn bytes_that_are_no_text_do_no_harm() -> Result<()> {
    let setup = Setup::new(|config| {
        let mut policy = policy()?;
        policy["issuers"][0]["signature"] = json!({ "decode_only": true });
        config.policy(&policy).without_jwt_authn().build()
    })?;
    let good = setup.filled("Cookie: session=TOKEN");
    let other = setup.filled("session=OTHER");
    let (good, other) = (good.as_bytes(), other.as_bytes());
    for (line, expected) in [
        (b"Cookie: session=\xff\xfe; \x80".to_vec(), 401),
        (b"Cookie: \xff".to_vec(), 401),
        (b"X-Token: \xff\xfe".to_vec(), 401),
        ([good, b"; \xff\xfe=\x80"].concat(), 200),
        // Blanks, for upstreams that read Latin-1.
        ([good, b"; \xa0", other].concat(), 401),
        ([good, b"; \x85", other].concat(), 401),
        ([good, b"; x=1\xa0", other].concat(), 401),
    ] {
        let head = b"GET /me HTTP/1.1\r\nHost: api\r\n";
        let request = [head, line.as_slice(), b"\r\n\r\n"].concat();
        let answer = raw::http1(setup.envoy.addr(), &request)?;
        assert_eq!(answer.status, expected, "{}", line.escape_ascii());
    }
    assert_eq!(setup.http1(("/healthz", &[]))?.status, 200);
    assert!(!setup.envoy.log()?.contains("panicked"));
    Ok(())
}

#[test]
fn what_jwt_authn_verified_is_the_only_token_there() -> Result<()> {
    let setup = Setup::new(|config| {
        let mut tree = config.policy(&policy()?).build()?;
        let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
        let filters = tree.pointer_mut(&format!("{manager}/http_filters"));
        let filters = filters.and_then(Value::as_array_mut);
        for filter in filters.into_iter().flatten() {
            if filter["name"] == "envoy.filters.http.jwt_authn" {
                let provider = &mut filter["typed_config"]["providers"]["main"];
                provider["from_cookies"] = json!(["session"]);
                provider["from_params"] = json!(["access_token"]);
            }
        }
        Ok(tree)
    })?;
    for (ask, expected) in [
        (("/me", &[("cookie", "session=TOKEN")][..]), 200),
        (("/me?access_token=TOKEN", &[]), 200),
        (("/me?access_token=TOKEN", &[("cookie", "session=TOKEN")]), 200),
        // jwt_authn does not look there, so the token is not verified.
        (("/me", &[("x-token", "TOKEN")]), 401),
        // Whichever of them it verified, the upstream might read the other.
        (("/me?access_token=OTHER", &[("cookie", "session=TOKEN")]), 401),
        (("/me", &[("x-token", "OTHER"), ("cookie", "session=TOKEN")]), 401),
        (("/me", &[("x-token", "x"), ("cookie", "session=TOKEN")]), 401),
    ] {
        assert_eq!(setup.http1(ask)?.status, expected, "{ask:?}");
    }
    assert_eq!(setup.upstream.hits(), 3);
    Ok(())
}
