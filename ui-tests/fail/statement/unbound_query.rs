use hathi::{Optional, Query, Session, query, sql};

const BY: Query<(sql::Int4,), (String,), Optional> = query!("SELECT name FROM crew WHERE id = $id" as tuple);

async fn find(session: &mut Session) -> Result<(), hathi::Error> {
    session.fetch_all(BY).await?;
    Ok(())
}

fn main() {
    let _ = find;
}
