//! What the pages in `docs/` and the README show: code blocks and tables, so that tests can run them.

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after the fence: a language, and perhaps a word on what it is.
    pub info: String,
    /// Its lines.
    pub text: String,
}

/// All code blocks of a page, in its order.
#[must_use]
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { info: info.to_owned(), text: String::new() });
            }
            (None, None) => {}
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
        }
    }
    blocks
}

/// The rows of the tables with this header, each a list of cells.
#[must_use]
pub fn rows(page: &str, header: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        inside = line == header || inside && line.starts_with('|');
        if inside && line != header && !line.starts_with("|---") {
            let cells = line.trim_matches('|').split(" | ");
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    rows
}

/// The `code` spans of a cell.
#[must_use]
pub fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_rows_are_found() {
        let page = "# a\n```yaml x\nb: 1\n```\n| c | d |\n|---|---|\n| `e` | f |\ng\n| c |\n|---|\n| h |\n";
        let block = Block { info: "yaml x".into(), text: "b: 1\n".into() };
        assert_eq!(blocks(page), [block]);
        assert_eq!(rows(page, "| c | d |"), [["`e`", "f"]]);
        assert_eq!(code("`GET /` with `a: b`"), ["GET /", "a: b"]);
    }
}
