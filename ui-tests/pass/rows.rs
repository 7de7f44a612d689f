//! What a row can become, and which Rust types its columns have.

use hathi::query;

#[derive(Debug)]
struct Page<T> {
    id: T,
    name: String,
}

#[derive(Debug)]
struct Generous {
    // A column that is never NULL fits too.
    name: Option<String>,
}

mod model {
    pub struct Voyage {
        pub id: i64,
        pub ports: Vec<Option<String>>,
        pub r#type: String,
    }
}

async fn rows(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    for row in session.fetch_all(query!("SELECT id, nick, pay, joined FROM crew")).await? {
        let (_, _): (i32, Option<String>) = (row.id, row.nick);
        let _ = format!("{:?} {:?}", row.pay, row.joined);
    }
    let _: Vec<Page<i32>> = session.fetch_all(query!("SELECT id, name FROM crew" as Page<i32>)).await?;
    let _: Vec<Generous> = session.fetch_all(query!("SELECT name FROM crew" as Generous)).await?;
    let voyage = session.fetch_one(query!("SELECT id, ports, type FROM voyage" as crate::model::Voyage)).await?;
    let _ = (voyage.id, voyage.ports, voyage.r#type);
    let _: Vec<(i32, Option<String>)> = session.fetch_all(query!("SELECT id, nick FROM crew" as tuple)).await?;
    let _: Option<(i32,)> = session.fetch_optional(query!("SELECT id FROM crew" as (_,))).await?;
    let _: Option<String> = session.fetch_one(query!("SELECT nick FROM crew" as scalar)).await?;
    let _: String = session.fetch_one(query!(r#"SELECT nick AS "nick!" FROM crew"# as scalar)).await?;
    let row = session.fetch_one(query!("SELECT type, count(*) AS total FROM voyage GROUP BY type")).await?;
    let (_, _): (String, i64) = (row.r#type, row.total);
    let _ = format!("{row:?}", row = session.fetch_one(query!("SELECT FROM crew")).await?);
    Ok(())
}

fn main() {
    let _ = rows;
    let _ = format!("{:?}{:?}", Page { id: 1, name: String::new() }.id, Generous { name: None }.name);
    let _ = |page: Page<i32>| page.name;
}
