//! What every engine of the store must do, as tests: [`store_suite!`](macro@crate::store_suite) stamps each behaviour
//! as a test of its own.
//!
//! The suite speaks only through the ports, and through the use cases above them; it knows no engine and no SQL.
//! An engine brings one function that makes a fresh [`Place`] and stamps the suite:
//!
//! - An embedded engine's place is a directory. A database server's is a database of its own with a name that no
//!   other test has, dropped with the place: tests run side by side.
//! - Opening a place again must find what was committed there, so a fake in memory keeps its state in the place.
//! - [`Opened::close`] must have finished the writer when it returns: the suite opens again at once.
//! - The journal is read as one stream of numbers without holes.
//!
//! What only one engine can be asked (its files, its triggers, its query plans) is not here but with that engine.

#![allow(missing_docs, reason = "a behaviour's name is its sentence")]

#[doc(hidden)]
pub mod agents;
#[doc(hidden)]
pub mod begin;
mod bench;
pub mod conditions;
#[doc(hidden)]
pub mod conversations;
#[doc(hidden)]
pub mod deliveries;
#[doc(hidden)]
pub mod directory;
pub mod endpoints;
#[doc(hidden)]
pub mod feed;
#[doc(hidden)]
#[doc(hidden)]
pub mod isolation;
#[doc(hidden)]
pub mod journal;
#[doc(hidden)]
pub mod labels;
#[doc(hidden)]
pub mod listing;
#[doc(hidden)]
pub mod nodes;
#[doc(hidden)]
pub mod opening;
#[doc(hidden)]
pub mod pacing;
#[doc(hidden)]
pub mod paging;
#[doc(hidden)]
pub mod receive;
#[doc(hidden)]
pub mod removing;
#[doc(hidden)]
pub mod reports;
pub mod samples;
#[doc(hidden)]
pub mod seats;
#[doc(hidden)]
pub mod send;
#[doc(hidden)]
pub mod sessions;
#[doc(hidden)]
pub mod texts;
#[doc(hidden)]
pub mod tokens;
#[doc(hidden)]
pub mod walk;
#[doc(hidden)]
pub mod words;
#[doc(hidden)]
pub mod writer;

use std::sync::Arc;

use app::{
    journal::Feed,
    ports::{Clock, Store},
};

pub use bench::{Bench, Gate, Pending, Shop, inbound, part_of, text};

/// Where one store is kept. What is kept there goes with it.
pub trait Place: Send + Sync {
    /// Opens the store that is here, or makes it. Never called while it is open.
    fn open(&self, clock: Arc<dyn Clock>) -> Opened;
}

/// An open store.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// What it commits.
    pub feed: Arc<Feed>,
    /// Finishes what is queued and closes it.
    pub close: Box<dyn FnOnce() + Send + Sync>,
}

