//! Every name, with a file that has it and what is pointed at.

use std::collections::BTreeSet;

use super::*;
use crate::check::names::LINTS;

/// A policy whose issuer has these members, and with these more.
fn with(issuer: &str, more: &str) -> String {
    format!("issuers:\n  - {{ name: m, {issuer} }}\n{more}")
}

const VERIFIED: &str = "signature: { jwt_authn: { metadata: p } }";
const JWT_AUTHN: &str =
    "- \"@type\": a/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication\n";
const NOBODY: &str = "rules: [{ path: /a, allow: nobody }]";

fn filter(config: &str, policy: &str) -> String {
    format!(
        "- name: x\n  typed_config:\n    \"@type\": a/envoy.extensions.filters.http.wasm.v3.Wasm\n    config:\n      \
         name: c\n{config}      configuration:\n        \"@type\": a/google.protobuf.Struct\n        value: {policy}\n"
    )
}

const PLUGIN: &str = "{ rules: [{ path: /a, allow: nobody }] }";

/// `(name, file, what is pointed at)`, of what keeps claimgate from being asked.
fn open_gates() -> Vec<(&'static str, String, &'static str)> {
    let nobody = PLUGIN;
    let reload = "      failure_policy: FAIL_RELOAD\n";
    let plugin = |kind: &str, settings: &str| {
        format!("kind: {kind}\nspec: {{ {settings}, pluginConfig: {nobody} }}")
    };
    vec![
        ("fail-open", filter("      failure_policy: FAIL_OPEN\n", nobody), "FAIL_OPEN"),
        ("fail-open", filter(&format!("{reload}      fail_open: true\n"), nobody), "true"),
        ("fail-open", filter("      failOpen: true\n", nobody), "true"),
        ("fail-open", plugin("WasmPlugin", "failStrategy: FAIL_OPEN"), "FAIL_OPEN"),
        // As Envoy reads them, too.
        ("fail-open", filter("      failure_policy: 3\n", nobody), "3"),
        ("fail-open", filter("      failure_policy: '3'\n", nobody), "'3'"),
        ("fail-open", filter("      failurePolicy: fail_open\n", nobody), "fail_open"),
        ("fail-open", filter("      fail_open: yes\n", nobody), "yes"),
        ("fail-open", filter("      fail_open: 'true'\n", nobody), "'true'"),
        ("fail-open", filter("      fail_open: On\n", nobody), "On"),
        ("fail-open", filter("      fail_open: !!str true\n", nobody), "true"),
        (
            "fail-open",
            format!(
                "kind: EnvoyExtensionPolicy\nspec: {{ wasm: [{{ failOpen: yes, config: {nobody} }}] }}"
            ),
            "yes",
        ),
        ("switched-off", format!("{}  disabled: true\n", filter(reload, nobody)), "true"),
        ("switched-off", format!("{}  disabled: yes\n", filter(reload, nobody)), "yes"),
        (
            "switched-off",
            format!(
                "filters:\n{}routes:\n- typed_per_filter_config: {{ x: {{ \"@type\": a/envoy.config.route.v3.FilterConfig, \
                 disabled: true }}, y: {{ \"@type\": a/envoy.config.route.v3.FilterConfig, disabled: true }} }}\n",
                filter(reload, nobody)
            ),
            "true",
        ),
        (
            "fail-open",
            format!(
                "kind: TrafficExtension\nspec: {{ wasm: {{ failStrategy: FAIL_OPEN, pluginConfig: {nobody} }} }}"
            ),
            "FAIL_OPEN",
        ),
    ]
}

