//! What a request can fail with, and what its sender is told of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a request could not be answered as asked.
pub(crate) enum Failure {
    NotFound,
    Database(hathi::Error),
}

impl From<hathi::Error> for Failure {
    fn from(error: hathi::Error) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "nobody of this number"),
            Self::Database(error) if error.unique_violation() == Some("crew_email_key") => {
                (StatusCode::CONFLICT, "this address is taken")
            }
            Self::Database(error) => {
                // The statement and the server's words are for us; strangers learn nothing of the schema.
                eprintln!("{error}");
                (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")
            }
        };
        (status, words).into_response()
    }
}
