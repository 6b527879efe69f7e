//! The names of rules as parts of metric names.

use std::collections::BTreeSet;

/// A tag for each name, in order: of letters, digits, `_` and `-`, each another one. Where two would be the same, the
/// second has its index behind it.
pub(super) fn tags<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .enumerate()
        .map(|(index, name)| {
            let mut tag = plain(name);
            while !taken.insert(tag.clone()) {
                tag = format!("{tag}_{index}");
            }
            tag
        })
        .collect()
}

/// The name, one `_` for all that is between two parts of it which may stay.
fn plain(name: &str) -> String {
    let stays = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let parts: Vec<&str> =
        name.split(|character| !stays(character)).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "rule".to_owned() } else { parts.join("_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_plain_and_nobody_elses() {
        let names = [
            "delete-user-data",
            "GET /user-data/{id}",
            "GET /user-data/*",
            "GET /user data",
            "GET,HEAD api.example.com /a,/b",
            "a_7",
            "a",
            "/a",
            "/a/",
            "/**",
            "*",
            "b\u{fc}cher.x",
            "A",
        ];
        let expected = [
            "delete-user-data",
            "GET_user-data_id",
            "GET_user-data",
            "GET_user_data",
            "GET_HEAD_api_example_com_a_b",
            "a_7",
            "a",
            "a_7_7",
            "a_8",
            "rule",
            "rule_10",
            "b_cher_x",
            "A",
        ];
        let found = tags(names.into_iter());
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_names(names in proptest::collection::vec("[a/_2 .]{0,3}|.{0,4}", 0..20)) {
            let found = tags(names.iter().map(String::as_str));
            proptest::prop_assert_eq!(found.len(), names.len());
            proptest::prop_assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), names.len());
            for tag in found {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
                proptest::prop_assert!(!tag.is_empty() && tag.bytes().all(plain), "{}", tag);
            }
        }
    }
}
