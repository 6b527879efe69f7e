//! A host that is not Envoy: an interpreter that gives the module the proxy-wasm calls which a request needs, and
//! nothing more. It counts instructions, and answers whatever a test wants it to.
//!
//! It has no foreign functions, and metadata and answers of clusters are what a test says: every other call is answered
//! "not found".

mod calls;

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Mutex, PoisonError};

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
    /// The serialized property `metadata`; empty where there is none.
    pub metadata: Vec<u8>,
    /// What an HTTP call was answered with last: its serialized header map, and its body.
    pub fetched: (Vec<u8>, Vec<u8>),
    /// HTTP calls so far; the count is the last one's token.
    pub fetches: u32,
    /// Statuses that calls are answered with, instead of being carried out.
    pub failing: BTreeMap<&'static str, i32>,
    /// What calls that hand something over say of it, which is not so.
    pub lies: BTreeMap<&'static str, Lie>,
    /// The least level of a line that is shown; 2 is info.
    pub level: u32,
    /// What was logged.
    pub log: Vec<String>,
    reply: Option<LocalReply>,
    resumed: bool,
}

/// A wrong word on where something is that was handed over.
#[derive(Debug, Clone, Copy)]
pub enum Lie {
    /// Nowhere, though it has a size.
    Null,
    /// There, but so large.
    Size(u32),
    /// At this place.
    Place(u32),
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
        let (engine, module) = compiled()?;
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
        let outcome = self.open(headers)?;
        // Whatever came of it, a host lets go of the request.
        self.call::<_, ()>("proxy_on_delete", self.next)?;
        Ok(outcome)
    }

    /// The same, but the host does not let go of it.
    ///
    /// # Errors
    /// Where the module traps.
    pub fn open(&mut self, headers: Vec<u8>) -> Result<Outcome> {
        self.next += 1;
        let id = self.next;
        let state = self.store.data_mut();
        (state.headers, state.resumed) = (headers, false);
        self.call::<_, ()>("proxy_on_context_create", (id, ROOT))?;
        let action = self.call::<_, u32>("proxy_on_request_headers", (id, 0, 1))?;
        self.store.data_mut().resumed |= action == 0;
        Ok(self.outcome())
    }

    /// What has become of the last request by now.
    pub fn outcome(&mut self) -> Outcome {
        let state = self.store.data_mut();
        match state.reply.take() {
            Some(reply) => Outcome::Answered(reply),
            None if state.resumed => Outcome::Continued,
            None => Outcome::Held,
        }
    }

    /// Lets the module do what it does now and then.
    ///
    /// # Errors
    /// Where the module traps.
    pub fn tick(&mut self) -> Result<()> {
        self.call("proxy_on_tick", ROOT)
    }

    /// Answers the HTTP call of this token; with no header at all, it is one that nobody answered.
    ///
    /// # Errors
    /// Where the module traps.
    pub fn fetched(&mut self, token: u32, headers: &[(&str, &str)], body: &str) -> Result<()> {
        let count = u32::try_from(headers.len())?;
        let size = u32::try_from(body.len())?;
        self.store.data_mut().fetched = (serialized(headers.iter().copied()), body.into());
        self.call("proxy_on_http_call_response", (ROOT, token, count, size, 0))
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

/// The module, which takes a while to compile, and tests load it often.
fn compiled() -> Result<(Engine, Module)> {
    static COMPILED: Mutex<Option<(Engine, Module)>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(compiled) = &*compiled {
        return Ok(compiled.clone());
    }
    let module = fs::read(repository("target/claimgate.wasm"))
        .context("target/claimgate.wasm is missing: run `make wasm`")?;
    let mut config = Config::default();
    config.consume_fuel(true);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, &module)?;
    Ok(compiled.insert((engine, module)).clone())
}

/// Gives the module every function that it imports: those of [`calls`], and for all others one that says "not found",
/// or of WASI's "well done".
fn link(engine: &Engine, module: &Module, store: &mut Store<State>) -> Result<Instance> {
    let mut linker = Linker::<State>::new(engine);
    for import in module.imports() {
        let ExternType::Func(kind) = import.ty() else { continue };
        let answer = if import.module() == "env" { NOT_FOUND } else { 0 };
        let name = import.name().to_owned();
        let function = Func::new(&mut *store, kind.clone(), move |caller, _, results| {
            let answer = caller.data().failing.get(name.as_str()).copied().unwrap_or(answer);
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
