//! The corpus, played again: what fuzzing found once stays mended.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use claimgate_fuzz::TARGETS;
use claimgate_fuzz::corpus::unpacked;

#[test]
fn every_input_of_the_corpus_is_answered_as_it_should_be() {
    for (name, check) in TARGETS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{name}.txt"));
        let inputs = unpacked(&fs::read_to_string(&file).unwrap()).unwrap();
        let (mut taken, mut refused) = (0, 0);
        for (index, input) in inputs.iter().enumerate() {
            match catch_unwind(|| check(input)) {
                Ok(true) => taken += 1,
                Ok(false) => refused += 1,
                Err(said) => panic!("corpus/{name}.txt, line {}: {said:?}", index + 1),
            }
        }
        assert!(taken >= 10 && refused >= 10, "{name}: {taken} taken, {refused} refused");
    }
}
