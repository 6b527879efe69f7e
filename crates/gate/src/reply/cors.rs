//! What lets a script in a browser read a denial: the headers of the CORS protocol (Fetch standard, "HTTP
//! responses" of CORS).

use crate::config::Origins;
use crate::request::Request;

/// Adds them to those of a denial of this request.
pub(super) fn add(
    origins: &Origins,
    request: &Request<'_>,
    headers: &mut Vec<(&'static str, String)>,
) {
    // Always, or a cache could hand the answer for one origin, or for none, to another.
    headers.push(("vary", "Origin".to_owned()));
    let Some(origin) = request.origin.filter(|origin| !origin.is_empty()) else {
        return;
    };
    match origins {
        Origins::Any => headers.push((ALLOW_ORIGIN, "*".to_owned())),
        Origins::Only(known) => {
            // What is said back is the configuration's text, not the client's.
            let Some(known) = known.iter().find(|known| known.as_bytes() == origin) else {
                return;
            };
            headers.push((ALLOW_ORIGIN, known.clone()));
            // A script that sends cookies along may not read the answer without this.
            headers.push(("access-control-allow-credentials", "true".to_owned()));
        }
    }
    let exposed = if request.grpc { EXPOSED_GRPC } else { EXPOSED };
    headers.push(("access-control-expose-headers", exposed.to_owned()));
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// A script may read the status, the body and some headers; the challenge is not among these.
const EXPOSED: &str = "WWW-Authenticate";
/// In gRPC's form the outcome is in headers too. Browsers come with it through Envoy's filter for gRPC-Web.
const EXPOSED_GRPC: &str = "WWW-Authenticate, grpc-status, grpc-message";
