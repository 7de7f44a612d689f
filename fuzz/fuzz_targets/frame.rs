//! Framing: bytes cut in two at any place give the same messages as the whole.
#![no_main]

use hathi_wire::Input;
use libfuzzer_sys::fuzz_target;

fn frames(parts: &[&[u8]]) -> Vec<(u8, Vec<u8>)> {
    let mut input = Input::with_limit(1 << 20);
    let mut seen = Vec::new();
    for part in parts {
        input.extend(part);
        loop {
            match input.next_frame() {
                Ok(Some(frame)) => seen.push((frame.tag, input.body(frame).to_vec())),
                Ok(None) => break,
                Err(_) => return seen,
            }
        }
    }
    seen
}

fuzz_target!(|data: (usize, &[u8])| {
    let (cut, bytes) = data;
    let (head, tail) = bytes.split_at(cut % (bytes.len() + 1));
    assert_eq!(frames(&[bytes]), frames(&[head, tail]));
});
