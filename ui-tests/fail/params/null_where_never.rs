fn main() {
    let name: Option<&str> = None;
    let _ = hathi::command!("UPDATE crew SET name = {name} WHERE true");
}