/// The same of everything else.
fn triggers() -> Vec<(&'static str, String, &'static str)> {
    let nobody = PLUGIN;
    let jwks = "issuer: i, signature: { jwks: { keys: [{ kty: oct, k: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 }, { kty: what }] } }";
    let remote = "{ issuers: [{ name: m, issuer: i, signature: { remote_jwks: { cluster: c, uri: 'https://i/k' } } }], rules: [{ path: /a, allow: nobody }] }";
    let reload = "      failure_policy: FAIL_RELOAD\n";
    let verified = "{ issuers: [{ name: m, issuer: i, signature: { jwt_authn: { metadata: p } } }], rules: [{ path: /a, allow: nobody }] }";
    let capabilities = |names: &str| {
        format!(
            "{reload}      vm_config: {{ capability_restriction_config: {{ allowed_capabilities: {{ {names} }} }} }}\n"
        )
    };
    let plugin = |kind: &str, settings: &str| {
        format!("kind: {kind}\nspec: {{ {settings}, pluginConfig: {nobody} }}")
    };
    let vm = format!("{reload}      vm_config: {{ vm_id: shared }}\n");
    vec![
        (
            "fail-open",
            format!("kind: EnvoyExtensionPolicy\nspec: {{ wasm: [{{ failOpen: true, config: {nobody} }}] }}"),
            "true",
        ),
        ("never-asked", filter(&capabilities("proxy_log: {}"), nobody), "allowed_capabilities"),
        (
            "never-asked",
            filter(
                &format!("{reload}      capabilityRestrictionConfig: {{ allowedCapabilities: {{ a: {{}} }} }}\n"),
                nobody,
            ),
            "allowedCapabilities",
        ),
        (
            "missing-capability",
            filter(&capabilities("proxy_on_request_headers: {}"), remote),
            "allowed_capabilities",
        ),
        ("no-reload", filter("", nobody), ""),
        ("no-reload", filter("      failurePolicy: FAIL_CLOSED\n", nobody), "FAIL_CLOSED"),
        ("no-reload", plugin("WasmPlugin", "failStrategy: FAIL_CLOSE"), "FAIL_CLOSE"),
        ("no-reload", plugin("WasmPlugin", "url: x"), ""),
        (
            "shared-vm",
            filter(&vm, nobody) + &filter(&vm, "{}").replace("Struct", "StringValue"),
            "shared",
        ),
        ("any-issuer", with("signature: { remote_jwks: { cluster: c, uri: 'https://i/k' } }", NOBODY), "{ name: m, signature: { remote_jwks: { cluster: c, uri: 'https://i/k' } } }"),
        ("decode-only", with("signature: { decode_only: true }", NOBODY), "signature"),
        (
            "hidden-unlike",
            "rules: [{ path: /a, allow: nobody, status: 404 }, { path: /b, allow: nobody, status: 404, message: x }]".to_owned(),
            "404",
        ),
        (
            "keys-over-http",
            with("issuer: i, signature: { remote_jwks: { cluster: c, uri: 'http://i/k' } }", NOBODY),
            "'http://i/k'",
        ),
        (
            "misspelt-permission",
            with(VERIFIED, "roles: { a: { permissions: ['*', 'o:read'] } }\nrules: [{ path: /a, allow: { permissions: ['o:raed'] } }, { path: /b, allow: { permissions: ['o:read'] } }]"),
            "'o:raed'",
        ),
        (
            "negated-request",
            with(VERIFIED, "rules: [{ path: '/a/{id}', allow: { not: { claims: { sub: '{id}' } } } }]"),
            "allow",
        ),
        ("no-expiry", with(VERIFIED, &format!("token: {{ required_claims: [sub] }}\n{NOBODY}")), "required_claims"),
        (
            "public-in-protected",
            "rules: [{ path: /admin/**, allow: nobody }, { paths: [/b, /admin/help], allow: public }]".to_owned(),
            "paths",
        ),
        (
            "public-by-semicolon",
            "paths: { semicolon: allow }\nrules: [{ path: /admin, allow: nobody }, { path: /**, allow: public }]".to_owned(),
            "/**",
        ),
        ("shadow", "rules: [{ path: /a, allow: nobody, mode: shadow }]".to_owned(), "shadow"),
        ("shadow", format!("mode: shadow\n{NOBODY}"), "shadow"),
        ("undefined-anonymous", with(VERIFIED, "rules: [{ path: /a, allow: { roles: [anonymous] } }]"), "anonymous"),
        (
            "unreachable-rule",
            "rules: [{ path: /a/**, allow: nobody }, { path: /a, allow: nobody }, { path: '/a/*/**', allow: nobody }]".to_owned(),
            "/a/**",
        ),
        ("unused-key", with(jwks, NOBODY), "{ kty: what }"),
        (
            "unused-permission",
            with(VERIFIED, "roles: { a: { permissions: ['o:read'] } }\nrules: [{ path: /a, allow: { roles: [a] } }]"),
            "'o:read'",
        ),
        (
            "unused-role",
            with(VERIFIED, "roles: { a: {}, b: { inherits: [a] }, c: {} }\nrules: [{ path: /a, allow: { roles: [a] } }]"),
            "c",
        ),
        ("unwritten-metadata", format!("{JWT_AUTHN}{}", filter(reload, verified)), "p"),
        (
            "unwritten-metadata",
            format!("{JWT_AUTHN}  providers: {{ m: {{ payloadInMetadata: q }} }}\n{}", filter(reload, verified)),
            "p",
        ),
        (
            "yaml-boolean",
            filter(reload, "{ rules: [{ name: on, path: /a, allow: nobody }] }"),
            "on",
        ),
        ("yaml-number", filter(reload, &level("2.5")), "2.5"),
        ("yaml-number", filter(reload, &level("1e2")), "1e2"),
        ("yaml-number", filter(reload, &level("010")), "010"),
        ("yaml-number", filter(reload, &level("1_000")), "1_000"),
        ("yaml-number", filter(reload, &level("4294967296")), "4294967296"),
        ("yaml-number", filter(reload, &level("!!str 5")), "5"),
        (
            "yaml-number",
            format!("kind: WasmPlugin\nspec: {{ failStrategy: FAIL_RELOAD, pluginConfig: {} }}", level("010")),
            "010",
        ),
    ]
}

