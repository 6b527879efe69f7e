//! Sets of bytes that are asked for every byte of a request.

/// A set of bytes: a look-up each, where ranges and cases would be as many comparisons.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// The bytes of this text.
    pub(crate) const fn new(mut text: &[u8]) -> Self {
        let mut set = [false; 256];
        while let [byte, rest @ ..] = text {
            #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
            #[expect(clippy::as_conversions, reason = "`usize::from` is not const yet")]
            {
                set[*byte as usize] = true;
            }
            text = rest;
        }
        Self(set)
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_the_bytes_of_its_text_and_no_other() {
        const SET: ByteSet = ByteSet::new(b"a\0\xff/a");
        let found: Vec<u8> = (0..=255).filter(|byte| SET.contains(*byte)).collect();
        assert_eq!(found, [0, b'/', b'a', 255]);
    }
}
