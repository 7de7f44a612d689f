//! The options of COPY: the format, and what may differ within it.

/// How rows look in the bytes of a COPY.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CopyFormat {
    /// Values as they are sent and read everywhere else: exact, and the quickest for most types.
    #[default]
    Binary,
    /// PostgreSQL's own text: a line for each row, a tab between values, backslashes before what is special.
    Text,
    /// Comma-separated values, quoted where they must be.
    Csv,
}

/// The options of a COPY. The encoding is always UTF-8.
///
/// What the server does not know, or what does not go with the format, it refuses when the COPY begins.
///
/// # Example: what a spreadsheet of another country writes
///
/// ```
/// use hathi::CopyOptions;
///
/// const SHEET: CopyOptions = CopyOptions::csv().delimiter(';').header(true);
/// # let _ = SHEET;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct CopyOptions {
    pub(super) format: CopyFormat,
    pub(super) delimiter: Option<char>,
    pub(super) null: Option<&'static str>,
    pub(super) default: Option<&'static str>,
    pub(super) header: Header,
    pub(super) quote: Option<char>,
    pub(super) escape: Option<char>,
    pub(super) force_quote: Option<&'static [&'static str]>,
    pub(super) force_not_null: Option<&'static [&'static str]>,
    pub(super) force_null: Option<&'static [&'static str]>,
    pub(super) freeze: bool,
    pub(super) ignores_errors: bool,
    pub(super) reject_limit: Option<u64>,
}

/// Whether the first line names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Header {
    #[default]
    Absent,
    Present,
    // The server compares the names.
    Matched,
}

impl CopyOptions {
    /// The binary format.
    pub const fn binary() -> Self {
        Self::of(CopyFormat::Binary)
    }

    /// PostgreSQL's text format.
    pub const fn text() -> Self {
        Self::of(CopyFormat::Text)
    }

    /// Comma-separated values.
    pub const fn csv() -> Self {
        Self::of(CopyFormat::Csv)
    }

    const fn of(format: CopyFormat) -> Self {
        Self {
            format,
            delimiter: None,
            null: None,
            default: None,
            header: Header::Absent,
            quote: None,
            escape: None,
            force_quote: None,
            force_not_null: None,
            force_null: None,
            freeze: false,
            ignores_errors: false,
            reject_limit: None,
        }
    }

    /// What stands between two values: a tab in text, a comma in CSV, unless this says otherwise. One byte long.
    pub const fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// What stands for NULL: `\N` in text, nothing at all in CSV, unless this says otherwise.
    pub const fn null(mut self, null: &'static str) -> Self {
        self.null = Some(null);
        self
    }

    /// What stands for the default of its column, in bytes that are copied in as they are. From PostgreSQL 16 on.
    pub const fn default_marker(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Whether the first line holds the names of the columns; in the text format from PostgreSQL 15 on.
    pub const fn header(mut self, header: bool) -> Self {
        self.header = if header {
            Header::Present
        } else {
            Header::Absent
        };
        self
    }

    /// The first line holds the names of the columns, and the server refuses others. From PostgreSQL 15 on.
    pub const fn match_header(mut self) -> Self {
        self.header = Header::Matched;
        self
    }

    /// What stands around values of CSV: a double quote unless this says otherwise. One byte long.
    pub const fn quote(mut self, quote: char) -> Self {
        self.quote = Some(quote);
        self
    }

    /// What stands before a quote within a value of CSV: the quote itself unless this says otherwise. One byte long.
    pub const fn escape(mut self, escape: char) -> Self {
        self.escape = Some(escape);
        self
    }

    /// The columns whose values are always quoted when they are copied out as CSV; `["*"]` is all of them.
    pub const fn force_quote(mut self, columns: &'static [&'static str]) -> Self {
        self.force_quote = Some(columns);
        self
    }

    /// The columns in whose CSV nothing means NULL; `["*"]` is all of them, from PostgreSQL 17 on.
    pub const fn force_not_null(mut self, columns: &'static [&'static str]) -> Self {
        self.force_not_null = Some(columns);
        self
    }

    /// The columns in whose CSV NULL may stand in quotes; `["*"]` is all of them, from PostgreSQL 17 on.
    pub const fn force_null(mut self, columns: &'static [&'static str]) -> Self {
        self.force_null = Some(columns);
        self
    }

    /// Rows are copied in as if they had been frozen by VACUUM: allowed if the table was made or emptied in the same
    /// transaction.
    pub const fn freeze(mut self) -> Self {
        self.freeze = true;
        self
    }

    /// Rows that hold what their columns cannot are left out, instead of ending the COPY. From PostgreSQL 17 on, and
    /// not in the binary format.
    pub const fn ignore_errors(mut self) -> Self {
        self.ignores_errors = true;
        self
    }

    /// How many rows [`ignore_errors`](Self::ignore_errors) may leave out. From PostgreSQL 18 on.
    pub const fn reject_limit(mut self, rows: u64) -> Self {
        self.reject_limit = Some(rows);
        self
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> CopyFormat {
        self.format
    }
}
