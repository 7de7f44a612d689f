//! A query as it is known offline: template, description, diagnostics and the files of .hathi/.
