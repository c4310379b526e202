//! How letters leave: encrypted, signed in, again when they were not taken, and once.

use testkit::mail::{Reply, Stage};

use super::*;

#[tokio::test]
async fn what_was_put_off_is_taken_later_as_one_mail() {
    let (demo, server) = start().await;
    for (stage, line) in [
        (Stage::Connect, "421 too busy"),
        (Stage::Mail, "451 later"),
        (Stage::Recipient, "450 greylisted"),
        (Stage::End, "452 no room"),
    ] {
        server.answer_next(stage, Reply::Line(line));
    }
    let to = json!({ "email": "jana@shop.example" });
    transcript(&demo, 1, to).await.ok();
    server.wait_for(1).await;
    assert_eq!(
        demo.figure("switchboard_delivery_attempts_total{to=\"mail\",outcome=\"failed\"}")
            .await,
        4
    );
    // Nothing more is owed, so nothing more comes.
    testkit::wait::until("nothing to be owed", async || {
        (demo.figure("switchboard_deliveries_pending").await == 0).then_some(())
    })
    .await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again_and_holds_nobody_up() {
    let (demo, server) = start().await;
    server.answer_next(Stage::Recipient, Reply::Line("550 nobody of that name"));
    transcript(&demo, 1, json!({ "email": "nobody@shop.example" }))
        .await
        .ok();
    transcript(&demo, 1, json!({ "email": "jana@shop.example" }))
        .await
        .ok();
    let taken = server.wait_for(1).await;
    assert_eq!(taken[0].to, ["jana@shop.example"]);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_killed_before_the_answer_sends_the_same_mail_again() {
    let (mut demo, server) = start().await;
    server.answer_next(Stage::End, Reply::TakeAndHang);
    transcript(&demo, 1, json!({ "email": "jana@shop.example" }))
        .await
        .ok();
    server.wait_for(1).await;
    demo.kill();
    demo.restart().await;
    let taken = server.wait_for(2).await;
    // Byte for byte: whoever gets both shows one.
    assert_eq!(taken[0].bytes, taken[1].bytes);
    assert!(!read(&taken[0]).id.is_empty());
}

#[tokio::test]
async fn mail_is_encrypted_and_signed_in_as_the_settings_say() {
    for (security, tls) in [
        (Security::StartTls, "starttls"),
        (Security::Implicit, "required"),
    ] {
        let server = MailServer::start(security).await;
        let directory = tempfile::tempdir().unwrap();
        let authority = directory.path().join("ca.pem");
        server.write_authority(&authority);
        let demo = start_with(
            &server,
            vec![
                ("SWITCHBOARD__MAIL__SERVER", "localhost".to_owned()),
                ("SWITCHBOARD__MAIL__TLS", tls.to_owned()),
                ("SWITCHBOARD__MAIL__CA", authority.display().to_string()),
                ("SWITCHBOARD__MAIL__USER", "chat".to_owned()),
                ("SWITCHBOARD__MAIL__PASSWORD", "hush-hush".to_owned()),
            ],
        )
        .await;
        demo.post(json!([demo.inbound("447700900999", "one", "Hello?")]))
            .await
            .ok();
        // That we are not known is put right by the operator, and no fault of the letter's.
        server.answer_next(Stage::Auth, Reply::Line("535 who are you?"));
        transcript(&demo, 1, json!({ "email": "jana@shop.example" }))
            .await
            .ok();
        let taken = server.wait_for(1).await;
        assert!(taken[0].encrypted, "{tls}");
        assert_eq!(taken[0].user.as_deref(), Some("chat"), "{tls}");
        let log = std::fs::read_to_string(demo.log()).unwrap();
        assert!(!log.contains("hush-hush"));
    }
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    let server = MailServer::start(Security::Implicit).await;
    let demo = start_with(
        &server,
        vec![
            ("SWITCHBOARD__MAIL__SERVER", "localhost".to_owned()),
            ("SWITCHBOARD__MAIL__TLS", "required".to_owned()),
        ],
    )
    .await;
    demo.post(json!([demo.inbound("447700900999", "one", "Hello?")]))
        .await
        .ok();
    transcript(&demo, 1, json!({ "email": "jana@shop.example" }))
        .await
        .ok();
    testkit::wait::until("three attempts", async || {
        (server.connections() >= 3).then_some(())
    })
    .await;
    assert_eq!(server.taken(), []);
}
