//! Spellings of a protected path that a server may decode, cut or join to that path.

mod characters;
mod detours;
mod endings;
mod separators;

use crate::trick::{Request, Trick};

pub(super) fn add(tricks: &mut Vec<Trick>) {
    let mut path = |class, target: Vec<u8>| tricks.push(Request::get(target).trick(class));
    separators::add(&mut path);
    detours::add(&mut path);
    characters::add(&mut path);
    case(&mut path);
    endings::add(&mut path);
    queries(&mut path);
}

type Add<'a> = &'a mut dyn FnMut(&'static str, Vec<u8>);

/// Every choice of capitals, and letters that fold to others.
fn case(path: Add<'_>) {
    for word in ["admin", "report"] {
        for choice in 1..1_u32 << word.len() {
            let letters = word.chars().enumerate();
            let spelled: String =
                letters
                    .map(|(place, letter)| {
                        if choice >> place & 1 == 1 { letter.to_ascii_uppercase() } else { letter }
                    })
                    .collect();
            let rest = if word == "admin" { "/secret" } else { "" };
            path("case", format!("/{spelled}{rest}").into());
        }
    }
    for spelled in [
        "/adm%C4%B1n/secret",
        "/adm%C4%B0n/secret",
        "/ADM%C4%B0N/secret",
        "/admin/%C5%BFecret",
        "/%41DMIN/secret",
        "/admin/SECRET",
        "/Admin",
        "/ADMIN/",
    ] {
        path("case", spelled.into());
    }
}

/// The path seems to end, or not to.
fn queries(path: Add<'_>) {
    for mark in [
        "?", "%3f", "%3F", "#", "%23", ";", "%3b", "&", "%26", "%253f", "%2523", "%253b", "%00",
        "%0a", "%20",
    ] {
        for rest in [
            "/../admin/secret",
            "/../../admin/secret",
            "/..%2fadmin%2fsecret",
            "/admin/secret",
            "/%2e%2e/admin/secret",
        ] {
            let class = match mark {
                ";" | "%3b" | "%253b" => "`;` parameters",
                "#" | "%23" | "%2523" => "fragments",
                "%00" => "NUL",
                _ => "queries",
            };
            for base in ["/public", "/files/a.txt", "/"] {
                path(class, format!("{base}{mark}{rest}").into());
            }
        }
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.to_ascii_lowercase().windows(part.len()).any(|window| window == part)
}
