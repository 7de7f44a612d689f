//! What the service answers.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use hathi::{Pool, command, query};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A member of the crew, as a row and as JSON.
#[derive(Serialize)]
struct Member {
    id: i32,
    name: String,
    nick: Option<String>,
    captain: bool,
}

/// Who wants to join.
#[derive(Deserialize)]
struct Application {
    name: String,
    email: String,
    nick: Option<String>,
}

/// All routes; each handler gets a clone of the pool, which is cheap.
pub(crate) fn routes(pool: Pool) -> Router {
    Router::new()
        .route("/crew", get(everybody).post(join))
        .route("/crew/{id}", get(member))
        .route("/crew/{id}/captain", post(promote))
        .with_state(pool)
}

// A single statement needs no connection of its own: it is given to the pool.
async fn everybody(State(pool): State<Pool>) -> Result<Json<Vec<Member>>, Failure> {
    let everybody = query!("SELECT id, name, nick, captain FROM crew ORDER BY id" as Member);
    Ok(Json(pool.fetch_all(everybody).await?))
}

async fn member(State(pool): State<Pool>, Path(id): Path<i32>) -> Result<Json<Member>, Failure> {
    let member = query!("SELECT id, name, nick, captain FROM crew WHERE id = {id}" as Member);
    pool.fetch_optional(member)
        .await?
        .map(Json)
        .ok_or(Failure::NotFound)
}

async fn join(
    State(pool): State<Pool>,
    Json(new): Json<Application>,
) -> Result<(StatusCode, Json<Member>), Failure> {
    let joined = query!(
        "INSERT INTO crew (name, email, nick) VALUES ({new.name}, {new.email}, {new.nick})"
        "RETURNING id, name, nick, captain" as Member
    );
    Ok((StatusCode::CREATED, Json(pool.fetch_one(joined).await?)))
}

// A transaction has a connection for itself, and gives it back when the handler ends, however it ends.
async fn promote(State(pool): State<Pool>, Path(id): Path<i32>) -> Result<StatusCode, Failure> {
    let mut session = pool.acquire().await?;
    session
        .transaction(async move |tx| {
            tx.execute(command!("UPDATE crew SET captain = false WHERE captain"))
                .await?;
            let promoted = tx
                .execute(command!("UPDATE crew SET captain = true WHERE id = {id}"))
                .await?;
            // The error rolls back: whoever was captain still is.
            if promoted == 1 {
                Ok(StatusCode::NO_CONTENT)
            } else {
                Err(Failure::NotFound)
            }
        })
        .await
}
