//! How each COPY begins, wherever its connection comes from.

use std::future::poll_fn;

use hathi_wire::Column;

use super::command::CopyText;
use super::feed::Feed;
use super::held::Held;
use super::lines::{LineReader, LineWriter};
use super::pull::Pull;
use super::{CopyIn, CopyInBytes, CopyOut, CopyOutBytes, CopyRows, CopyWriter, sql};
use crate::error::{Error, Kind};

pub(super) async fn copy_in<P>(
    held: Held<'_>,
    statement: CopyIn<P>,
) -> Result<CopyWriter<'_, P>, Error> {
    let options = statement.options();
    let target = statement.target();
    let source = sql::source(sql::copy_in(target, &options), statement.origin());
    let lines = LineWriter::new(&options, statement.types(), || sql::names(target));
    let lines = lines.map_err(|failure| Error::new(Kind::Copy(failure)).within(&source))?;
    let columns: Box<[Column]> = statement.types().map(unnamed).collect();
    let mut feed = Feed::start(held, source, Some((&sql::columns_of(target), columns)))?;
    poll_fn(|cx| feed.poll_open(cx)).await?;
    Ok(CopyWriter::new(feed, lines))
}

pub(super) async fn copy_in_raw(held: Held<'_>, text: CopyText) -> Result<CopyInBytes<'_>, Error> {
    let checked = text.checked();
    checked.map_err(|failure| Error::new(Kind::Copy(failure)).within(&text.source))?;
    text.source.wanted()?;
    let mut feed = Feed::start(held, text.source, None)?;
    poll_fn(|cx| feed.poll_open(cx)).await?;
    Ok(CopyInBytes::new(feed))
}

pub(super) fn copy_out<R>(held: Held<'_>, statement: CopyOut<R>) -> CopyRows<'_, R> {
    let options = statement.options();
    let columns = statement.columns();
    let text = sql::copy_out(statement.sql(), &options);
    let source = sql::source(text, statement.origin());
    let lines = LineReader::new(&options, columns.iter().map(|column| column.ty));
    let (lines, allowed) = match lines {
        Ok(lines) => (lines, Ok(())),
        Err(failure) => (None, Err(failure)),
    };
    let query = sql::columns_of(statement.sql());
    let pull = Pull::start(held, source, Some((&query, columns)), allowed);
    let count = u16::try_from(columns.len()).unwrap_or(u16::MAX);
    CopyRows::new(pull, count, lines, statement.decode())
}

pub(super) fn copy_out_raw(held: Held<'_>, text: CopyText) -> CopyOutBytes<'_> {
    let allowed = text.checked();
    CopyOutBytes::new(Pull::start(held, text.source, None, allowed))
}

/// Names are nobody's business: rows are written by position.
fn unnamed(ty: crate::sql::TypeRef) -> Column {
    Column { name: "", ty }
}
