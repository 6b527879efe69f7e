//! The tricks: each published way to have one read a request as something else than another does, spelled out over
//! what there is to protect. Made by tables, so that a class has all of its spellings at all of its places.

mod headers;
mod hosts;
mod http2;
mod methods;
mod paths;
mod smuggling;
mod targets;
mod tokens;

use std::collections::HashSet;

use crate::trick::Trick;

/// All tricks, each once, in a fixed order.
pub fn all() -> Vec<Trick> {
    let mut tricks = Vec::new();
    paths::add(&mut tricks);
    targets::add(&mut tricks);
    hosts::add(&mut tricks);
    headers::add(&mut tricks);
    methods::add(&mut tricks);
    tokens::add(&mut tricks);
    http2::add(&mut tricks);
    smuggling::add(&mut tricks);
    let mut seen = HashSet::new();
    // Two tables may come to the same bytes, and then it is one trick.
    tricks.retain(|trick| seen.insert((trick.http1.clone(), trick.http2.clone())));
    tricks
}

/// What is protected by its path, each in segments. What is below `admin` is protected too.
const PROTECTED: [&[&str]; 4] =
    [&["admin"], &["admin", "secret"], &["admin", "deep", "secret"], &["report"]];

/// The same as paths.
const PATHS: [&str; 4] = ["/admin", "/admin/secret", "/admin/deep/secret", "/report"];
