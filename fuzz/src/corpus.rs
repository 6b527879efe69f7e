//! The corpus as it is kept: a file a target, an input a line, whatever is not printable escaped.

/// The inputs of a packed file.
///
/// # Errors
/// A line that is no escaped text.
pub fn unpacked(text: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    text.lines().map(|line| unescaped(line.as_bytes())).collect()
}

/// Inputs as a packed file has them: the short ones first, each once.
#[must_use]
pub fn packed(inputs: &[Vec<u8>]) -> String {
    let mut lines: Vec<String> =
        inputs.iter().map(|input| input.escape_ascii().to_string()).collect();
    lines.sort_by(|one, two| (one.len(), one).cmp(&(two.len(), two)));
    lines.dedup();
    lines.push(String::new());
    lines.join("\n")
}

/// What [`slice::escape_ascii`] made a line of.
fn unescaped(mut line: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(line.len());
    loop {
        line = match line {
            [] => return Ok(bytes),
            [b'\\', b'x', high, low, rest @ ..] => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits)?, 16)?);
                rest
            }
            [b'\\', short, rest @ ..] => {
                bytes.push(match short {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'\\' | b'\'' | b'"' => *short,
                    other => anyhow::bail!("`\\{}` is no escape", other.escape_ascii()),
                });
                rest
            }
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        let inputs = vec![b"".to_vec(), b"{\"a\": 'b\\'}\n\t".to_vec(), every_byte];
        assert_eq!(unpacked(&packed(&inputs)).unwrap(), inputs);
        assert_eq!(packed(&[b"b".to_vec(), b"aa".to_vec(), b"b".to_vec()]), "b\naa\n");
        assert_eq!(unpacked("\\q").unwrap_err().to_string(), "`\\q` is no escape");
        assert!(unpacked("\\xzz").is_err());
    }
}
