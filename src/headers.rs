//! The request's headers as Envoy hands them over, read in place.
//!
//! The host serializes a header map as: the number of pairs; for each pair the length of its name and of its
//! value; then each name and value, a NUL byte after each. Numbers are 32-bit little-endian. Nothing of it
//! is trusted: what does not add up is the host's failure.

use gate::HostFailure;

/// A serialized header map.
pub(crate) struct Headers(Vec<u8>);

impl Headers {
    pub(crate) fn new(serialized: Vec<u8>) -> Self {
        Self(serialized)
    }

    /// What comes of the pairs of name and value, as raw bytes, in the host's order. It has to read all of them.
    pub(crate) fn read<'a, T>(
        &'a self,
        with: impl FnOnce(&mut Pairs<'a>) -> T,
    ) -> Result<T, HostFailure> {
        let malformed = || HostFailure("the header map is malformed".to_owned());
        let mut pairs = self.pairs().ok_or_else(malformed)?;
        let read = with(&mut pairs);
        // Reading that stopped half-way left a header out, and counts for nothing.
        let is_whole = pairs.lengths.is_empty() && pairs.texts.is_empty();
        is_whole.then_some(read).ok_or_else(malformed)
    }

    fn pairs(&self) -> Option<Pairs<'_>> {
        if self.0.is_empty() {
            return Some(Pairs { lengths: &[], texts: &[] });
        }
        let (count, rest) = read_u32(&self.0)?;
        let (lengths, texts) = rest.split_at_checked(count.checked_mul(8)?)?;
        Some(Pairs { lengths, texts })
    }
}

/// The pairs of a header map that are still to be read.
pub(crate) struct Pairs<'a> {
    lengths: &'a [u8],
    texts: &'a [u8],
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name_length, lengths) = read_u32(self.lengths)?;
        let (value_length, lengths) = read_u32(lengths)?;
        let (name, texts) = read_text(self.texts, name_length)?;
        let (value, texts) = read_text(texts, value_length)?;
        *self = Self { lengths, texts };
        Some((name, value))
    }
}

fn read_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

/// A text of this length, and what comes after the NUL byte behind it.
fn read_text(bytes: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(length)?;
    Some((text, rest.strip_prefix(&[0])?))
}