/// Stamps every behaviour as a test. `$make` is a `fn() -> Box<dyn Place>` in the module around it.
#[macro_export]
macro_rules! store_suite {
    ($make:ident) => {
        $crate::store_behaviours! { $make
            opening {
                a_store_opened_again_is_as_it_was,
                numbers_grow_across_opening_even_if_the_clock_goes_back,
                numbers_of_what_is_gone_do_not_come_again,
                a_closed_store_refuses_work,
            }
            removing {
                of_a_removed_conversation_nobody_reads_what_was_said,
            }
            writer {
                a_thousand_concurrent_jobs_are_all_durable_and_numbered_without_a_hole,
                a_jobs_entries_stay_together_in_commit_order,
                a_job_that_fails_after_a_write_leaves_nothing_and_sinks_nobody,
                a_job_that_panics_after_a_write_leaves_nothing_and_sinks_nobody,
                a_job_that_fails_before_any_write_disturbs_nobody,
                a_group_of_nothing_but_failures_leaves_nothing,
                a_transaction_reads_what_it_wrote,
                a_job_sees_what_its_neighbours_before_it_wrote,
                a_full_queue_answers_busy_and_recovers,
                a_caller_who_left_does_not_undo_the_work,
                a_view_is_one_state_whatever_is_committed_meanwhile,
                a_view_that_fails_or_panics_does_not_spoil_the_next,
                time_never_runs_backwards_between_transactions,
            }
            feed {
                entries_are_told_after_the_commit_and_before_the_answer,
                nothing_is_told_of_what_failed,
                a_reader_sees_everything_once_in_order_while_others_write,
                a_reader_that_falls_behind_memory_misses_nothing,
                a_reader_from_the_start_of_a_store_opened_again_misses_nothing,
                a_reader_from_now_sees_only_what_follows,
                what_is_told_equals_what_is_kept,
            }
            journal {
                every_kind_of_event_is_read_back_equal,
                pages_of_the_journal_join_without_gap_or_overlap,
            }
            receive {
                the_first_message_makes_contact_address_and_conversation,
                the_same_message_twice_is_one_message,
                the_same_message_from_sixteen_threads_is_one_message,
                the_same_message_id_from_another_address_is_a_duplicate_that_changes_nothing,
                a_duplicate_takes_no_conversation_number,
                the_same_message_id_in_another_inbox_is_another_message,
                a_resolved_conversation_opens_again_with_both_events,
                a_pending_conversation_stays_pending,
                a_typed_name_stays_until_the_told_name_changes,
                a_message_without_a_name_leaves_the_name_alone,
                a_quoted_message_of_theirs_is_linked,
                a_quoted_message_of_ours_is_linked,
                a_quote_from_another_conversation_is_kept_as_told_only,
                attachments_come_back_as_they_were,
                a_time_finer_than_a_microsecond_is_told_as_it_is_kept,
            }
            send {
                a_sent_message_waits_for_its_network,
                a_private_note_goes_nowhere,
                the_same_client_key_twice_is_one_message,
                the_same_client_key_from_sixteen_threads_is_one_message,
                the_same_client_key_in_another_conversation_is_another_message,
                an_answer_quotes_by_both_numbers,
                every_part_of_a_message_is_a_delivery_in_order,
            }
            begin {
                the_first_word_makes_contact_address_and_conversation,
                sixteen_first_words_at_once_begin_one_conversation,
                a_first_word_that_is_refused_leaves_nothing,
                a_conversation_is_found_by_the_first_address_that_has_one,
            }
            reports {
                a_report_moves_a_message_up_its_ladder_only,
                a_failed_message_stays_failed,
                a_report_in_another_inbox_is_not_about_this_message,
                reports_before_the_answer_are_applied_in_order_after_it,
                early_reports_are_taken_once_and_by_inbox,
                the_oldest_early_reports_give_way,
                a_message_is_sent_when_its_last_part_is,
                a_message_that_fails_for_good_takes_its_deliveries_along,
                a_message_reported_failed_takes_its_deliveries_along,
                an_answer_for_a_settled_delivery_changes_nothing,
                an_inbox_that_is_refused_pauses_and_keeps_its_deliveries,
            }
            deliveries {
                a_delivery_comes_back_as_it_was,
                a_leased_delivery_is_nobody_elses_until_the_lease_ends,
                a_retrys_lease_holds_as_well,
                a_sender_that_died_gets_its_own_leases_back_and_nobody_elses,
                first_attempts_go_before_retries_which_have_a_place_of_their_own,
                what_is_tried_again_is_claimed_soonest_due_first_and_not_before,
                in_a_lane_only_the_oldest_is_claimed_and_only_when_it_is_due,
                in_a_lane_what_is_replayed_waits_for_whoever_is_under_way,
                ending_a_messages_parts_ends_no_others_and_opens_the_lane,
                letters_are_kept_as_they_are_and_counted_by_kind_and_lane,
                receivers_are_claimed_apart,
                every_attempt_is_kept_and_gets_the_next_number,
                what_is_settled_is_claimed_no_more_until_it_is_replayed,
                what_was_given_up_on_since_a_time_is_replayed_and_nothing_else,
                deliveries_are_listed_in_pages_over_their_states,
                what_is_owed_is_counted_with_the_oldest,
                what_is_old_is_swept_and_no_message_is_dropped_unsent,
                what_is_gathered_is_found_until_it_is_due,
            }
            conversations {
                numbers_count_from_one_in_each_account,
                a_change_that_changes_nothing_is_not_told,
                assigning_and_resolving_are_told_with_the_newest_message,
                a_conversation_is_seen_once,
                every_field_of_a_conversation_is_kept,
                every_field_of_a_contact_and_address_is_kept,
                every_field_of_a_message_is_kept,
            }
            listing {
                conversations_by_every_filter_in_pages_match_a_model,
                counts_by_every_filter_match_a_model,
                messages_before_and_after_match_a_model,
            }
            conditions {
                conversations_by_every_condition_and_order_match_a_model,
                contacts_by_every_condition_match_a_model,
                contacts_in_every_order_match_a_model,
                counts_follow_every_change,
                a_merged_contact_brings_its_labels,
            }
            walk {
                counts_and_unread_counts_equal_a_recount_after_a_walk,
            }
            paging {
                recent_conversations_join_without_gap_or_overlap,
                a_conversation_that_becomes_active_is_not_on_a_later_page,
                a_history_is_read_both_ways_without_notes,
                a_time_bounds_a_history_by_when_it_was_written,
            }
            labels {
                every_field_of_a_label_is_kept,
                a_title_is_one_labels_in_an_account_whatever_its_case,
                labeling_is_told_by_what_was_put_on_and_taken_off,
                a_removed_label_is_on_no_conversation_and_its_number_does_not_come_again,
                a_removed_label_is_taken_off_each_conversation_first,
                another_accounts_labels_are_not_there,
                conversations_of_a_label_are_listed_latest_first_and_counted,
            }
            agents {
                what_an_agent_says_of_themselves_is_kept_and_told_once,
                agents_speak_for_themselves_and_administrators_for_their_own,
            }
            seats {
                somebody_is_something_else_in_each_account,
                only_they_themselves_change_who_they_are_everywhere,
                a_closed_account_takes_its_seats_and_nobody_who_has_another,
            }
            tokens {
                a_token_is_found_by_its_text_and_kind_only,
                a_token_ends_on_time,
                a_refreshed_pair_replaces_the_old_one,
                two_concurrent_refreshes_of_one_token_give_one_pair,
                ending_a_token_ends_its_pair_and_no_other,
                signing_in_sweeps_what_has_expired,
                a_token_hash_cannot_be_stored_twice,
                a_program_makes_a_hundred_pairs_a_day,
            }
            directory {
                every_field_of_the_directory_is_kept,
                an_address_or_messenger_that_is_taken_is_refused,
                an_email_that_is_taken_is_refused_whatever_its_case,
                an_application_has_a_few_keys_and_never_none,
                a_change_is_in_the_directory_before_it_is_answered,
                a_paused_inbox_keeps_its_reason_and_its_settings,
            }
            endpoints {
                every_field_of_an_endpoint_is_kept,
                an_endpoint_is_told_of_nothing_that_happened_before_it_was_made,
                a_rotated_secret_signs_beside_the_new_one_until_its_grace_has_passed,
                another_accounts_endpoint_is_not_there,
                deleting_an_endpoint_leaves_nothing_of_it_and_everything_of_others,
                a_cursor_is_where_it_was_left,
            }
            sessions {
                a_session_is_kept_and_told_when_it_changes,
                what_an_engine_remembers_comes_back_by_sort_and_is_forgotten_by_age,
                what_is_kept_comes_back_by_name_and_by_keeper,
                an_emptied_queue_fails_what_waited,
                an_edited_message_is_told_and_a_deleted_one_is_empty_and_never_goes,
            }
            pacing {
                every_field_of_a_pace_is_kept,
                two_servers_together_send_a_minutes_messages_and_not_one_more,
                a_day_has_its_messages_and_another_number_begins_anew,
                an_owners_pace_goes_before_the_usual_one_at_once,
                a_conversation_keeps_its_order_however_slow_it_is,
                nothing_leaves_a_phone_that_is_closed_and_what_waited_too_long_is_known,
                a_ban_stops_the_queue_until_its_owner_resumes_it,
            }
            nodes {
                a_node_keeps_its_number_over_restarts_and_shares_it_with_nobody,
                a_node_with_another_key_is_refused_unless_it_is_alone,
                a_node_is_buried_only_as_it_was_last_seen,
                what_one_node_holds_another_takes_only_when_that_one_is_dead_or_lets_go,
            }
            isolation {
                another_accounts_conversation_is_not_there,
                another_accounts_contact_is_not_there,
                another_accounts_inbox_or_agent_lists_and_counts_nothing,
                another_accounts_agent_cannot_be_assigned,
                one_accounts_numbers_do_not_move_anothers,
            }
            words {
                messages_are_found_by_the_beginnings_of_their_words,
                conversations_are_found_by_what_was_said,
                what_is_said_is_found_once_whenever_it_is_indexed,
                beginnings_of_any_length_are_found,
                contacts_are_found_by_any_part_of_what_they_are_known_by,
                no_text_that_is_sought_breaks_anything,
            }
            texts {
                any_text_comes_back_as_it_was,
                a_very_long_text_comes_back_as_it_was,
                texts_that_look_like_sql_are_texts,
            }
        }
    };
}

/// Stamps the named behaviours of each area.
#[doc(hidden)]
#[macro_export]
macro_rules! store_behaviours {
    ($make:ident $($area:ident { $($name:ident),+ $(,)? })+) => {$(
        mod $area {
            $(
                #[test]
                fn $name() {
                    let bench = $crate::store_suite::Bench::new(super::$make());
                    $crate::store_suite::$area::$name(bench);
                }
            )+
        }
    )+};
}
