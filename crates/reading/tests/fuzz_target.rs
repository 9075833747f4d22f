//! The fuzz target, built with the stable compiler and run over its seeds and what is made of them by cutting and turning
//! bits, so that it does not rot between two runs of `make fuzz`.

// The target asks for the fuzzer's crate; here that is this file.
extern crate self as libfuzzer_sys;

/// Stands in for the fuzzer's macro: the target as a function. In a module, so that the targets find it by its path.
mod fuzzer {
    /// See above.
    #[macro_export]
    macro_rules! fuzz_target {
        (|$bytes:ident: &[u8]| $body:block) => {
            pub(crate) fn run($bytes: &[u8]) $body
        };
    }
}

#[expect(unused_attributes, reason = "a target is a program of its own")]
#[path = "../fuzz/fuzz_targets/report.rs"]
mod report;

#[test]
fn the_target_bears_its_seeds_and_what_is_made_of_them() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let targets = std::fs::read_dir(folder.join("fuzz_targets")).unwrap();
    assert_eq!(targets.count(), 1, "run each target here");
    let mut seeds: Vec<_> =
        std::fs::read_dir(folder.join("seeds/report")).unwrap().map(|f| f.unwrap().path()).collect();
    seeds.sort();
    assert!(seeds.len() >= 2);
    for seed in seeds.iter().map(|seed| std::fs::read(seed).unwrap()) {
        report::run(&seed);
        (0..seed.len()).step_by(7).for_each(|end| report::run(&seed[..end]));
        for at in (0..seed.len()).step_by(5) {
            let mut turned = seed.clone();
            turned[at] ^= 1 << (at % 8);
            report::run(&turned);
        }
    }
}
