//! Any bytes are read as a report, and every quote stands at its span.
#![no_main]

use std::sync::OnceLock;

use consilium_reading::Reader;
use libfuzzer_sys::fuzz_target;

static READER: OnceLock<Reader> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let reader = READER.get_or_init(|| Reader::new(&consilium_knowledge::load(None).knowledge));
    let text = String::from_utf8_lossy(bytes);
    for fact in reader.read(&text).facts {
        let quote: String = text.chars().skip(fact.start).take(fact.end - fact.start).collect();
        assert_eq!(quote, fact.quote);
    }
    let statements = reader.read_statements(&text);
    let timing = statements.timing.into_iter().map(|said| (said.start, said.end, said.quote));
    let plans = statements.plans.into_iter().map(|said| (said.start, said.end, said.quote));
    for (start, end, said) in timing.chain(plans) {
        let quote: String = text.chars().skip(start).take(end - start).collect();
        assert_eq!(quote, said);
    }
});
