//! What is sent: one kind of request, with one token or many.

use anyhow::{Context, Result};
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{AUDIENCE, ISSUER, now};
use serde_json::{Value, json};

/// Kinds of requests. What is not said is as in [`Warm`](Self::Warm).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// One RS256 token of some 300 bytes of claims, again and again, among ten headers.
    Warm,
    /// The same among forty headers.
    ManyHeaders,
    /// A token of 4 KB of claims.
    LargeToken,
    /// The tokens of ten thousand subjects, in a fixed random order.
    Subjects,
    /// A principal without the role.
    WrongRole,
    /// Without a token.
    NoToken,
    /// The same over HTTP/2.
    Http2,
    /// Tokens of this algorithm, so many that none is remembered when it comes again.
    New(&'static str),
}

impl Traffic {
    /// For the table.
    pub fn name(self) -> String {
        match self {
            Self::Warm => "one token, warm".to_owned(),
            Self::ManyHeaders => "one token, 40 headers".to_owned(),
            Self::LargeToken => "one token, 4 KB of claims".to_owned(),
            Self::Subjects => "10,000 subjects at random".to_owned(),
            Self::WrongRole => "denied: wrong role".to_owned(),
            Self::NoToken => "denied: no token".to_owned(),
            Self::Http2 => "one token, over HTTP/2".to_owned(),
            Self::New(algorithm) => format!("first sight, {algorithm}"),
        }
    }

    /// What is answered by whoever decides.
    pub fn status(self) -> u16 {
        match self {
            Self::WrongRole => 403,
            Self::NoToken => 401,
            _ => 200,
        }
    }

    /// The tokens; none for requests without.
    pub fn tokens(self, signers: &[Signer]) -> Result<Vec<String>> {
        let algorithm = if let Self::New(algorithm) = self { algorithm } else { "RS256" };
        let signer = signers.iter().find(|signer| signer.algorithm() == algorithm);
        let signer = signer.with_context(|| format!("nobody signs with {algorithm}"))?;
        let tokens = |count| (0..count).map(|number| signer.token(&claims(number))).collect();
        Ok(match self {
            Self::NoToken => vec![],
            Self::New(_) => tokens(NEW),
            Self::Subjects => tokens(SUBJECTS),
            Self::Warm | Self::ManyHeaders | Self::Http2 => tokens(1),
            Self::LargeToken => {
                let mut claims = claims(0);
                claims["groups"] =
                    (0..120).map(|group| format!("group-{group:03}-of-the-organization")).collect();
                vec![signer.token(&claims)]
            }
            Self::WrongRole => {
                let mut claims = claims(0);
                claims["roles"] = json!(["employee", "guest", "billing"]);
                vec![signer.token(&claims)]
            }
        })
    }

    /// The requests as they go over the wire, to be sent in turn.
    pub fn requests(self, path: &str, tokens: &[String]) -> Vec<Vec<u8>> {
        let mut order: Vec<&str> = tokens.iter().map(String::as_str).collect();
        if self == Self::Subjects {
            let mut random = fastrand::Rng::with_seed(1);
            // One more: so each connection gets to send all of them.
            order =
                (0..=4 * tokens.len()).map(|_| &*tokens[random.usize(..tokens.len())]).collect();
        }
        let headers = self.headers();
        let request = |token: Option<&str>| {
            let fields = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
            let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
            let fields: String = fields.chain(token).collect();
            format!("GET {path} HTTP/1.1\r\n{fields}\r\n").into_bytes()
        };
        if order.is_empty() {
            return vec![request(None)];
        }
        order.into_iter().map(|token| request(Some(token))).collect()
    }

    /// All header fields of a request, with the first token if there is one.
    pub fn fields(self, tokens: &[String]) -> Vec<(String, String)> {
        let token =
            tokens.first().map(|token| ("authorization".to_owned(), format!("Bearer {token}")));
        self.headers().into_iter().chain(token).collect()
    }

    /// What a browser sends, less the token: nine, or thirty-nine.
    fn headers(self) -> Vec<(String, String)> {
        let browser = [
            ("host", "api.example.com"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ),
            ("accept", "application/json, text/plain, */*"),
            ("accept-language", "en-US,en;q=0.5"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("origin", "https://app.example.com"),
            ("referer", "https://app.example.com/orders"),
            ("cache-control", "no-cache"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let more = if self == Self::ManyHeaders { 30 } else { 0 };
        let more = (0..more).map(|number| {
            (format!("x-custom-header-{number:02}"), "some-value-of-thirty-two-bytes.".to_owned())
        });
        browser.map(own).into_iter().chain(more).collect()
    }
}

/// Ten claims, some 300 bytes.
fn claims(number: usize) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": format!("00u{number:017}"), "iat": now(), "exp": now() + 7_200,
        "jti": format!("{number:036}"), "azp": "web-frontend", "scope": "openid profile orders:read",
        "roles": ["employee", "viewer", "billing"], "email": format!("user{number}@example.com"),
    })
}

/// As many as the larger of both caches remembers, and more.
const NEW: usize = 12_000;

const SUBJECTS: usize = 10_000;
