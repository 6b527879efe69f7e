//! The matrix as a page: one file that asks for nothing else.
//!
//! What the operator wrote goes into it as text alone: into elements, escaped, and into a block of JSON that the page's
//! script puts into text nodes. Should something get through all the same, the page's Content-Security-Policy lets
//! nothing run but the script that is here, by its hash, and nothing be fetched.

mod details;

use anyhow::{Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use gate::{Access, Gate, UnixTime};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::details::Details;
use super::answers::Asking;
use super::{Cell, Column, Matrix, Narrowing, Row};
use crate::plain::visible;
use crate::stand_in::StandIn;

/// The page of a policy, as far as it is not narrowed; `name` is what its file is called.
pub(crate) fn page(
    name: &str,
    mut config: Value,
    narrowing: &Narrowing,
    now: UnixTime,
) -> Result<String> {
    let stand_in = StandIn::take_over(&mut config)?;
    let gate = Gate::from_configuration(config.to_string().as_bytes())?;
    let matrix = Matrix::of(&gate, narrowing)?;
    let cells = matrix.rows.len().saturating_mul(matrix.columns.len());
    ensure!(
        cells <= MOST_CELLS,
        "a page of {cells} cells is too much for a browser, expected at most {MOST_CELLS}; narrow it with --role or \
         --rule, or have the matrix as text or JSON"
    );
    let asking = Asking::new(&gate, &stand_in, &config, &matrix.columns, now)?;
    let details = Details::new(&matrix, &asking, name);
    Ok(matrix.html(name, &details)?.into_string())
}

impl Matrix<'_> {
    fn html(&self, name: &str, details: &Details) -> Result<Markup> {
        let name = if name == "-" { "standard input".to_owned() } else { visible(name) };
        // Upright titles are narrow; a few short ones read better as they are.
        let titles = self.columns.iter().map(|column| column.title().chars().count());
        let upright = self.columns.len() > FEW || titles.max() > Some(SHORT);
        Ok(html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy());
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { "Who may do what: " (name) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        div {
                            h1 { "Who may do what" }
                            p { bdi { (name) } " · " (self.counts()) }
                        }
                        (self.key())
                        (filters())
                    }
                    main tabindex="-1" { (self.html_table(upright)) }
                    (dialog())
                    script type="application/json" id="details" { (PreEscaped(json(details)?)) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        })
    }

    fn key(&self) -> Markup {
        html! {
            ul.key aria-label="Legend" {
                @for cell in self.kinds() {
                    li { span class=(class(cell)) aria-hidden="true" { (cell.glyph()) } " " (cell.meaning()) }
                }
            }
        }
    }

    fn html_table(&self, upright: bool) -> Markup {
        html! {
            table role="grid" aria-label="Rules and roles" .upright[upright] {
                thead {
                    tr {
                        th.rule scope="col" { "rule" }
                        th.matches scope="col" { "matches" }
                        @for column in &self.columns {
                            @match column {
                                Column::Role(role) => th scope="col" data-role { bdi { (visible(role)) } },
                                _ => th scope="col" { i { (column.title()) } },
                            }
                        }
                    }
                }
                tbody { @for row in &self.rows { (html_row(row)) } }
            }
            p.nothing hidden { "No rule has this text." }
        }
    }
}

fn html_row(row: &Row<'_>) -> Markup {
    let (matches, beyond) = row.some_matches();
    html! {
        tr {
            th.rule scope="row" {
                @match row.rule {
                    Some(rule) => bdi { (visible(&rule.name)) },
                    None => i { (row.name()) },
                }
                @if let Some(mark) = row.mark() { " " small { (mark) } }
            }
            td.matches {
                @for one in matches { div { bdi { (visible(&one)) } } }
                @if let Some(beyond) = beyond { div { i { (beyond) } } }
            }
            @for cell in &row.cells {
                td class=(class(*cell)) {
                    button type="button" tabindex="-1" aria-label=(cell.meaning()) aria-haspopup="dialog" { (cell.glyph()) }
                }
            }
        }
    }
}

fn filters() -> Markup {
    html! {
        form role="search" hidden {
            label { "Rules " input type="search" name="rules" placeholder="name, method, path" autocomplete="off"; }
            label { "Roles " input type="search" name="roles" placeholder="name" autocomplete="off"; }
            p { "Click a cell to see why." }
            output aria-live="polite" {}
        }
        noscript { p { "Without JavaScript this can be read, but not asked: filters and explanations need it." } }
    }
}

/// What opens where a cell is asked; the script fills it.
fn dialog() -> Markup {
    html! {
        dialog aria-labelledby="asked" {
            article {
                header {
                    h2 id="asked" {}
                    button type="button" aria-label="Close" { "×" }
                }
                div {}
            }
        }
    }
}

/// What the page may do: nothing but run its own script and show its own style.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// As JSON that may stand inside of `script`: nothing in it ends that, or begins a comment.
fn json(details: &Details) -> Result<String> {
    Ok(serde_json::to_string(details)?.replace('<', "\\u003c"))
}

fn class(cell: Cell) -> &'static str {
    match cell {
        Cell::Allowed => "allowed",
        Cell::Denied => "denied",
        Cell::Depends => "depends",
        Cell::Never => "never",
    }
}

/// What a rule asks for where it asks for no roles or claims.
fn access(access: &Access) -> Option<&'static str> {
    match access {
        Access::Public => Some("Everybody may, with or without a token."),
        Access::Authenticated => Some("Whoever has a token may, whatever its roles."),
        Access::Nobody => Some("Nobody may."),
        Access::Require(_) => None,
    }
}

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// A browser takes a second or so to show as many.
const MOST_CELLS: usize = 20_000;

/// Columns and letters with which titles need not stand upright.
const FEW: usize = 8;
const SHORT: usize = 12;
