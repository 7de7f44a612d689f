fn main() {
    let _ = hathi::command!("DELETE FROM voyage", allow(missing_where));
}
