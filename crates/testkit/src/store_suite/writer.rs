//! The one writer: groups, failures inside them, and what callers and readers see of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Duration,
};

use app::{
    Error, Result,
    limits::{GROUP_JOBS, WRITE_QUEUE_JOBS},
    ports::{Clock as _, Tx},
};
use domain::{Event, Kind};

use super::Bench;

/// Adds an account and tells of it.
fn add(tx: &mut dyn Tx, name: &str) -> Result<i64> {
    Ok(app::accounts::create(tx, name)?.id.0)
}

fn refusal<T>() -> Result<T> {
    Err(Error::refused(Kind::Conflict, "no"))
}

fn names(bench: &Bench) -> Vec<String> {
    let accounts = bench.view(|view| view.accounts());
    accounts.into_iter().map(|it| it.name).collect()
}

/// The journal has every number from 1 on, and tells of these accounts in this order.
fn assert_told(bench: &Bench, names: &[String]) {
    let journal = bench.journal();
    let numbers: Vec<i64> = journal.iter().map(|it| it.seq).collect();
    let whole: Vec<i64> = (1..).take(journal.len()).collect();
    assert_eq!(numbers, whole);
    let told: Vec<String> = journal
        .into_iter()
        .map(|it| match it.event {
            Event::AccountChanged { account } => account.name,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, names);
}

pub fn a_thousand_concurrent_jobs_are_all_durable_and_numbered_without_a_hole(mut bench: Bench) {
    const THREADS: usize = 8;
    const JOBS: usize = 125;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let bench = &bench;
            scope.spawn(move || {
                let pending: Vec<_> = (0..JOBS)
                    .map(|job| {
                        let name = format!("{thread}/{job}");
                        bench.start(move |tx| add(tx, &name))
                    })
                    .collect();
                for it in pending {
                    it.wait().unwrap();
                }
            });
        }
    });
    bench.reopen();
    let names = names(&bench);
    assert_eq!(names.len(), THREADS * JOBS);
    // Accounts are numbered as they are added, so this is the order of commits.
    assert_told(&bench, &names);
    for thread in 0..THREADS {
        let prefix = format!("{thread}/");
        let own: Vec<_> = names.iter().filter(|it| it.starts_with(&prefix)).collect();
        let in_order: Vec<_> = (0..JOBS).map(|job| format!("{thread}/{job}")).collect();
        assert!(own.into_iter().eq(&in_order));
    }
}

pub fn a_jobs_entries_stay_together_in_commit_order(bench: Bench) {
    let gate = bench.hold();
    let pending: Vec<_> = (0..100)
        .map(|job| {
            bench.start(move |tx| {
                for part in 0..3 {
                    add(tx, &format!("{job}.{part}"))?;
                }
                Ok(())
            })
        })
        .collect();
    drop(gate);
    for it in pending {
        it.wait().unwrap();
    }
    let expected: Vec<String> = (0..300).map(|n| format!("{}.{}", n / 3, n % 3)).collect();
    assert_told(&bench, &expected);
}

/// Runs good and bad jobs in one group and checks that only the good ones happened.
fn assert_bad_ones_are_left_out(
    bench: &Bench,
    kind: Kind,
    bad: impl FnMut(&mut dyn Tx) -> Result<i64> + Clone + Send + 'static,
) {
    let before = names(bench);
    let gate = bench.hold();
    let mut pending = Vec::new();
    for n in 0..6 {
        pending.push((true, bench.start(move |tx| add(tx, &format!("good {n}")))));
        if n % 2 == 0 {
            pending.push((false, bench.start(bad.clone())));
        }
    }
    drop(gate);
    for (good, it) in pending {
        if good {
            it.wait().unwrap();
        } else {
            assert_eq!(it.error().kind(), kind);
        }
    }
    let mut expected = before;
    expected.extend((0..6).map(|n| format!("good {n}")));
    assert_eq!(names(bench), expected);
    assert_told(bench, &expected);
    assert_eq!(bench.feed.head(), i64::try_from(expected.len()).unwrap());
}

pub fn a_job_that_fails_after_a_write_leaves_nothing_and_sinks_nobody(mut bench: Bench) {
    assert_bad_ones_are_left_out(&bench, Kind::Conflict, |tx| {
        add(tx, "bad")?;
        refusal()
    });
    bench.reopen();
    bench.account("after");
    assert_eq!(names(&bench).len(), 7);
    assert_told(&bench, &names(&bench));
}

