//! The gate by itself, at the time that the tokens were made.

use anyhow::Result;
use gate::{Gate, Host, HostFailure, UnixTime};

use crate::corpus::{Corpus, Token};

/// A gate with the issuers of the corpus.
#[derive(Debug)]
pub(crate) struct Native {
    gate: Gate,
    now: UnixTime,
}

/// A host that knows nothing: signatures are checked in software.
struct Nowhere;

impl Native {
    pub(crate) fn new(corpus: &Corpus) -> Result<Self> {
        let gate = Gate::from_configuration(corpus.policy().to_string().as_bytes())?;
        Ok(Self { gate, now: UnixTime::from_seconds(corpus.settings.now) })
    }

    /// Whether a request with this token is let in, or the reason why not.
    pub(crate) fn verdict(&self, token: &Token) -> Result<(), String> {
        let value = format!("Bearer {}", token.text);
        // Blanks at the end are not of the value (RFC 9110 section 5.5); HTTP does not hand them on.
        let value = value.trim_end_matches([' ', '\t']);
        let headers = [
            (":method", "GET"),
            (":authority", "localhost"),
            (":path", "/"),
            ("authorization", value),
        ];
        let headers = headers.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let decision = self.gate.decide(&self.gate.request(headers), &Nowhere, self.now);
        decision.outcome.map_err(|denial| denial.to_string())
    }
}

impl Host for Nowhere {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}
