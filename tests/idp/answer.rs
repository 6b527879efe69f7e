//! Answers, good and bad.

use std::future::pending;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anyhow::{Result, bail};
use claimgate_tests::idp::protocol::{Behaviour, JWKS_PATH, MOVED_PATH};
use hyper::Response;
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use tokio::time::{Sleep, sleep};

/// A body that may come late, and be shorter than its `content-length`; its parts in turn.
pub struct Scripted {
    before: Option<Pin<Box<Sleep>>>,
    content: Option<Bytes>,
    /// Bytes of a piece, and milliseconds after it, where the content comes in pieces.
    pieces: Option<(usize, u64)>,
    after: Option<Pin<Box<Sleep>>>,
}

/// The response to a request for this path; an error ends the connection.
pub async fn answer(path: &str, behaviour: Behaviour) -> Result<Response<Scripted>> {
    match (path, behaviour) {
        (_, Behaviour::Reset) => bail!("told to reset connections"),
        (_, Behaviour::Held | Behaviour::Silent) => pending().await,
        (JWKS_PATH, Behaviour::Answer { status, content_type, body }) => {
            whole(status, &content_type, body)
        }
        (JWKS_PATH, Behaviour::Redirect { .. }) => {
            let mut response = whole(302, "text/plain", "It is over there.".into())?;
            response.headers_mut().insert(LOCATION, MOVED_PATH.parse()?);
            Ok(response)
        }
        (MOVED_PATH, Behaviour::Redirect { body }) => whole(200, JSON, body),
        (JWKS_PATH, Behaviour::Late { body, milliseconds }) => {
            let mut response = whole(200, JSON, body)?;
            response.body_mut().before = Some(pause(milliseconds));
            Ok(response)
        }
        (JWKS_PATH, Behaviour::Trickle { body, bytes, milliseconds }) => {
            let mut response = whole(200, JSON, body)?;
            response.body_mut().pieces = Some((bytes, milliseconds));
            Ok(response)
        }
        (JWKS_PATH, Behaviour::Heavy { body, bytes }) => {
            let mut response = whole(200, JSON, body)?;
            response.headers_mut().insert("x-heavy", "x".repeat(bytes).parse()?);
            Ok(response)
        }
        (JWKS_PATH, Behaviour::Padded { body, bytes }) => {
            let blanks = " ".repeat(bytes.saturating_sub(body.len()));
            whole(200, JSON, body + &blanks)
        }
        (JWKS_PATH, Behaviour::Truncated { body }) => {
            let mut response = whole(200, JSON, body)?;
            let scripted = response.body_mut();
            if let Some(content) = &mut scripted.content {
                content.truncate(content.len() / 2);
            }
            // Ended at once, not even the header fields would be sent.
            scripted.after = Some(pause(50));
            Ok(response)
        }
        _ => whole(404, "text/plain", "There is nothing here.".into()),
    }
}

fn whole(status: u16, content_type: &str, body: String) -> Result<Response<Scripted>> {
    Ok(Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, body.len())
        .body(Scripted { before: None, content: Some(body.into()), pieces: None, after: None })?)
}

fn pause(milliseconds: u64) -> Pin<Box<Sleep>> {
    Box::pin(sleep(Duration::from_millis(milliseconds)))
}

impl Body for Scripted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(pause) = &mut self.before {
            ready!(pause.as_mut().poll(context));
            self.before = None;
        }
        if let Some(mut content) = self.content.take() {
            if let Some((bytes, milliseconds)) = self.pieces
                && content.len() > bytes
            {
                self.content = Some(content.split_off(bytes));
                self.before = Some(pause(milliseconds));
            }
            return Poll::Ready(Some(Ok(Frame::data(content))));
        }
        if let Some(pause) = &mut self.after {
            ready!(pause.as_mut().poll(context));
            self.after = None;
        }
        Poll::Ready(None)
    }
}

const JSON: &str = "application/json";
