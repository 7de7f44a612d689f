#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT id FROM voyage WHERE type NOT IN (SELECT nick FROM crew)");
}
