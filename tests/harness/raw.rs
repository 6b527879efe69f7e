//! Clients that send exactly the bytes they are given, for what an ordinary client refuses to send.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use crate::http::Answer;

/// What became of an HTTP/2 request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An answer came back.
    Answer(Box<Answer>),
    /// The stream or the connection was ended without an answer, with this error code (RFC 9113, 7);
    /// 0 also where the peer hung up without one. Envoy takes a second for that.
    Reset(u32),
}

/// Sends these bytes as an HTTP/1.1 request and reads one answer.
pub fn http1(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    let mut stream = connect(address)?;
    stream.write_all(request)?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(answer) = parse(&received)? {
            return Ok(answer);
        }
        match stream.read(&mut buffer).context("no whole answer came back")? {
            0 => bail!("the answer breaks off: {:?}", String::from_utf8_lossy(&received)),
            count => received.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Sends one HTTP/2 request without a body, its fields byte for byte as given (pseudo-header fields first).
pub fn http2(address: SocketAddr, fields: &[(&[u8], &[u8])]) -> Result<Outcome> {
    // Literals without Huffman coding: this encoder knows no other.
    let block = loona_hpack::Encoder::new().encode(fields.iter().copied());
    ensure!(block.len() <= 16384, "the header fields do not fit into one frame");
    let mut stream = connect(address)?;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")?;
    write_frame(&mut stream, SETTINGS, 0, 0, &[])?;
    write_frame(&mut stream, HEADERS, END_STREAM | END_HEADERS, 1, &block)?;
    read_http2(&mut stream)
}

/// Sends `GET /path` with these fields to the host `api` over HTTP/2; something else than an answer is an error.
pub fn ask_http2(address: SocketAddr, line: &str, fields: &[(&str, &str)]) -> Result<Answer> {
    let (method, path) = line.split_once(' ').with_context(|| format!("{line:?} is no request"))?;
    let target = [(":method", method), (":path", path), (":scheme", "http"), (":authority", "api")];
    let fields = target.iter().chain(fields);
    let fields: Vec<(&[u8], &[u8])> =
        fields.map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    match http2(address, &fields)? {
        Outcome::Answer(answer) => Ok(*answer),
        Outcome::Reset(code) => bail!("the stream was reset with {code}"),
    }
}

/// The same over HTTP/1.1.
pub fn ask_http1(address: SocketAddr, line: &str, fields: &[(&str, &str)]) -> Result<Answer> {
    let mut request = format!("{line} HTTP/1.1\r\nHost: api\r\n");
    for (name, value) in fields {
        request.extend([name, ": ", value, "\r\n"]);
    }
    http1(address, (request + "\r\n").as_bytes())
}

fn read_http2(stream: &mut TcpStream) -> Result<Outcome> {
    let mut decoder = loona_hpack::Decoder::new();
    let mut blocks = Vec::new();
    let mut body = Vec::new();
    loop {
        let Some(frame) = read_frame(stream)? else {
            return Ok(Outcome::Reset(0));
        };
        match frame.kind {
            SETTINGS if frame.flags & ACK == 0 => write_frame(stream, SETTINGS, ACK, 0, &[])?,
            RST_STREAM => return Ok(Outcome::Reset(error_code(&frame.payload, 0)?)),
            GOAWAY => return Ok(Outcome::Reset(error_code(&frame.payload, 4)?)),
            HEADERS => {
                ensure!(frame.flags & END_HEADERS != 0, "the answer's header block is split");
                let fields = decoder.decode(&frame.payload);
                blocks.push(fields.map_err(|error| {
                    anyhow!("the answer's header block is not HPACK: {error:?}")
                })?);
            }
            DATA => body.extend_from_slice(&frame.payload),
            _ => {}
        }
        if matches!(frame.kind, HEADERS | DATA) && frame.flags & END_STREAM != 0 {
            break;
        }
    }
    let mut blocks = blocks.iter();
    let head = blocks.next().context("the answer has no header block")?;
    let status =
        head.iter().find(|(name, _)| name == b":status").context("no :status came back")?;
    let status = std::str::from_utf8(&status.1)?.parse().context(":status is not a number")?;
    let regular = |block: &Vec<(Vec<u8>, Vec<u8>)>| {
        let fields = block.iter().filter(|(name, _)| !name.starts_with(b":"));
        fields_of(fields.map(|(name, value)| (name.as_slice(), value.as_slice())))
    };
    let trailers = blocks.next().map(regular).transpose()?.unwrap_or_default();
    let answer = Answer { status, headers: regular(head)?, trailers, body: body.into() };
    Ok(Outcome::Answer(Box::new(answer)))
}

struct Frame {
    kind: u8,
    flags: u8,
    payload: Vec<u8>,
}

/// The next frame (RFC 9113, 4.1), or none when the peer has hung up.
fn read_frame(stream: &mut TcpStream) -> Result<Option<Frame>> {
    let mut head = [0; 9];
    match stream.read_exact(&mut head) {
        Err(error)
            if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) =>
        {
            return Ok(None);
        }
        outcome => outcome.context("no answer came back")?,
    }
    let [high, middle, low, kind, flags, ..] = head;
    let length = u32::from_be_bytes([0, high, middle, low]);
    let mut payload = vec![0; usize::try_from(length)?];
    stream.read_exact(&mut payload).context("a frame breaks off")?;
    Ok(Some(Frame { kind, flags, payload }))
}

fn write_frame(stream: &mut TcpStream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> Result<()> {
    let [_, high, middle, low] = u32::try_from(payload.len())?.to_be_bytes();
    let mut frame = vec![high, middle, low, kind, flags];
    frame.extend_from_slice(&id.to_be_bytes());
    frame.extend_from_slice(payload);
    stream.write_all(&frame).context("the connection broke while sending")
}

fn error_code(payload: &[u8], at: usize) -> Result<u32> {
    let code = payload.get(at..at + 4).context("a frame has no error code")?;
    Ok(u32::from_be_bytes(code.try_into()?))
}

fn fields_of<'a>(fields: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(HeaderName::from_bytes(name)?, HeaderValue::from_bytes(value)?);
    }
    Ok(headers)
}

/// The HTTP/1.1 answer in these bytes, once all of it is there.
fn parse(received: &[u8]) -> Result<Option<Answer>> {
    let mut fields = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Response::new(&mut fields);
    let parsed = head.parse(received).context("the answer is not HTTP/1.1")?;
    let httparse::Status::Complete(start) = parsed else {
        return Ok(None);
    };
    let status = head.code.context("the answer has no status")?;
    let headers = fields_of(head.headers.iter().map(|field| (field.name.as_bytes(), field.value)))?;
    let body = match headers.get("content-length") {
        Some(length) => {
            received.get(start..start + length.to_str()?.parse::<usize>()?).map(Vec::from)
        }
        None if headers.contains_key("transfer-encoding") => unchunk(&received[start..])?,
        None => Some(Vec::new()),
    };
    Ok(body.map(|body| Answer { status, headers, trailers: HeaderMap::new(), body: body.into() }))
}

/// The content of a chunked body (RFC 9112, 7.1), once all of it is there.
fn unchunk(mut rest: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let parsed = httparse::parse_chunk_size(rest);
        let parsed = parsed.map_err(|_| anyhow!("the answer has a bad chunk size"))?;
        let httparse::Status::Complete((start, size)) = parsed else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(body));
        }
        let end = start + usize::try_from(size)?;
        let (Some(chunk), Some(next)) = (rest.get(start..end), rest.get(end + 2..)) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        rest = next;
    }
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).context("cannot connect")?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
