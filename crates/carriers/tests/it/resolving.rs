//! Names that lead where they should not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use carriers::guard::{Guard, GuardError};

use crate::server::{Server, answer};
use crate::{PATIENCE, Told, bounds, policy};

fn guard(
    allow: &[&str],
    told: impl Fn(&str) -> Vec<&'static str> + Send + Sync + 'static,
) -> Guard {
    Guard::with_names(policy(allow), Arc::new(Told(told)), PATIENCE).unwrap()
}

async fn status(guard: &Guard, url: &str) -> Result<u16, GuardError> {
    let incoming = guard.get_stream(url, bounds(PATIENCE, 100)).await?;
    Ok(incoming.status())
}

fn forbidden(reason: &'static str) -> Result<u16, GuardError> {
    Err(GuardError::Forbidden { reason })
}

#[tokio::test]
async fn a_name_that_turns_inward_is_refused_the_second_time() {
    let server = Server::answering(answer("200 OK", "Connection: close\r\n", "x")).await;
    let asked = AtomicUsize::new(0);
    let guard = guard(&["127.0.0.1/32"], move |_| {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        vec![if first { "127.0.0.1" } else { "127.0.0.2" }]
    });
    let url = format!("http://flip.example:{}/", server.address.port());
    assert_eq!(status(&guard, &url).await, Ok(200));
    assert_eq!(status(&guard, &url).await, forbidden("loopback"));
    assert_eq!(server.requests().len(), 1);
    assert!(
        server.requests()[0]
            .header("host")
            .unwrap()
            .starts_with("flip.example:")
    );
}

#[tokio::test]
async fn one_forbidden_address_among_others_refuses_the_name() {
    let server = Server::answering(answer("200 OK", "", "x")).await;
    let guard = guard(&["127.0.0.1/32"], |host| match host {
        "mixed.example" => vec!["127.0.0.1", "8.8.8.8", "10.0.0.1"],
        "mapped.example" => vec!["::ffff:10.0.0.1"],
        "both.example" => vec!["127.0.0.1", "fd00::1"],
        _ => vec![],
    });
    let port = server.address.port();
    for host in ["mixed", "mapped", "both"] {
        let url = format!("http://{host}.example:{port}/");
        assert_eq!(
            status(&guard, &url).await,
            forbidden("a private network"),
            "{host}"
        );
    }
    let told = status(&guard, &format!("http://none.example:{port}/")).await;
    assert_eq!(
        told,
        Err(GuardError::Connect(
            "the name cannot be resolved".to_owned()
        ))
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn an_address_in_the_url_never_asks_for_a_name() {
    let server = Server::answering(answer("200 OK", "", "x")).await;
    let guard = guard(&["127.0.0.0/8"], |host| panic!("asked for {host}"));
    let port = server.address.port();
    for host in ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(status(&guard, &url).await, Ok(200), "{host}");
    }
}

#[tokio::test]
async fn the_systems_own_names_are_judged_too() {
    let strict = Guard::new(policy(&[])).unwrap();
    let told = status(&strict, "http://localhost:9/").await;
    assert_eq!(
        told.unwrap_err().to_string().split(" (").next(),
        Some("the address is not allowed")
    );
    let told = status(&strict, "http://does-not-exist.invalid/").await;
    assert!(matches!(told, Err(GuardError::Connect(_))), "{told:?}");
}
