//! Policies inside of what configures others.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

const POLICY: &str = r#"{"rules": [{"path": "/a", "allow": "nobody"}]}"#;

fn wasm(configuration: &str) -> String {
    format!(
        "name: authz\ntyped_config:\n  \"@type\": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm\n  \
         config:\n    name: x\n    vm_config: {{ vm_id: v, code: {{ local: {{ filename: /x.wasm }} }} }}\n    \
         configuration: {configuration}"
    )
}

fn any(kind: &str, value: &str) -> String {
    format!(r#"{{ "@type": type.googleapis.com/google.protobuf.{kind}, value: {value} }}"#)
}

fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

/// The files in which a policy in one line of JSON is looked for, and where it is in them.
pub(crate) fn containers(policy: &str) -> Vec<(String, &'static str, Holder)> {
    let bytes = STANDARD.encode(policy);
    let filter = wasm(&any("Struct", policy));
    let plugin = format!(
        "kind: WasmPlugin\nmetadata: {{ name: x }}\nspec:\n  url: oci://x/claimgate:1\n  pluginConfig: {policy}"
    );
    let of_filter = "typed_config.config.configuration.value";
    let typed_struct = "name: authz\ntyped_config:\n  \"@type\": type.googleapis.com/xds.type.v3.TypedStruct\n  \
                        type_url: type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm\n  value:\n    config:\n      \
                        configuration: ";
    vec![
        (policy.to_owned(), "", Holder::Document),
        (filter.clone(), of_filter, Holder::Filter),
        (
            wasm(&any("StringValue", &format!("'{}'", policy.replace('\'', "''")))),
            of_filter,
            Holder::Filter,
        ),
        (wasm(&any("BytesValue", &bytes)), of_filter, Holder::Filter),
        (
            format!("resources:\n- {}", indented(&filter, "  ")),
            "resources[0].typed_config.config.configuration.value",
            Holder::Filter,
        ),
        (
            format!("{typed_struct}{}", any("Struct", policy)),
            "typed_config.value.config.configuration.value",
            Holder::Filter,
        ),
        (
            format!(
                "kind: EnvoyFilter\nspec:\n  configPatches:\n  - patch:\n      value:\n        {}",
                indented(&filter, "        ")
            ),
            "spec.configPatches[0].patch.value.typed_config.config.configuration.value",
            Holder::Filter,
        ),
        (plugin.clone(), "spec.pluginConfig", Holder::WasmPlugin),
        (
            format!("kind: Service\nspec: {{}}\n---\n{plugin}"),
            "spec.pluginConfig",
            Holder::WasmPlugin,
        ),
        (
            format!("kind: List\nitems:\n- {}", indented(&plugin, "  ")),
            "items[0].spec.pluginConfig",
            Holder::WasmPlugin,
        ),
        (
            format!(
                "kind: TrafficExtension\nspec:\n  wasm:\n    url: x\n    pluginConfig: {policy}"
            ),
            "spec.wasm.pluginConfig",
            Holder::TrafficExtension,
        ),
        (
            format!(
                "kind: EnvoyExtensionPolicy\nspec:\n  wasm:\n  - name: x\n    config: {policy}"
            ),
            "spec.wasm[0].config",
            Holder::ExtensionPolicy,
        ),
        (
            format!("kind: ConfigMap\ndata:\n  a.yaml: |\n    {policy}\n  b: text"),
            "data.a.yaml",
            Holder::Document,
        ),
        (
            format!("kind: ConfigMap\ndata:\n  envoy.yaml: |\n    {}", indented(&filter, "    ")),
            "data.envoy.yaml.typed_config.config.configuration.value",
            Holder::Filter,
        ),
    ]
}

#[test]
fn a_policy_is_found_in_every_container() {
    let expected: Value = serde_json::from_str(POLICY).unwrap();
    for (text, path, holder) in containers(POLICY) {
        let contents = Contents::find(&text).unwrap();
        let [found] = &contents.policies[..] else {
            panic!("{} found in {text}", contents.policies.len())
        };
        assert_eq!((&*found.path, found.holder), (path, holder), "{text}");
        let config = found.config.as_ref().unwrap_or_else(|error| panic!("{error:?} in {text}"));
        assert_eq!(config.value(), expected, "{text}");
        let span = Place::find(config, "rules[0].path").span(None);
        if !text.contains("BytesValue") {
            assert_eq!(shown(&text, &span), "\"/a\"", "{text}");
        }
    }
}

#[test]
fn numbers_are_as_they_are_handed_over() {
    let policy =
        r#"{"rules": [9007199254740992, 9007199254740993, -9007199254740993, 60, 60.0, 1.5]}"#;
    let exact: Value = serde_json::from_str(policy).unwrap();
    let double = 9_007_199_254_740_992.0;
    let rounded = json!({"rules": [9_007_199_254_740_992_u64, double, -double, 60, 60.0, 1.5]});
    for (text, _, holder) in containers(policy) {
        let contents = Contents::find(&text).unwrap();
        let found = &contents.policies[0];
        let as_text = text.contains("StringValue") || text.contains("BytesValue");
        let is_exact = matches!(holder, Holder::Document | Holder::ExtensionPolicy) || as_text;
        let value = found.value(found.config.as_ref().unwrap());
        assert_eq!(value, *if is_exact { &exact } else { &rounded }, "{text}");
    }
}

#[test]
fn what_is_around_is_seen() {
    let text = format!(
        "- name: envoy.filters.http.jwt_authn\n  typed_config: {{ \"@type\": a/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication }}\n\
         - {}\n- {}",
        indented(&wasm(&any("Struct", POLICY)), "  "),
        indented(&wasm(&any("StringValue", "other")), "  "),
    );
    let contents = Contents::find(&text).unwrap();
    assert_eq!((contents.policies.len(), contents.jwt_authn.len()), (1, 1));
    let vm_ids: Vec<_> =
        contents.vm_ids.iter().map(|(id, span)| (&**id, shown(&text, span))).collect();
    assert_eq!(vm_ids, [("v", "v".to_owned()), ("v", "v".to_owned())]);
    let settings = contents.policies[0].settings.as_ref().unwrap();
    assert!(settings.get("vm_config").is_some() && settings.get("configuration").is_none());
    for text in [
        "kind: RequestAuthentication\nspec: { jwtRules: [] }",
        "kind: SecurityPolicy\nspec: { jwt: {} }",
    ] {
        assert_eq!(Contents::find(text).unwrap().jwt_authn.len(), 1, "{text}");
    }
}

#[test]
fn a_configuration_that_cannot_be_handed_over_is_told() {
    for (configuration, message, at) in [
        (any("Struct", "5"), "`value` is not a google.protobuf.Struct", "5"),
        (
            any("Empty", "5"),
            "expected google.protobuf.Struct, StringValue or BytesValue",
            "type.googleapis.com/google.protobuf.Empty",
        ),
        (
            "{ value: {} }".to_owned(),
            "`configuration` has no `@type`; expected google.protobuf.Struct",
            "{ value: {} }",
        ),
        (
            r#"{ "@type": google.protobuf.Struct }"#.to_owned(),
            "`configuration` has no `value`",
            r#"{ "@type": google.protobuf.Struct }"#,
        ),
        (any("BytesValue", "'*'"), "`value` is not base64", "'*'"),
        (
            any("StringValue", "'{\"rules\": x}'"),
            "the configuration is not JSON: expected value",
            "",
        ),
        (
            any("StringValue", "'{\"rules\": 1, \"rules\": 2}'"),
            "duplicate mapping key `rules` is not allowed here",
            "\"rules\"",
        ),
    ] {
        let text = wasm(&configuration).replace("name: x", "name: claimgate");
        let contents = Contents::find(&text).unwrap();
        let Syntax { message: found, span } = contents.policies[0].config.clone().unwrap_err();
        assert_eq!((&*found, shown(&text, &span)), (message, at.to_owned()), "{text}");
    }
}

#[test]
fn a_plugin_without_a_configuration_is_told() {
    for (text, message) in [
        (wasm("").replace("    configuration: ", "").replace("name: x", "name: claimgate"), "claimgate has no `configuration` here"),
        ("kind: WasmPlugin\nmetadata: { name: claimgate }\nspec: { url: x }".to_owned(), "claimgate has no `pluginConfig` here"),
        ("kind: WasmPlugin\nmetadata: { name: claimgate }\nspec: { pluginConfig: '{}' }".to_owned(), "`pluginConfig` is not an object"),
        ("kind: EnvoyExtensionPolicy\nmetadata: { name: claimgate }\nspec: { wasm: [{ name: x }] }".to_owned(), "claimgate has no `config` here"),
    ] {
        let contents = Contents::find(&text).unwrap();
        assert_eq!(contents.policies[0].config.as_ref().unwrap_err().message, message, "{text}");
    }
}

#[test]
fn where_there_is_no_policy_it_is_said_what_there_is() {
    let other = wasm(&any("StringValue", "other"));
    for (text, found) in [
        ("# only a comment", "the file is empty"),
        ("kind: Service\n---\n- 1", "found kind \"Service\"; a list"),
        (
            "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}",
            "found an object with \"a\", \"b\", \"c\", \"d\", \"e\", …",
        ),
        ("hello", "found a single value"),
        (
            &other,
            "found Wasm filters that are not claimgate's, by their names and configuration: \"authz\"",
        ),
    ] {
        let contents = Contents::find(text).unwrap();
        assert!(contents.policies.is_empty());
        let said = contents.nothing();
        assert_eq!(said.split_once("such an object; ").unwrap().1, found);
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (text, message, line, column) in [
        ("a: 1\na: 2\n", "duplicate mapping key `a` is not allowed here", 2, 1),
        ("é: [1\nb: 2", "illegal placement of ':' indicator", 2, 2),
        ("a: *nope", "reference to unknown value", 1, 4),
        ("5: 1\n\"5\": 2", "the key \"5\" stands twice", 1, 1),
        ("a: .inf", "value `.inf` is not a finite number", 1, 4),
    ] {
        let Syntax { message: found, span } = Contents::find(text).unwrap_err();
        let position = Position::of(span.start, text);
        assert_eq!((&*found, position), (message, Position { line, column }), "{text}");
    }
}

#[test]
fn aliases_cannot_multiply_without_bounds() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(",");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    assert!(Contents::find(&bomb).is_err());
    let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Contents::find(&deep).is_err());
}
