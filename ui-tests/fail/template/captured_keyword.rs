fn main() {
    let r#type = "trade";
    let _ = hathi::query!("SELECT id FROM voyage WHERE type = {type}");
}
