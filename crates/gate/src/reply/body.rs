//! The body of a denial.

use serde::Serialize;

use crate::config::Format;
use crate::decision::Denial;
use crate::status::Status;

#[derive(Serialize)]
struct Json<'a> {
    error: &'a str,
}

/// RFC 9457. Without a type of its own, a problem's title is the phrase of its status (section 4.2.1).
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

/// The media type of bodies in this format.
pub(super) fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Problem => "application/problem+json",
    }
}

/// The body that says this message, to the request with this id.
pub(super) fn body(
    format: Format,
    status: Status,
    denial: &Denial<'_>,
    message: &str,
    id: Option<&[u8]>,
) -> String {
    let body = match format {
        Format::Json => serde_json::to_string(&Json { error: message }),
        Format::Problem => serde_json::to_string(&Problem {
            r#type: "about:blank",
            title: status.phrase(),
            status: status.code(),
            detail: message,
            // The true one would tell what the status hides.
            code: if status == Status::NotFound { "not_found" } else { denial.code() },
            instance: id.and_then(instance),
        }),
    };
    body.unwrap_or_default()
}

/// The request's id as a URI, where it is a UUID, as Envoy's own are. Elsewhere it may be the client's, and
/// anything; that is not said back.
fn instance(id: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(id).ok()?;
    let mut groups = text.split('-');
    let is_group = |group: &str, length: usize| {
        group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    // RFC 9562 section 4.
    let mut lengths = [8, 4, 4, 4, 12].into_iter();
    let matching = lengths.all(|length| groups.next().is_some_and(|group| is_group(group, length)));
    (matching && groups.next().is_none()).then(|| format!("urn:uuid:{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_a_uuid_or_nothing() {
        for (id, expected) in [
            (
                &b"8f14e45f-ceea-4e7a-9c1d-0123456789ab"[..],
                Some("urn:uuid:8f14e45f-ceea-4e7a-9c1d-0123456789ab"),
            ),
            (
                b"8F14E45F-CEEA-0000-FFFF-0123456789AB",
                Some("urn:uuid:8F14E45F-CEEA-0000-FFFF-0123456789AB"),
            ),
            (b"", None),
            (b"8f14e45fceea4e7a9c1d0123456789ab", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789ab-", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789a", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789aB0", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789ag", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789\xff", None),
            (b"8f14e45f-ceea-4e7a-9c1d-0123456789ab,8f14e45f-ceea-4e7a-9c1d-0123456789ab", None),
            (b"\"><script>", None),
        ] {
            assert_eq!(instance(id).as_deref(), expected, "{}", String::from_utf8_lossy(id));
        }
    }
}