pub fn a_job_that_panics_after_a_write_leaves_nothing_and_sinks_nobody(bench: Bench) {
    // Unwinds as a panic does, without the noise of one.
    assert_bad_ones_are_left_out(&bench, Kind::Broken, |tx| {
        add(tx, "bad")?;
        resume_unwind(Box::new("bad"))
    });
    bench.account("after");
    assert_told(&bench, &names(&bench));
}

pub fn a_job_that_fails_before_any_write_disturbs_nobody(bench: Bench) {
    assert_bad_ones_are_left_out(&bench, Kind::Conflict, |tx| {
        tx.accounts()?;
        refusal()
    });
    let gate = bench.hold();
    let good = bench.start(|tx| add(tx, "neighbour"));
    let bad = bench.start::<()>(|_| resume_unwind(Box::new("bad")));
    drop(gate);
    good.wait().unwrap();
    assert_eq!(bad.error().kind(), Kind::Broken);
}

pub fn a_group_of_nothing_but_failures_leaves_nothing(bench: Bench) {
    let gate = bench.hold();
    let pending: Vec<_> = (0..GROUP_JOBS)
        .map(|_| {
            bench.start::<()>(|tx| {
                add(tx, "bad")?;
                refusal()
            })
        })
        .collect();
    drop(gate);
    for it in pending {
        assert_eq!(it.error().kind(), Kind::Conflict);
    }
    assert_eq!(bench.journal(), []);
    assert_eq!(bench.account("good").id.0, 1);
    assert_told(&bench, &["good".to_owned()]);
}

pub fn a_transaction_reads_what_it_wrote(bench: Bench) {
    let (inside, head) = bench.tx(|tx| {
        add(tx, "acme")?;
        let name = tx.accounts()?.pop().map(|it| it.name);
        Ok((name, tx.journal_head()?))
    });
    assert_eq!((inside.as_deref(), head), (Some("acme"), 1));
}

pub fn a_job_sees_what_its_neighbours_before_it_wrote(bench: Bench) {
    let gate = bench.hold();
    let first = bench.start(|tx| add(tx, "first"));
    let second = bench.start(|tx| Ok(tx.accounts()?.len()));
    let third = bench.start(|tx| add(tx, "third"));
    let fourth = bench.start(|tx| Ok(tx.accounts()?.len()));
    drop(gate);
    assert_eq!((first.wait().unwrap(), second.wait().unwrap()), (1, 1));
    assert_eq!((third.wait().unwrap(), fourth.wait().unwrap()), (2, 2));
}

pub fn a_full_queue_answers_busy_and_recovers(bench: Bench) {
    let gate = bench.hold();
    let pending: Vec<_> = (0..WRITE_QUEUE_JOBS)
        .map(|_| bench.start(|_| Ok(())))
        .collect();
    let refused = bench.try_tx(|_| Ok(()));
    assert_eq!(refused.unwrap_err().kind(), Kind::Unavailable);
    drop(gate);
    for it in pending {
        it.wait().unwrap();
    }
    bench.account("after");
}

pub fn a_caller_who_left_does_not_undo_the_work(bench: Bench) {
    drop(bench.start(|tx| add(tx, "acme")));
    // The queue is in order, so this one comes after it.
    bench.account("after");
    assert_eq!(names(&bench), ["acme", "after"]);
}

pub fn a_view_is_one_state_whatever_is_committed_meanwhile(bench: Bench) {
    bench.account("before");
    bench.view(|view| {
        let before = (view.journal_head()?, view.accounts()?);
        bench.account("meanwhile");
        assert_eq!((view.journal_head()?, view.accounts()?), before);
        Ok(())
    });
    assert_eq!(bench.view(|view| view.accounts()).len(), 2);
}

pub fn a_view_that_fails_or_panics_does_not_spoil_the_next(bench: Bench) {
    // More often than any engine has connections.
    for _ in 0..40 {
        let failed = bench.store.view(|view| {
            view.accounts()?;
            refusal::<()>()
        });
        assert_eq!(failed.unwrap_err().kind(), Kind::Conflict);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            bench.store.view::<()>(|view| {
                view.accounts()?;
                resume_unwind(Box::new("bad"))
            })
        }));
        assert!(panicked.is_err());
    }
    bench.account("after");
    assert_eq!(names(&bench), ["after"]);
}

pub fn time_never_runs_backwards_between_transactions(bench: Bench) {
    let now = bench.clock.now();
    let first = bench.tx(|tx| Ok(tx.now()));
    assert_eq!(first, now);
    bench.clock.set(now - Duration::from_secs(5));
    assert_eq!(bench.tx(|tx| Ok(tx.now())), first);
    bench.clock.advance(Duration::from_secs(6));
    assert_eq!(bench.tx(|tx| Ok(tx.now())), first + Duration::from_secs(1));
}
