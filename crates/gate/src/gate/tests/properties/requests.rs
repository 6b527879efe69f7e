//! Requests at random, of the words that the tables are made of.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A request, said in a way that needs no reading; and how it is written.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: &'static str,
    /// In lower case, without a port.
    pub(super) host: &'static str,
    pub(super) segments: Vec<&'static str>,
    /// The values of `x-tenant`, one for each time that it comes.
    pub(super) tenants: Vec<&'static str>,
    pub(super) authority: String,
    pub(super) path: String,
}

prop_compose! {
    pub(super) fn asked()(
        method in select(vec!["GET", "PUT", "POST"]),
        host in select(vec!["h.x", "i.x", "i.h.x", "x", "y"]),
        spelling in 0..3,
        segments in vec(select(vec!["a", "b", "7", "c"]), 0..4),
        ending in select(vec!["", "", "?a=/b"]),
        tenants in prop_oneof![
            Just(vec![]), Just(vec!["a"]), Just(vec!["7"]), Just(vec!["1.5"]), Just(vec!["a", "a"]), Just(vec![""]),
        ],
    ) -> Asked {
        let written = segments.join("/");
        let (authority, path) = match spelling {
            0 => (host.to_owned(), format!("/{written}")),
            1 => (format!("{}:80", host.to_uppercase()), format!("/{}", written.replace('a', "%61"))),
            _ if segments.is_empty() => (format!("{host}."), "/".to_owned()),
            _ => (format!("{host}."), format!("/{written}/")),
        };
        Asked { method, host, segments, tenants, authority, path: path + ending }
    }
}
