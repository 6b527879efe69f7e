//! The specimen, mutilated: what becomes of it, schema and reader see alike.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::agreement;
use super::specimen::specimen;

/// Something that is done to one value.
#[derive(Debug, Clone)]
enum Mutation {
    Replace(Value),
    /// In a list.
    Wrap,
    /// Of an object or a list.
    Remove(Index),
    /// In an object or a list.
    Add(Value),
    /// By what stands elsewhere.
    Transplant(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let values = prop_oneof![
        prop::sample::select(vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(-1),
            json!(60.0),
            json!(0.5),
            json!(404),
            json!(1e300),
            json!(61_441),
            json!(9_007_199_254_740_992_u64),
            json!(""),
            json!("a"),
            json!("*"),
            json!("/a"),
            json!("/a/"),
            json!("GET"),
            json!("a:b"),
            json!("a.B/c"),
            json!("{id}"),
            json!("a{id}"),
            json!("a\nb"),
            json!("é"),
            json!("public"),
            json!("shadow"),
            json!("cookie"),
            json!("https://idp/"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"": 1}),
            json!({"roles": ["admin"]}),
            json!({"header": "x-a"}),
            json!({"decode_only": true}),
        ]),
        "[ -~]{0,12}".prop_map(Value::from),
        any::<char>().prop_map(|c| Value::from(format!("a{c}"))),
        any::<i64>().prop_map(Value::from),
    ];
    prop_oneof![
        4 => values.clone().prop_map(Mutation::Replace),
        1 => Just(Mutation::Wrap),
        4 => any::<Index>().prop_map(Mutation::Remove),
        2 => values.prop_map(Mutation::Add),
        4 => any::<Index>().prop_map(Mutation::Transplant),
    ]
}

/// The places of all values, but for the secret's: of which keys can be used a schema knows nothing.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    let members = value.as_object().into_iter().flatten();
    for (key, member) in members.filter(|(key, _)| *key != "keys") {
        pointers(member, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), all);
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        pointers(element, &format!("{pointer}/{index}"), all);
    }
}

fn mutate(config: &mut Value, at: Index, mutation: Mutation) {
    let mut all = Vec::new();
    pointers(config, "", &mut all);
    let elsewhere = config.clone();
    let value = config.pointer_mut(&all[at.index(all.len())]).unwrap();
    match (mutation, value) {
        (Mutation::Replace(other), value) => *value = other,
        (Mutation::Wrap, value) => *value = json!([value.take()]),
        (Mutation::Remove(index), Value::Array(elements)) if !elements.is_empty() => {
            elements.remove(index.index(elements.len()));
        }
        (Mutation::Remove(index), Value::Object(members)) if !members.is_empty() => {
            let key = members.keys().nth(index.index(members.len())).unwrap().clone();
            members.remove(&key);
        }
        (Mutation::Add(other), Value::Array(elements)) => elements.push(other),
        (Mutation::Add(other), Value::Object(members)) => {
            members.insert("added".to_owned(), other);
        }
        (Mutation::Transplant(from), value) => {
            *value = elsewhere.pointer(&all[from.index(all.len())]).unwrap().clone();
        }
        (Mutation::Remove(_) | Mutation::Add(_), value) => *value = json!(null),
    }
}

/// What the random ones found.
#[test]
fn a_claim_of_two_lines_is_one() {
    let mut config = specimen();
    for claim in ["a\n", "a\nb", "\n", "$roles\n", "$", ""] {
        config["forward"]["headers"]["x-user-id"] = json!(claim);
        agreement(&config.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn schema_and_reader_agree(mutations in prop::collection::vec((any::<Index>(), mutation()), 1..3)) {
        let mut config = specimen();
        for (at, mutation) in mutations {
            mutate(&mut config, at, mutation);
        }
        agreement(&config.to_string());
    }
}