/// A policy with this value for a claim.
fn level(value: &str) -> String {
    format!(
        "{{ issuers: [{{ name: m, {VERIFIED} }}], rules: [{{ path: /a, allow: {{ claims: {{ level: {value} }} }} }}] }}"
    )
}

#[test]
fn every_name_is_found_where_it_is_meant() {
    let mut seen = BTreeSet::new();
    for (name, text, pointed) in open_gates().into_iter().chain(triggers()) {
        let checked = check(&text);
        let found: Vec<_> =
            checked.findings.iter().map(|one| (one.name, checked.pointed(one))).collect();
        assert_eq!(found, [(Some(name), pointed)], "{}\nof\n{text}", checked.printed());
        let error = LINTS.iter().find(|lint| lint.name == name).unwrap().error;
        assert_eq!(checked.findings[0].severity == Severity::Error, error, "{name}");
        seen.insert(name);
    }
    assert_eq!(seen, LINTS.iter().map(|lint| lint.name).collect());
}

#[test]
fn nothing_is_found_where_nothing_is_meant() {
    let nobody = "{ rules: [{ path: /a, allow: nobody }] }";
    let reload = "      failure_policy: FAIL_RELOAD\n";
    let verified = "{ issuers: [{ name: m, issuer: i, signature: { jwt_authn: { metadata: p } } }], rules: [{ path: /a, allow: nobody }] }";
    let decodes = "{ issuers: [{ name: m, signature: { decode_only: true } }], rules: [{ path: /a, allow: authenticated }] }";
    for text in [
        filter(reload, nobody),
        filter(&format!("{reload}      fail_open: false\n"), nobody),
        // Restricts nothing.
        filter(&format!("{reload}      capability_restriction_config: {{}}\n"), nobody),
        filter(
            &format!(
                "{reload}      capability_restriction_config: {{ allowed_capabilities: {{}} }}\n"
            ),
            nobody,
        ),
        // Another one's own machine.
        filter(&format!("{reload}      vm_config: {{ vm_id: a }}\n"), nobody)
            + &filter(&format!("{reload}      vm_config: {{ vm_id: b }}\n"), nobody),
        // Verified ahead.
        format!("{JWT_AUTHN}{}", filter(reload, decodes)),
        // Where jwt_authn leaves the claims; where it is in another file.
        format!(
            "{JWT_AUTHN}  providers: {{ m: {{ payload_in_metadata: p }} }}\n{}",
            filter(reload, verified)
        ),
        filter(reload, verified),
        format!(
            "kind: RequestAuthentication\nspec: {{ jwtRules: [] }}\n---\n{}",
            filter(reload, verified)
        ),
        format!(
            "kind: EnvoyExtensionPolicy\nspec: {{ wasm: [{{ failOpen: false, config: {nobody} }}] }}"
        ),
        // Quoted, or read by nobody but claimgate.
        filter(reload, "{ rules: [{ name: 'on', path: /a, allow: nobody }] }"),
        "rules: [{ name: on, path: /a, allow: nobody }]".to_owned(),
        filter(reload, &level("0x10")),
        filter(reload, &level("-5")),
        filter(reload, &level("'010'")),
        filter(reload, &level("2026-01-01")),
        filter("      failure_policy: 1\n", nobody),
        format!("{}  disabled: false\n", filter(reload, nobody)),
        filter(reload, &format!("'{}'", r#"{ "rules": [{ "path": "/a", "allow": "nobody" }] }"#))
            .replace("Struct", "StringValue"),
        format!(
            "kind: WasmPlugin\nspec: {{ failStrategy: FAIL_RELOAD, pluginConfig: {} }}",
            level("2.5")
        ),
        level("010"),
        json!([{
            "name": "x",
            "typed_config": {
                "@type": "a/envoy.extensions.filters.http.wasm.v3.Wasm",
                "config": {
                    "failure_policy": "FAIL_RELOAD",
                    "configuration": {
                        "@type": "a/google.protobuf.Struct",
                        "value": {
                            "issuers": [{
                                "name": "m", "issuer": "i", "signature": {"jwt_authn": {"metadata": "p"}},
                            }],
                            "rules": [{"path": "/a", "allow": {"claims": {"level": 2.5}}}],
                        },
                    },
                },
            },
        }])
        .to_string(),
        // Everybody's default is no tree of anybody's.
        with(
            VERIFIED,
            "rules: [{ path: /**, allow: authenticated }, { path: /healthz, allow: public }]",
        ),
        // Inherited, or enough for what is asked for.
        with(
            VERIFIED,
            "roles: { a: { permissions: ['o:read'] }, b: { inherits: [a], permissions: ['o:*'] }, c: { permissions: ['*'] } }\n\
             rules: [{ path: /a, allow: { permissions: ['o:read'] } }]",
        ),
    ] {
        assert_eq!(check(&text).printed(), "", "{text}");
    }
}

#[test]
fn a_warning_names_what_it_is_about() {
    for (text, printed) in [
        (
            "rules: [{ name: area, path: /admin/**, allow: nobody }, { name: help, path: /admin/help, allow: public }]",
            "rules[1].path: rule `help` makes public what rule `area` (`/admin/**`) protects",
        ),
        (
            "rules: [{ path: /admin/**, allow: nobody }, { path: /admin/help, allow: public }]",
            "rules[1].path: rule `/admin/help` makes public what rule `/admin/**` protects",
        ),
        (
            "issuers: [{ name: m, signature: { decode_only: true } }]\nrules: [{ path: /a, allow: authenticated }]",
            "issuers[0].signature: issuer `m` is `decode_only`: signatures are not checked here, so anybody can write a token unless a filter in front refuses what it cannot verify; nothing in this file does",
        ),
        (
            &format!(
                "{JWT_AUTHN}{}",
                filter(
                    "      failure_policy: FAIL_RELOAD\n",
                    "{ issuers: [{ name: m, issuer: i, signature: { jwt_authn: { metadata: p } } }], rules: [{ path: /a, allow: nobody }] }"
                )
            ),
            "issuers[0].signature.jwt_authn.metadata: no jwt_authn in this file has `payload_in_metadata: p`, so that every token is answered 401; no provider has a `payload_in_metadata`",
        ),
        (
            "paths: { semicolon: allow }\nrules: [{ name: a, path: /admin/x, allow: nobody }, { name: site, path: /**, allow: public }]",
            "rules[1].path: with `semicolon: allow`, the public rule `site` governs `/admin;x/x`, which Java servers take for a path of rule `a`",
        ),
    ] {
        let checked = check(text);
        assert_eq!(checked.findings[0].title(), printed);
    }
    let text =
        filter("      failure_policy: FAIL_OPEN\n", "{ rules: [{ path: /a, allow: nobody }] }");
    assert_eq!(
        check(&text).findings[0].title(),
        "[0].typed_config.config.failure_policy: with `failure_policy: FAIL_OPEN`, every request passes unchecked once \
         claimgate has crashed or does not load"
    );
}
