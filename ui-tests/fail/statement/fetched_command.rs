async fn rename(session: &mut hathi::Session, id: i32) -> Result<(), hathi::Error> {
    session.fetch_all(hathi::command!("DELETE FROM crew WHERE id = {id}")).await?;
    Ok(())
}

fn main() {
    let _ = rename;
}
