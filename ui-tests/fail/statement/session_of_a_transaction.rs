use hathi::Session;

async fn count(session: &mut Session) -> Result<(), hathi::Error> {
    let mut tx = session.begin();
    tx.simple("DELETE FROM crew").await?;
    session.simple("SELECT 1").await?;
    tx.commit().await
}

fn main() {
    let _ = count;
}
