fn main() {
    let _ = hathi::command!("DELETE FROM voyage", allow(no_were));
}
