//! Claims that are looked for where nobody leaves them.

use super::super::{Finding, Subject};
use crate::source::{Holder, Node};

/// Issuers whose `metadata` no `jwt_authn` of the file writes. Where none is in the file, it is in another.
pub(super) fn unwritten(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let written = subject.contents.payloads.as_ref();
    let Some(written) = written.filter(|_| subject.found.holder == Holder::Filter) else { return };
    let found = match &**written {
        [] => "no provider has a `payload_in_metadata`".to_owned(),
        names => format!("found `{}`", names.join("`, `")),
    };
    let issuers = subject.root.get("issuers").map_or(&[][..], Node::elements);
    for (index, issuer) in issuers.iter().enumerate() {
        let metadata = || issuer.get("signature")?.get("jwt_authn")?.get("metadata")?.text();
        let Some(metadata) = metadata().filter(|name| written.iter().all(|one| one != name)) else {
            continue;
        };
        let message = format!(
            "no jwt_authn in this file has `payload_in_metadata: {metadata}`, so that every token is answered 401; {found}"
        );
        let place = format!("issuers[{index}].signature.jwt_authn.metadata");
        let at = subject.at(&place);
        findings.push(Finding::warning("unwritten-metadata", place, message, at));
    }
}
