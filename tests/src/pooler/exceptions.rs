//! What does not hold through which pooler, and why.

use super::Pooler::{self, OldPgbouncerTransaction, PgbouncerTransaction, Pgpool};

/// A test that fails through some poolers by the nature of what it tests.
#[derive(Debug)]
pub struct Exception {
    /// The poolers.
    pub poolers: &'static [Pooler],
    /// Why it cannot hold.
    pub reason: &'static str,
    /// The tests: the module below `live`, and the name.
    pub tests: &'static [&'static str],
}

/// All of them. Each is tried, and refused if it holds after all.
pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        poolers: &[OldPgbouncerTransaction],
        reason: "it counts what is found prepared, and without names nothing is kept",
        tests: &[
            "fragments::filters_come_and_go",
            "handles::a_checked_statement_is_found_by_where_it_lies_once_it_is_prepared",
            "handles::a_prepared_query_is_known_when_it_is_first_used",
            "prepared::a_statement_is_prepared_on_its_first_use_and_kept",
            "prepared::two_places_with_one_text_share_a_statement_and_each_is_compared",
            "raw::a_query_written_by_hand_returns_tuples_or_single_values",
            "rows::columns_are_found_by_name_and_read_by_their_types",
        ],
    },
    Exception {
        poolers: &[OldPgbouncerTransaction],
        reason: "it looks at the messages of statements that are known by name",
        tests: &[
            "pipelines::a_tuple_answers_a_tuple_in_one_flight",
            "transactions::flights::a_transaction_of_one_statement_takes_two_flights_and_an_empty_one_none",
        ],
    },
    Exception {
        poolers: &[OldPgbouncerTransaction],
        reason: "it needs named statements",
        tests: &[
            "pipelines::more_than_the_cache_holds_fit_into_one_flight",
            "pipelines::what_the_server_has_dropped_is_prepared_again_the_next_time",
        ],
    },
    Exception {
        poolers: &[OldPgbouncerTransaction, PgbouncerTransaction],
        reason: "it asks the server which names it knows, and they are the pooler's and differ between its connections",
        tests: &[
            "prepared::a_changed_table_that_still_fits_is_prepared_again_silently",
            "prepared::a_statement_dropped_behind_our_back_is_prepared_again_silently",
            "prepared::one_dropped_statement_is_prepared_again_whatever_its_name",
            "prepared::the_least_recently_used_statement_makes_room_and_is_closed",
        ],
    },
    Exception {
        poolers: &[OldPgbouncerTransaction, PgbouncerTransaction],
        reason: "SET lasts for a session, and the next statement may be on another one",
        tests: &["unnamed::the_search_path_is_followed"],
    },
    Exception {
        poolers: &[Pgpool],
        reason: "no answer comes to Execute with a limit of rows and Flush, so rows come in no parts",
        tests: &[
            "streams::a_stream_dropped_between_its_parts_is_closed_with_a_sync",
            "streams::a_stream_in_a_transaction_leaves_it_open",
            "streams::all_rows_come_in_their_order_however_many_are_asked_for_at_a_time",
            "streams::an_error_in_the_middle_ends_the_stream_and_not_the_session",
            "streams::dropped_at_every_poll_a_stream_leaves_the_session_in_step",
            "streams::the_time_between_two_rows_is_the_readers_own",
        ],
    },
    Exception {
        poolers: &[Pgpool],
        reason: "no answer comes after an error that is found at Sync, such as that of a deferred constraint",
        tests: &["drift::a_constraint_checked_at_the_end_is_told_although_the_columns_fit"],
    },
    Exception {
        poolers: &[Pgpool],
        reason: "no answer comes after a constraint is violated in the middle of a flight of several statements",
        tests: &["pipelines::together_one_failure_undoes_all_and_says_whose_it_is"],
    },
    Exception {
        poolers: &[Pgpool],
        reason: "no answer comes where questions and answers are larger than what sockets take",
        tests: &[
            "pipelines::large_questions_and_large_answers_pass_each_other",
            "values::parameters::as_many_parameters_as_the_protocol_counts_are_sent_and_one_more_is_an_error",
        ],
    },
    Exception {
        poolers: &[Pgpool],
        reason: "each cancel request takes one of its processes, and a hundred of them come to no end in a minute",
        tests: &["cancelled::a_late_cancel_never_stops_the_next_statement"],
    },
];

/// The reason why a test cannot hold, if there is one.
pub(super) fn reason(pooler: Pooler, test: &str) -> Option<&'static str> {
    EXCEPTIONS
        .iter()
        .find(|exception| exception.poolers.contains(&pooler) && exception.tests.contains(&test))
        .map(|exception| exception.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_tests_do_not_hold_through_each_pooler() {
        let count = |pooler| -> usize {
            let of_it = EXCEPTIONS
                .iter()
                .filter(|exception| exception.poolers.contains(&pooler));
            of_it.map(|exception| exception.tests.len()).sum()
        };
        assert_eq!(Pooler::ALL.map(count), [16, 0, 5, 0, 0, 11]);
    }
}
