//! The schema says what the reader does: on every configuration that the tests of this crate read, and on one with
//! every object, however it is mutilated.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::Gate;

mod mutations;
mod specimen;

static SCHEMA: LazyLock<Value> = LazyLock::new(super::schema);

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

/// What the gate takes, the schema takes. What the gate refuses, the schema refuses, unless it cannot know better.
pub(crate) fn agreement(configuration: &str) {
    // A member that comes twice is no more than one to other readers.
    let Ok(value) = authn::json::parse(configuration.as_bytes()) else { return };
    let taken = VALIDATOR.validate(&value).map_err(|error| error.to_string());
    let refused = Gate::from_configuration(configuration.as_bytes()).err();
    let problems = refused.as_ref().map_or(&[][..], |refused| refused.problems());
    match taken {
        Err(error) => assert!(!problems.is_empty(), "the schema alone refuses {value}: {error}"),
        Ok(()) => {
            for problem in problems {
                let known = BEYOND.iter().any(|beyond| problem.message.contains(beyond));
                assert!(known, "the schema takes {value}: {problem}");
            }
        }
    }
}

/// What is said of problems that a schema cannot see.
const BEYOND: &[&str] = &[
    // Between the rows of a list.
    "is the name of ",
    "is the issuer of ",
    "reads the same place as",
    "ties with rules[",
    "names the same host, method and path twice",
    "combinations of host, method and path",
    "finding the rule for one request could take",
    "header more than the 16 that rules may name",
    // Between parts of the configuration.
    "is the client's: ",
    "needs a principal, but there are no `issuers`",
    "unknown role ",
    "unknown permission ",
    "permissions are those of `roles`",
    "has no variable `{",
    "roles inherit each other",
    "does not go with `mode: shadow` of the whole",
    "is less than `refresh_seconds`",
    // Sums.
    "expected scopes of at most 1024 bytes together",
    "roles, more than 10000",
    "is nested more than 16 deep",
    // Keys, and what they are good for.
    "keys can be used",
    "none of the keys in `signature.jwks`",
    "`k` ",
    "`x` and `y` ",
    // Grammars that depend on other keys, or that are no regular language.
    "is not a claim path",
    "a claim path is one or more names",
    "has `**` before the end",
    "has `*` beside other characters",
    "has a variable ",
    "has two variables named ",
    "has an unclosed `{`",
    "has `{` or `}` inside a segment",
    "ends with `/`",
    "has ';', which no request's path can have",
    "dot segment",
    "has more than 64 segments",
];

#[test]
fn the_schema_is_one() {
    jsonschema::meta::validate(&SCHEMA).unwrap();
}
