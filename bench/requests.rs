//! What a request costs: added processor time, side by side with what claimgate replaces.

use std::fs;
use std::process;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use serde_json::{Value, json};

use crate::contestant::Contestant::{
    self, Audited, Claimgate, Idle, Native, Nothing, Reader, Uncached,
};
use crate::sender::{CONNECTIONS, Sender, pin, processor_time};
use crate::traffic::Traffic;

/// One row of the table.
pub struct Row {
    pub contestant: Contestant,
    pub traffic: Traffic,
    tokens: Rc<Vec<String>>,
    /// Microseconds that a request cost Envoy, round by round.
    pub rounds: Vec<f64>,
}

/// Measures in so many series of interleaved rounds. Each series starts its Envoys anew: where
/// the memory of one comes to lie is luck, and worth some microseconds.
pub fn measure(series: usize, kinds: &[(Traffic, &[Contestant])]) -> Result<Vec<Row>> {
    println!("Signing tokens; Ctrl-C stops it.");
    pin(process::id(), 0)?;
    fs::create_dir_all(repository("target/bench"))?;
    let signers = Signer::all()?;
    let jwks = json!({ "keys": signers.iter().map(Signer::jwk).collect::<Vec<_>>() });
    let mut rows = rows(kinds, &signers)?;
    println!("{series} series of {ROUNDS} rounds of {} rows.", rows.len());
    for number in 1..=series {
        run(&mut rows, &jwks)?;
        println!("{number} of {series} series are done");
    }
    Ok(rows)
}

fn rows(kinds: &[(Traffic, &[Contestant])], signers: &[Signer]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for &(traffic, contestants) in kinds {
        let tokens = Rc::new(traffic.tokens(signers)?);
        rows.extend(contestants.iter().map(|&contestant| Row {
            contestant,
            traffic,
            tokens: Rc::clone(&tokens),
            rounds: Vec::new(),
        }));
    }
    Ok(rows)
}

/// One series: a round for V8 to compile and for caches to fill, then those that count.
fn run(rows: &mut [Row], jwks: &Value) -> Result<()> {
    let mut envoys = Envoys::default();
    let start = |row: &Row| envoys.connect(row, jwks);
    let mut senders = rows.iter().map(start).collect::<Result<Vec<_>>>()?;
    for (row, (_, sender)) in rows.iter().zip(&mut senders) {
        if row.traffic == Traffic::Subjects {
            sender.send(FILL * row.tokens.len())?;
        }
    }
    for round in 0..=ROUNDS {
        for (row, (envoy, sender)) in rows.iter_mut().zip(&mut senders) {
            let before = processor_time(envoy)?;
            let answered = sender.send_for(SLICE)?;
            let spent = processor_time(envoy)? - before;
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                row.rounds.push(spent / answered as f64);
            }
        }
    }
    Ok(())
}

/// An Envoy for each contestant, and another one where its cache is to hold nothing that comes again.
#[derive(Default)]
struct Envoys(Vec<(Contestant, bool, Rc<Envoy>)>);

impl Envoys {
    fn connect(&mut self, row: &Row, jwks: &Value) -> Result<(Rc<Envoy>, Sender)> {
        let key = (row.contestant, matches!(row.traffic, Traffic::New(_)));
        let known = self.0.iter().find(|(contestant, is_new, _)| (*contestant, *is_new) == key);
        let envoy = if let Some((.., envoy)) = known {
            Rc::clone(envoy)
        } else {
            let envoy = Rc::new(Envoy::start_quiet(&row.contestant.bootstrap(jwks)?, 1)?);
            pin(envoy.id(), 0)?;
            row.contestant.prepare(&envoy)?;
            self.0.push((key.0, key.1, Rc::clone(&envoy)));
            envoy
        };
        Ok((
            Rc::clone(&envoy),
            connect(&envoy, row.contestant, row.traffic, &row.tokens, CONNECTIONS)?,
        ))
    }
}

/// What sends such requests to this contestant, over so many connections.
pub fn connect(
    envoy: &Envoy,
    contestant: Contestant,
    traffic: Traffic,
    tokens: &[String],
    connections: usize,
) -> Result<Sender> {
    let (path, status) = (contestant.path(), contestant.status(traffic));
    if traffic == Traffic::Http2 {
        let fields = traffic.fields(tokens);
        return Sender::connect_http2(connections, envoy.addr(), &path, &fields, status);
    }
    Sender::connect(connections, envoy.addr(), traffic.requests(&path, tokens), status)
}

/// The rows by which the targets are measured.
pub const CORE: &[(Traffic, &[Contestant])] = &[
    (
        Traffic::Warm,
        &[
            Nothing,
            Idle,
            Reader,
            Native(1),
            Claimgate(1),
            Native(10),
            Claimgate(10),
            Native(100),
            Claimgate(100),
            Native(1_000),
            Claimgate(1_000),
            Native(10_000),
            Claimgate(10_000),
        ],
    ),
    (Traffic::New("RS256"), &[Nothing, Uncached, Claimgate(1)]),
];

/// All others.
pub const MORE: &[(Traffic, &[Contestant])] = &[
    (Traffic::New("ES256"), NEW),
    (Traffic::New("EdDSA"), NEW),
    (Traffic::New("HS256"), NEW),
    (Traffic::Subjects, PAIR),
    (Traffic::ManyHeaders, &[Nothing, Reader, Native(1), Claimgate(1)]),
    (Traffic::LargeToken, PAIR),
    (Traffic::Http2, PAIR),
    (Traffic::WrongRole, DENIED),
    (Traffic::NoToken, DENIED),
];

const PAIR: &[Contestant] = &[Nothing, Native(1), Claimgate(1)];
const DENIED: &[Contestant] = &[Nothing, Native(1), Claimgate(1), Audited];
const NEW: &[Contestant] = &[Nothing, Uncached, Claimgate(1)];

/// Long enough for some hundred requests, short enough that what a neighbour does for a second is done to all rows.
const SLICE: Duration = Duration::from_millis(50);

/// Requests for each subject at random, so that nearly all are known.
const FILL: usize = 3;

/// In one series.
const ROUNDS: usize = 36;
