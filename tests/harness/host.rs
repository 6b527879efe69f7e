//! A host that is not Envoy: an interpreter that gives the module the proxy-wasm calls which a request needs, and
//! nothing more. It counts instructions, and answers whatever a test wants it to.
//!
//! It has no foreign functions, no metadata and no clusters: every other call is answered "not found".

mod calls;

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, anyhow};
use wasmi::{Config, Engine, ExternType, Func, Instance, Linker, Module, Store, Val, WasmParams};
use wasmi::{TypedFunc, WasmResults};

use crate::repository;

/// A VM with one configuration.
#[derive(Debug)]
pub struct Host {
    store: Store<State>,
    instance: Instance,
    next: u32,
}

/// What the module is told, and what it said.
#[derive(Debug, Default)]
pub struct State {
    configuration: Vec<u8>,
    /// The serialized header map of the request.
    pub headers: Vec<u8>,
    /// Nanoseconds since the epoch.
    pub now: u64,
    /// Statuses that calls are answered with, instead of being carried out.
    pub failing: BTreeMap<&'static str, i32>,
    /// What was logged.
    pub log: Vec<String>,
    reply: Option<LocalReply>,
}

/// A request's end in this filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It goes on.
    Continued,
    /// It was answered.
    Answered(LocalReply),
    /// It is held.
    Held,
}

/// What a client gets instead of the upstream's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalReply {
    /// HTTP status.
    pub status: u32,
    /// The body.
    pub body: String,
}

impl Host {
    /// Loads `target/claimgate.wasm` with this configuration, at this time. `prepare` says what is different from the
    /// start.
    ///
    /// # Errors
    /// Where the module is missing, traps or refuses the configuration: then with what it logged.
    pub fn load(configuration: &str, now: u64, prepare: impl FnOnce(&mut State)) -> Result<Self> {
        let module = fs::read(repository("target/claimgate.wasm"))
            .context("target/claimgate.wasm is missing: run `make wasm`")?;
        let mut config = Config::default();
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, &module)?;
        let mut state = State { configuration: configuration.into(), now, ..State::default() };
        prepare(&mut state);
        let mut store = Store::new(&engine, state);
        store.set_fuel(ENDLESS)?;
        let instance = link(&engine, &module, &mut store)?;
        let mut host = Self { store, instance, next: 2 };
        host.call::<_, ()>("_initialize", ())?;
        host.call::<_, ()>("proxy_on_context_create", (ROOT, 0))?;
        let length = u32::try_from(configuration.len())?;
        if host.call::<_, u32>("proxy_on_configure", (ROOT, length))? == 0 {
            return Err(anyhow!("the configuration was refused: {:#?}", host.store.data().log));
        }
        Ok(host)
    }

    /// Sends a request of these headers through the filter.
    ///
    /// # Errors
    /// Where the module traps.
    pub fn request<'h>(
        &mut self,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    ) -> Result<Outcome> {
        self.raw_request(serialized(headers))
    }

    /// Sends a request whose header map has this serialized form, be it one or not.
    ///
    /// # Errors
    /// Where the module traps.
    pub fn raw_request(&mut self, headers: Vec<u8>) -> Result<Outcome> {
        self.next += 1;
        let id = self.next;
        let state = self.store.data_mut();
        (state.headers, state.reply) = (headers, None);
        self.call::<_, ()>("proxy_on_context_create", (id, ROOT))?;
        let action = self.call::<_, u32>("proxy_on_request_headers", (id, 0, 1));
        // Whatever came of it, a host lets go of the request.
        let action = action.and_then(|action| {
            self.call::<_, ()>("proxy_on_delete", id)?;
            Ok(action)
        })?;
        Ok(match (self.store.data_mut().reply.take(), action) {
            (Some(reply), _) => Outcome::Answered(reply),
            (None, 0) => Outcome::Continued,
            (None, _) => Outcome::Held,
        })
    }

    /// What the module is told and said.
    pub fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    /// Instructions of WebAssembly since the last time, as the interpreter weighs them.
    pub fn take_instructions(&mut self) -> Result<u64> {
        let spent = ENDLESS - self.store.get_fuel()?;
        self.store.set_fuel(ENDLESS)?;
        Ok(spent)
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> Result<R> {
        let function: TypedFunc<P, R> = self.instance.get_typed_func(&self.store, name)?;
        function.call(&mut self.store, parameters).with_context(|| format!("{name} trapped"))
    }
}

/// Gives the module every function that it imports: those of [`calls`], and for all others one that says "not found",
/// or of WASI's "well done".
fn link(engine: &Engine, module: &Module, store: &mut Store<State>) -> Result<Instance> {
    let mut linker = Linker::<State>::new(engine);
    for import in module.imports() {
        let ExternType::Func(kind) = import.ty() else { continue };
        let answer = if import.module() == "env" { NOT_FOUND } else { 0 };
        let function = Func::new(&mut *store, kind.clone(), move |_, _, results| {
            for result in results {
                *result = Val::I32(answer);
            }
            Ok(())
        });
        linker.define(import.module(), import.name(), function)?;
    }
    linker.allow_shadowing(true);
    calls::define(&mut linker)?;
    Ok(linker.instantiate_and_start(store, module)?)
}

/// A header map as a host hands it over: the count, the lengths, then each name and value with a NUL behind it.
#[must_use]
pub fn serialized<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Vec<u8> {
    let (mut count, mut lengths, mut texts) = (0_u32, Vec::new(), Vec::new());
    for (name, value) in headers {
        count += 1;
        for text in [name, value] {
            lengths.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            texts.extend_from_slice(text.as_bytes());
            texts.push(0);
        }
    }
    [&count.to_le_bytes(), &lengths[..], &texts].concat()
}

const ROOT: u32 = 1;
const NOT_FOUND: i32 = 1;
const ENDLESS: u64 = u64::MAX / 2;
