//! An ordinary client: one request on a fresh connection, over HTTP/1.1 or HTTP/2, redirects not followed.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http_body_util::combinators::WithTrailers;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Bytes};
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;

mod kept;

pub use kept::Kept;

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    trailers: HeaderMap,
}

/// What is sent after the headers.
type Content = Either<Full<Bytes>, WithTrailers<Full<Bytes>, Ready<Trailers>>>;
type Trailers = Option<Result<HeaderMap, Infallible>>;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// All header fields, in lower case.
    pub headers: HeaderMap,
    /// The fields after the body; empty where there were none.
    pub trailers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// The outcome of a gRPC call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcStatus {
    /// The number in `grpc-status`.
    pub code: u32,
    /// The text in `grpc-message`, as sent.
    pub message: String,
}

impl Request {
    /// A request without headers or body, written like `GET /path?query`.
    pub fn new(line: &str) -> Result<Self> {
        let (method, path) = line.split_once(' ').with_context(|| {
            format!("{line:?} is not a request: expected a method, a space and a path")
        })?;
        let method = Method::from_bytes(method.as_bytes())
            .with_context(|| format!("{method:?} is not a method"))?;
        let (headers, trailers) = (HeaderMap::new(), HeaderMap::new());
        Ok(Self { method, path: path.into(), headers, body: Bytes::new(), trailers })
    }

    /// A unary gRPC call with an empty message.
    pub fn grpc(path: &str) -> Result<Self> {
        let mut request = Self::new(&format!("POST {path}"))?
            .header("content-type", "application/grpc")?
            .header("te", "trailers")?;
        // One message frame: not compressed, length 0.
        request.body = Bytes::from_static(&[0; 5]);
        Ok(request)
    }

    /// Adds a header; one with the same name is kept.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        append(&mut self.headers, name, value)?;
        Ok(self)
    }

    /// Adds a field after the body; only HTTP/2 carries it.
    pub fn trailer(mut self, name: &str, value: &str) -> Result<Self> {
        append(&mut self.trailers, name, value)?;
        Ok(self)
    }

    /// Gives it a body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self
    }

    /// Adds a bearer token.
    pub fn bearer(self, token: &str) -> Result<Self> {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Sends it over HTTP/1.1.
    pub fn send(self, address: SocketAddr) -> Result<Answer> {
        let mut request = self;
        if !request.headers.contains_key(HOST) {
            let host = HeaderValue::from_str(&address.to_string())?;
            request.headers.insert(HOST, host);
        }
        let uri = request.path.clone();
        wait(async move {
            let stream = TokioIo::new(TcpStream::connect(address).await?);
            let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
            tokio::spawn(connection);
            answer(sender.send_request(request.into_hyper(&uri)?).await?).await
        })
    }

    /// Sends it over HTTP/2 without an upgrade ("prior knowledge").
    pub fn send_http2(self, address: SocketAddr) -> Result<Answer> {
        let mut request = self;
        let host = match request.headers.remove(HOST) {
            Some(host) => host.to_str().context("the host is not ASCII")?.to_owned(),
            None => address.to_string(),
        };
        let uri = format!("http://{host}{}", request.path);
        wait(async move {
            let stream = TokioIo::new(TcpStream::connect(address).await?);
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await?;
            tokio::spawn(connection);
            answer(sender.send_request(request.into_hyper(&uri)?).await?).await
        })
    }

    fn into_hyper(self, uri: &str) -> Result<hyper::Request<Content>> {
        let body = Full::new(self.body);
        let content = if self.trailers.is_empty() {
            Either::Left(body)
        } else {
            Either::Right(body.with_trailers(ready(Some(Ok(self.trailers)))))
        };
        let mut request = hyper::Request::new(content);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri.parse().with_context(|| format!("{uri:?} cannot be sent"))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

impl Answer {
    /// The first value of a header, if it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("the body is not JSON: {:?}", self.text()))
    }

    /// The gRPC outcome, from the trailers or, in a trailers-only answer, from the headers.
    pub fn grpc(&self) -> Result<GrpcStatus> {
        let field = |name| self.trailers.get(name).or_else(|| self.headers.get(name));
        let Some(code) = field("grpc-status") else {
            bail!("the answer has no grpc-status; its HTTP status is {}", self.status);
        };
        let code = code.to_str()?.parse().context("grpc-status is not a number")?;
        let message = field("grpc-message").map(HeaderValue::to_str).transpose()?;
        Ok(GrpcStatus { code, message: message.unwrap_or_default().into() })
    }
}

fn append(fields: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let name: HeaderName =
        name.parse().with_context(|| format!("{name:?} is not a header name"))?;
    let value = HeaderValue::from_str(value)
        .with_context(|| format!("the value of {name} cannot be sent"))?;
    fields.append(name, value);
    Ok(())
}

async fn answer<B>(response: Response<B>) -> Result<Answer>
where
    B: Body<Data = Bytes, Error = hyper::Error>,
{
    let (head, body) = response.into_parts();
    let body = body.collect().await.context("the body broke off")?;
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        trailers: body.trailers().cloned().unwrap_or_default(),
        body: body.to_bytes(),
    })
}

/// Runs one exchange to its end, on this thread.
fn wait(exchange: impl Future<Output = Result<Answer>>) -> Result<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => bail!("no answer within {} s", PATIENCE.as_secs()),
        }
    })
}

const PATIENCE: Duration = Duration::from_secs(20);

/// The headers of a browser's request to this path, less its token, as a filter sees them.
#[must_use]
pub fn browser(path: &str) -> [(&str, &str); 10] {
    [
        (":authority", "api.example.com"),
        (":path", path),
        (":method", "GET"),
        (":scheme", "https"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "application/json"),
        ("accept-language", "en-US,en;q=0.5"),
        ("origin", "https://app.example.com"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "8f14e45f-ceea-4e7a-9c1d-0123456789ab"),
    ]
}
