//! The page of `claimgate matrix --html`, in a browser.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::{Browser, DOWN, END, ENTER, ESCAPE, RIGHT, TAB};
use super::claimgate;

/// A policy's page, opened.
struct Page {
    browser: Browser,
    folder: TempDir,
}

impl Page {
    /// `None` where there is no browser.
    fn open(policy: &str) -> Option<Self> {
        let page = Self { browser: Browser::start()?, folder: tempfile::tempdir().unwrap() };
        let file = page.folder.path().join("page.html");
        let ran = claimgate(&["matrix", policy, &format!("--html={}", file.display())]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
        page.browser.open(&file);
        Some(page)
    }

    /// The texts of all that this selects and that is shown.
    fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!(
            "[...document.querySelectorAll({selector:?})].filter((one) => one.checkVisibility()).map((one) => one.textContent)"
        );
        serde_json::from_value(self.browser.ask(&script)).unwrap()
    }

    /// Whether the explanation is open, and which cell has the focus: its rule, and the role above it.
    fn focus(&self) -> (bool, Value) {
        let cell = "((cell) => cell && [cell.parentElement.cells[0].textContent, \
                    document.querySelector('thead tr').cells[cell.cellIndex].textContent])(document.activeElement.closest('td'))";
        (self.browser.ask("document.querySelector('dialog').open") == true, self.browser.ask(cell))
    }

    /// That all of this went without an error, and without asking anybody for anything.
    fn assert_quiet(&self) {
        assert_eq!(self.browser.console(), <[String; 0]>::default());
        let requests = self.browser.requests();
        let own = |url: &String| url.ends_with("/page.html") && url.starts_with("file:///");
        assert!(!requests.is_empty() && requests.iter().all(own), "{requests:?}");
    }
}

const POLICY: &str = "envoy/policy.yaml";
const RULES: &str = "input[name=rules]";
const ROLES: &str = "input[name=roles]";
const NAMES: &str = "tbody th";
const TITLES: &str = "thead th";

#[test]
fn filters_hide_rows_and_columns() {
    let Some(page) = Page::open(POLICY) else { return };
    assert_eq!(page.texts(NAMES).len(), 8);
    assert_eq!(page.texts(TITLES), ["rule", "matches", "no token", "no role", "admin", "viewer"]);
    page.browser.fill(RULES, "USER-data/{id}");
    assert_eq!(page.texts(NAMES), ["read-user-data", "delete-user-data"]);
    page.browser.fill(ROLES, "View");
    assert_eq!(page.texts(TITLES), ["rule", "matches", "no token", "no role", "viewer"]);
    assert_eq!(page.texts("tbody button"), ["✗", "✗", "✓", "✗", "✗", "✗"]);
    assert_eq!(page.texts("output"), ["2 of 8 rows, 1 of 2 roles"]);
    assert_eq!(page.texts("form p"), ["Click a cell to see why."]);
    // Keys pass over what is hidden.
    page.browser.press(TAB);
    page.browser.press(&[DOWN, END].concat());
    assert_eq!(page.focus(), (false, json!(["delete-user-data", "viewer"])));
    page.browser.fill(RULES, "nothing of that name");
    assert_eq!(page.texts(NAMES), <[String; 0]>::default());
    assert_eq!(page.texts(".nothing"), ["No rule has this text."]);
    page.browser.click(RULES);
    page.browser.press(ESCAPE);
    assert_eq!(page.texts(NAMES).len(), 8);
    page.assert_quiet();
}

#[test]
fn a_cell_says_why() {
    let Some(page) = Page::open(POLICY) else { return };
    page.browser.click("tbody tr:nth-child(5) td:last-child button");
    assert_eq!(page.focus(), (true, Value::Null));
    assert_eq!(page.texts("h2"), ["delete-user-data"]);
    assert_eq!(page.texts(".chip"), ["denied"]);
    assert_eq!(page.texts(".parts li"), [r#"✗the role "admin" has roles "viewer""#]);
    let shown = page.texts("pre");
    assert!(shown[0].ends_with("has none of the roles [\"admin\"]"), "{shown:?}");
    assert_eq!(
        shown[1],
        "HTTP 403\n{\"error\":\"You do not have permission to delete user data.\"}"
    );
    // What it says to run says the same.
    assert_eq!(shown[2], "claimgate explain envoy/policy.yaml DELETE /user-data/1 --role=viewer");
    let words: Vec<&str> = shown[2].split(' ').skip(1).collect();
    assert!(claimgate(&words).out.contains("  denied: 403 insufficient_permission\n"));
    page.browser.press(ESCAPE);
    assert_eq!(page.focus(), (false, json!(["delete-user-data", "viewer"])));
    page.assert_quiet();
}

#[test]
fn everything_can_be_reached_with_keys() {
    let Some(page) = Page::open(POLICY) else { return };
    // The filters, the table; of all its cells, one.
    page.browser.press(&TAB.repeat(3));
    assert_eq!(page.focus(), (false, json!(["health", "no token"])));
    page.browser.press(&[DOWN, DOWN, RIGHT].concat());
    assert_eq!(page.focus(), (false, json!(["internal", "no role"])));
    page.browser.press(ENTER);
    assert_eq!((page.focus().0, page.texts("h2")), (true, vec!["internal".to_owned()]));
    assert!(page.texts("dialog p").contains(&"Nobody may.".to_owned()));
    page.browser.press(ESCAPE);
    page.browser.press(" ");
    assert!(page.focus().0);
    // The button that closes it has the focus.
    page.browser.press(ENTER);
    assert_eq!(page.focus(), (false, json!(["internal", "no role"])));
    page.browser.press("/");
    assert_eq!(page.browser.ask("document.activeElement.name"), "rules");
    page.assert_quiet();
}

/// Names and sentences are text, whatever is in them.
#[test]
fn nothing_that_the_policy_says_is_run() {
    let bad = "</script><script>window.run=1</script><img src=x onerror=window.run=1>";
    let quotes = "\"'><svg onload=window.run=1>&lt;`${1}`<!--";
    let turned = "admin\u{202e}nimda";
    let policy = json!({
        "issuers": [{ "name": "main", "signature": { "decode_only": true } }],
        "rules": [
            { "name": bad, "path": "/a", "allow": { "roles": [quotes, turned] }, "message": bad },
            { "name": quotes, "path": "/b", "allow": { "claims": { bad: bad } }, "message": quotes },
        ],
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("<b>policy<b>.json");
    fs::write(&file, policy.to_string()).unwrap();
    let Some(page) = Page::open(file.to_str().unwrap()) else { return };
    assert_eq!(page.texts(NAMES), [bad, quotes, "(no rule)"]);
    assert_eq!(page.texts("thead th[data-role]"), [quotes, "admin\\u{202e}nimda"]);
    for cell in 0..12 {
        let (row, column) = (cell / 4 + 1, cell % 4 + 3);
        page.browser.click(&format!("tbody tr:nth-child({row}) > :nth-child({column}) button"));
        assert!(page.focus().0, "{row} {column}");
        page.browser.press(ESCAPE);
    }
    page.browser.click("tbody tr:nth-child(1) td:nth-child(4) button");
    assert!(page.texts("pre")[1].contains("onerror"), "{:?}", page.texts("pre"));
    let unexpected =
        "[window.run, document.querySelectorAll('img, svg, b').length, document.scripts.length]";
    assert_eq!(page.browser.ask(unexpected), json!([null, 0, 2]));
    page.assert_quiet();
}
