//! A proxy in the environment is not used: it would look names up where the guard cannot see.
//!
//! The environment of a running test must not change, so the test runs itself again as a child.

use std::env;

use crate::server::{Server, answer};
use crate::{PATIENCE, bounds, guard};

const TARGET: &str = "CARRIERS_TEST_PROXY_TARGET";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_proxy_in_the_environment_is_not_used() {
    if let Ok(target) = env::var(TARGET) {
        assert!(env::var("HTTP_PROXY").is_ok());
        let incoming = guard().get_stream(&target, bounds(PATIENCE, 100)).await;
        assert_eq!(incoming.unwrap().status(), 200);
        return;
    }
    let target = Server::answering(answer("200 OK", "", "x")).await;
    let proxy = Server::answering(answer("502 Proxy", "", "x")).await;
    let mut child = tokio::process::Command::new(env::current_exe().unwrap());
    child.args(["--exact", "proxy::a_proxy_in_the_environment_is_not_used"]);
    child.env(TARGET, target.url("/direct"));
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        child.env(name, proxy.url(""));
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = child.output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(proxy.requests().len(), 0);
    let requests = target.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].line, "GET /direct HTTP/1.1");
}
