//! One request that is written so that somebody might misread it, as bytes for each protocol that can carry it.

/// A header field as it goes over the wire.
pub type Field = (Vec<u8>, Vec<u8>);

/// A request that must not show the secret to whoever sends it. Words in braces stand for tokens: see [`fill`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trick {
    pub class: &'static str,
    /// Everything that is sent over HTTP/1.1, one or several requests.
    pub http1: Option<Vec<u8>>,
    /// The fields of one request over HTTP/2.
    pub http2: Option<Vec<Field>>,
    /// Where it ends is in doubt: Envoy may wait for more, and what is left over may stay in a connection.
    pub endless: bool,
}

/// An ordinary request, of which tricks change a part.
#[derive(Clone, Debug)]
pub struct Request {
    method: Vec<u8>,
    target: Vec<u8>,
    host: Vec<u8>,
    fields: Vec<Field>,
    anonymous: bool,
}

impl Request {
    pub fn new(method: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.as_ref().to_vec(),
            target: target.as_ref().to_vec(),
            host: b"api.example".to_vec(),
            fields: Vec::new(),
            anonymous: false,
        }
    }

    pub fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    pub fn host(mut self, host: impl AsRef<[u8]>) -> Self {
        self.host = host.as_ref().to_vec();
        self
    }

    pub fn field(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// Without the principal's own token: the trick is about tokens.
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// The whole request; Envoy hangs up behind the answer, so that all of it is known to be there.
    pub fn http1(&self) -> Vec<u8> {
        let mut bytes = [&self.method[..], b" ", &self.target, b" HTTP/1.1\r\nHost: "].concat();
        bytes.extend([&self.host[..], b"\r\n"].concat());
        if !self.anonymous {
            bytes.extend(AUTHORIZATION);
        }
        for (name, value) in &self.fields {
            bytes.extend([&name[..], b": ", value, b"\r\n"].concat());
        }
        bytes.extend(b"Connection: close\r\n\r\n");
        bytes
    }

    pub fn http2(&self) -> Vec<Field> {
        let mut fields = fields(&[(":scheme", "http")]);
        fields.push((b":method".to_vec(), self.method.clone()));
        fields.push((b":path".to_vec(), self.target.clone()));
        fields.push((b":authority".to_vec(), self.host.clone()));
        if !self.anonymous {
            fields.push((AUTHORIZATION.to_vec(), Vec::new()));
        }
        // Over HTTP/2 names are lower-case; those that are not so are a trick of their own.
        let lower = |(name, value): &Field| (name.to_ascii_lowercase(), value.clone());
        fields.extend(self.fields.iter().map(lower));
        fields
    }

    /// Over both protocols.
    pub fn trick(self, class: &'static str) -> Trick {
        Trick { class, http1: Some(self.http1()), http2: Some(self.http2()), endless: false }
    }
}

/// Bytes that only HTTP/1.1 can carry.
pub fn http1_only(class: &'static str, bytes: impl Into<Vec<u8>>) -> Trick {
    Trick { class, http1: Some(bytes.into()), http2: None, endless: false }
}

/// Fields that only HTTP/2 can carry.
pub fn http2_only(class: &'static str, fields: Vec<Field>) -> Trick {
    Trick { class, http1: None, http2: Some(fields), endless: false }
}

/// Fields of text.
pub fn fields(fields: &[(&str, &str)]) -> Vec<Field> {
    let bytes =
        |(name, value): &(&str, &str)| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    fields.iter().map(bytes).collect()
}

/// Whom a request comes from, and the tokens that tricks may name.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The principal's own, if it has one.
    pub own: Option<String>,
    /// What stands for each word in braces.
    pub named: Vec<(&'static str, String)>,
}

impl Tokens {
    /// The bytes with every word in braces filled in.
    pub fn fill(&self, bytes: &[u8]) -> Vec<u8> {
        let own = self.own.as_ref().map(|token| format!("Authorization: Bearer {token}\r\n"));
        let mut filled = replace(bytes, AUTHORIZATION, own.unwrap_or_default().as_bytes());
        for (name, token) in &self.named {
            filled = replace(&filled, name.as_bytes(), token.as_bytes());
        }
        filled
    }

    /// The same for header fields.
    pub fn fill_fields(&self, fields: &[Field]) -> Vec<Field> {
        let mut filled = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            if name == AUTHORIZATION {
                let own = self.own.as_ref().map(|token| format!("Bearer {token}").into_bytes());
                filled.extend(own.map(|value| (b"authorization".to_vec(), value)));
            } else {
                filled.push((name.clone(), self.fill(value)));
            }
        }
        filled
    }
}

fn replace(bytes: &[u8], word: &[u8], with: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(word.len()).position(|window| window == word) {
        replaced.extend([&rest[..at], with].concat());
        rest = &rest[at + word.len()..];
    }
    replaced.extend(rest);
    replaced
}

/// Where the principal's own token goes, a whole line or none.
pub const AUTHORIZATION: &[u8] = b"{authorization}";
