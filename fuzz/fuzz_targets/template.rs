//! Templates: any text is a template or a list of mistakes whose places lie in it.
#![no_main]

use hathi_query_cache::Template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Template::parse(text) {
    Ok(template) => {
        let whole = template.to_source(0..template.sql().len());
        assert!(text.get(whole).is_some());
    }
    Err(mistakes) => {
        for mistake in mistakes {
            let _ = mistake.render(text, None);
        }
    }
});
