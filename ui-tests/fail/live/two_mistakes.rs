fn main() {
    let _ = hathi::query!("SELECT id FROM crew WHERE nmae = 'Ada'");
    let _ = hathi::command!("UPDATE crew SET pay = nick");
}
