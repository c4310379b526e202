//! The page around the widget, and its script.

use super::{browser::*, *};

/// Everything that the page is told, in order.
const LISTEN: &str = "window.told=[];for(const name of ['ready','opened','closed','on-message','on-start-conversation',\
    'postback','error'])addEventListener('chatwoot:'+name,({detail})=>told.push([name,detail?.content??detail]));";

/// A page that lets nothing run and nothing be styled but what it names.
async fn strict_shop(demo: &Demo, settings: &Value) -> (FileServer, String) {
    let (server, base) = (FileServer::start().await, demo.url(""));
    let script = format!(
        "{LISTEN}window.chatwootSettings={settings};chatwootSDK.run({{websiteToken:'{}',baseUrl:'{base}/'}});",
        website_token(demo)
    );
    let script: &'static [u8] = script.into_bytes().leak();
    server.put("/start.js", File::Bytes("text/javascript", "", script));
    let html = format!(
        "<!doctype html><meta name=viewport content='width=device-width'>\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src 'self' {base}; \
         frame-src {base}; style-src 'self'; require-trusted-types-for 'script'\">\
         <title>Shop</title><body><h1>Shop</h1><script src='{base}/packs/js/sdk.js'></script>\
         <script src=/start.js></script>"
    );
    let html: &'static [u8] = html.into_bytes().leak();
    let url = server.put("/shop", File::Bytes("text/html", "", html));
    (server, url)
}

async fn asks(visitor: &mut Node, script: &str) -> Value {
    visitor.send(json!({ "asks": script })).await;
    visitor.expect_key("answer").await
}

async fn asks_frame(visitor: &mut Node, script: &str) -> Value {
    visitor.send(json!({ "asks_frame": script })).await;
    visitor.expect_key("answer").await
}

async fn until_page(visitor: &mut Node, script: &str) {
    does(visitor, "until", json!(script)).await;
}

async fn until_frame(visitor: &mut Node, script: &str) {
    does(visitor, "until_frame", json!(script)).await;
}

fn complains_of_nothing(visitor: &Node) {
    let lines = visitor.lines();
    let problems: Vec<_> = lines
        .iter()
        .filter(|it| it.get("problem").is_some())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[tokio::test]
async fn the_pages_own_script_steers_it() {
    let demo = Demo::start(BINARY, None).await;
    let label = json!({ "title": "vip" });
    demo.agent("POST", "/labels", Some(label)).await.ok();
    let settings = json!({
        "position": "left", "type": "expanded_bubble", "launcherTitle": "Ask us", "locale": "de",
        "welcomeTitle": "Hallo <b>du</b>", "showPopoutButton": true, "enableEmojiPicker": false,
    });
    let (_shop, url) = strict_shop(&demo, &settings).await;
    let mut jana = visitor(&url, Value::Null).await;
    until_page(&mut jana, "window.$chatwoot?.hasLoaded").await;
    let bubble = "(()=>{const it=document.querySelector('.sb-bubble'),at=getComputedStyle(it);\
        return [it.textContent,it.getAttribute('aria-label'),at.position,at.left,at.backgroundColor]})()";
    assert_eq!(
        asks(&mut jana, bubble).await,
        json!(["Ask us", "Ask us", "fixed", "20px", "rgb(31, 147, 255)"])
    );
    // What is said of a conversation before there is one is said of the first.
    let before = "$chatwoot.setLabel('vip');$chatwoot.setLabel('nobody-has-this');\
        $chatwoot.setConversationCustomAttributes({cart:3,old:1});$chatwoot.deleteConversationCustomAttribute('old');\
        $chatwoot.setCustomAttributes({plan:'gold',gone:1});$chatwoot.toggle('open')";
    does(&mut jana, "does", json!(before)).await;
    until_frame(
        &mut jana,
        "document.querySelector('#title').textContent==='Hallo <b>du</b>'",
    )
    .await;
    let shown = "[document.documentElement.lang,document.querySelector('#text').placeholder,\
        document.querySelector('#emoji').hidden,document.querySelector('#popout').hidden]";
    assert_eq!(
        asks_frame(&mut jana, shown).await,
        json!(["de", "Nachricht schreiben…", true, false])
    );
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!("Ist sie da?")).await;
    let number = conversation(&demo, "Ist sie da?").await;
    let seen = shown_to_agents(&demo, number).await;
    assert_eq!(seen["labels"], json!(["vip"]));
    assert_eq!(seen["custom_attributes"], json!({ "cart": 3 }));
    let began = &seen["additional_attributes"];
    assert_eq!(began["browser"]["platform_name"], "Linux");
    assert!(began["initiated_at"]["timestamp"].is_string(), "{began}");
    it_is_changed(&demo, &mut jana, number).await;
    what_is_not_seen_counts(&demo, &mut jana, number).await;
    let wrong = "['setUser','setCustomAttributes','deleteCustomAttribute'].map((name)=>{\
        try{$chatwoot[name]();return 'ok'}catch{return name}})";
    assert_eq!(
        asks(&mut jana, wrong).await,
        json!(["setUser", "setCustomAttributes", "deleteCustomAttribute"])
    );
    does(&mut jana, "does", json!("$chatwoot.reset()")).await;
    until_page(&mut jana, "$chatwoot.hasLoaded").await;
    does(&mut jana, "does", json!("$chatwoot.toggle('open')")).await;
    assert_eq!(
        asks_frame(&mut jana, "document.querySelectorAll('.said').length").await,
        0
    );
    complains_of_nothing(&jana);
}

async fn it_is_changed(demo: &Demo, jana: &mut Node, number: i64) {
    let after = "$chatwoot.removeLabel('vip');$chatwoot.setConversationCustomAttributes({paid:true});\
        $chatwoot.deleteCustomAttribute('gone');$chatwoot.setLocale('fr');$chatwoot.setColorScheme('dark')";
    does(jana, "does", json!(after)).await;
    until("the labels and attributes", async || {
        let seen = shown_to_agents(demo, number).await;
        let kept = &seen["meta"]["sender"]["custom_attributes"];
        let all = seen["labels"] == json!([]) && *kept == json!({ "plan": "gold" });
        (all && seen["custom_attributes"] == json!({ "cart": 3, "paid": true })).then_some(())
    })
    .await;
    let shown = "[document.documentElement.lang,document.documentElement.dataset.scheme]";
    assert_eq!(asks_frame(jana, shown).await, json!(["fr", "dark"]));
}

#[tokio::test]
async fn what_the_page_says_while_the_first_words_are_on_their_way_holds() {
    let demo = Demo::start(BINARY, None).await;
    for title in ["vip", "new"] {
        let label = json!({ "title": title });
        demo.agent("POST", "/labels", Some(label)).await.ok();
    }
    let (_shop, url) = shop(&demo).await;
    let wait = "(()=>{const real=fetch,gate=new Promise((go)=>{window.release=go});window.fetch=async(to,how)=>{\
        if(how?.method==='POST'&&String(to).includes('/messages?')){window.held=true;await gate}return real(to,how)}})()";
    let before =
        "$chatwoot.setLabel('vip');$chatwoot.setConversationCustomAttributes({cart:3,old:1})";
    let after = "$chatwoot.setLabel('new');$chatwoot.removeLabel('vip');\
        $chatwoot.setConversationCustomAttributes({paid:true});$chatwoot.deleteConversationCustomAttribute('old')";
    for with_file in [false, true] {
        let mut jana = visitor(&url, Value::Null).await;
        does(&mut jana, "open", json!(true)).await;
        does(&mut jana, "skip", json!(true)).await;
        asks_frame(&mut jana, wait).await;
        does(&mut jana, "does", json!(before)).await;
        match with_file {
            true => does(&mut jana, "attach", json!(["list.txt", "lamp"])).await,
            false => does(&mut jana, "write", json!("Is it there?")).await,
        }
        until_frame(&mut jana, "window.held").await;
        does(&mut jana, "does", json!(after)).await;
        asks_frame(&mut jana, "release()").await;
        until("labels and attributes as they were said last", async || {
            let list = demo.agent("GET", "/conversations", None).await.ok();
            let all = list["data"]["payload"].as_array().unwrap();
            let newest = all
                .first()
                .filter(|_| all.len() == 1 + usize::from(with_file))?;
            let attributes = newest["custom_attributes"] == json!({ "cart": 3, "paid": true });
            (newest["labels"] == json!(["new"]) && attributes).then_some(())
        })
        .await;
        complains_of_nothing(&jana);
    }
}

async fn what_is_not_seen_counts(demo: &Demo, jana: &mut Node, number: i64) {
    does(jana, "does", json!("$chatwoot.toggle('close')")).await;
    agent_says(demo, number, "Ja, **rot**.").await;
    let unread = "document.querySelector('.sb-bubble').dataset.unread==='1'";
    until_page(jana, unread).await;
    let peek = "document.querySelector('.sb-peek:not([hidden])').textContent";
    assert_eq!(asks(jana, peek).await, "Alice DemoJa, rot.");
    let told = asks(jana, "told").await;
    assert_eq!(
        told,
        json!([
            ["ready", null],
            ["opened", null],
            ["on-start-conversation", { "hasConversation": false }],
            ["closed", null],
            ["on-message", "Ja, **rot**."],
        ])
    );
    // What was not seen is not seen after a reload either.
    does(jana, "reload", json!(true)).await;
    until_page(jana, unread).await;
    does(jana, "open", json!(true)).await;
    sees(jana, "Ja, rot.").await;
    until_page(
        jana,
        "document.querySelector('.sb-bubble').dataset.unread==='0'",
    )
    .await;
    does(
        jana,
        "does",
        json!("$chatwoot.toggleBubbleVisibility('hide')"),
    )
    .await;
    let hidden = "getComputedStyle(document.querySelector('.sb-bubble')).display";
    assert_eq!(asks(jana, hidden).await, "none");
}

#[tokio::test]
async fn it_is_used_with_a_keyboard_alone() {
    let demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, Value::Null).await;
    until_page(&mut jana, "window.$chatwoot?.hasLoaded").await;
    let at = "document.activeElement.id";
    for key in ["Tab", "Enter"] {
        does(&mut jana, "press", json!(key)).await;
    }
    until_frame(&mut jana, "document.activeElement.id==='email'").await;
    does(&mut jana, "types", json!("jana@shop.example")).await;
    does(&mut jana, "press", json!("Enter")).await;
    until_frame(&mut jana, "document.activeElement.id==='text'").await;
    does(&mut jana, "types", json!("One line")).await;
    does(&mut jana, "press", json!("Shift+Enter")).await;
    does(&mut jana, "types", json!("and another")).await;
    does(&mut jana, "press", json!("Enter")).await;
    let number = conversation(&demo, "One line\nand another").await;
    let seen = shown_to_agents(&demo, number).await;
    assert_eq!(seen["meta"]["sender"]["email"], "jana@shop.example");
    assert_eq!(asks_frame(&mut jana, at).await, "text");
    // Everything that can be pressed says what it does; what is said is a log that is read out.
    let unnamed = "[...document.querySelectorAll('button,input,textarea')].filter((it)=>!it.hidden&&it.type!=='file'\
        &&!it.closest('[hidden]')&&!(it.ariaLabel||it.textContent.trim()||it.labels?.length)).map((it)=>it.id)";
    assert_eq!(asks_frame(&mut jana, unnamed).await, json!([]));
    until_frame(
        &mut jana,
        "document.querySelector('[role=log]').ariaLive==='polite'",
    )
    .await;
    let spoken = "[...document.querySelectorAll('.row')].map((it)=>it.textContent.slice(0,11))";
    assert_eq!(asks_frame(&mut jana, spoken).await, json!(["YouOne line"]));
    does(&mut jana, "press", json!("Escape")).await;
    until_page(&mut jana, "!$chatwoot.isOpen").await;
    assert_eq!(
        asks(&mut jana, "document.activeElement.className.split(' ')[0]").await,
        "sb-bubble"
    );
    complains_of_nothing(&jana);
}

#[tokio::test]
async fn what_is_written_while_the_server_is_away_arrives_once_and_in_order() {
    let mut demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, Value::Null).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!("one")).await;
    sees(&mut jana, "one").await;
    let number = conversation(&demo, "one").await;
    demo.kill();
    for text in ["two", "three", "four"] {
        does(&mut jana, "write", json!(text)).await;
    }
    let said = "$chatwoot.setCustomAttributes({plan:'gold'});$chatwoot.setConversationCustomAttributes({cart:3})";
    does(&mut jana, "does", json!(said)).await;
    demo.restart().await;
    for text in ["two", "three", "four"] {
        sees(&mut jana, text).await;
    }
    let all = demo.messages(number).await;
    let texts: Vec<&str> = all.iter().filter_map(|it| it["content"].as_str()).collect();
    assert_eq!(texts, ["one", "two", "three", "four"]);
    until("what the page said meanwhile", async || {
        let seen = shown_to_agents(&demo, number).await;
        let sender = &seen["meta"]["sender"]["custom_attributes"];
        let all = seen["custom_attributes"] == json!({ "cart": 3 });
        (all && *sender == json!({ "plan": "gold" })).then_some(())
    })
    .await;
    // A second page of the same visitor shows it all, and what is said on the first.
    does(&mut jana, "tab", json!(url)).await;
    does(&mut jana, "open", json!(true)).await;
    sees(&mut jana, "four").await;
    does(&mut jana, "turn", json!(0)).await;
    does(&mut jana, "write", json!("five")).await;
    does(&mut jana, "turn", json!(1)).await;
    sees(&mut jana, "five").await;
    jana.send(json!({ "said": true })).await;
    let said = jana.expect_key("said").await;
    assert_eq!(said, json!(["one", "two", "three", "four", "five"]));
    // What was begun to be written is there after a reload.
    does(&mut jana, "click", json!("#text")).await;
    does(&mut jana, "types", json!("half a sent")).await;
    does(&mut jana, "reload", json!(true)).await;
    does(&mut jana, "open", json!(true)).await;
    until_frame(
        &mut jana,
        "document.querySelector('#text').value==='half a sent'",
    )
    .await;
    complains_of_nothing(&jana);
}

#[tokio::test]
async fn a_visitor_has_an_ended_conversation_sent_to_them() {
    let (demo, mail) = crate::letters::start().await;
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, Value::Null).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "email", json!("jana@shop.example")).await;
    does(&mut jana, "write", json!("Is the lamp in stock?")).await;
    let number = conversation(&demo, "Is the lamp in stock?").await;
    assert_eq!(
        asks_frame(&mut jana, "document.querySelector('#transcript').hidden").await,
        true
    );
    let path = format!("/conversations/{number}/toggle_status");
    let resolve = json!({ "status": "resolved" });
    demo.agent("POST", &path, Some(resolve)).await.ok();
    until_frame(
        &mut jana,
        "!document.querySelector('#transcript').hidden&&!document.querySelector('#ended').hidden",
    )
    .await;
    does(&mut jana, "click", json!("#transcript")).await;
    let taken = mail.wait_for(1).await;
    assert_eq!(taken[0].to, ["jana@shop.example"]);
    let told =
        "document.querySelector('#state').textContent==='It is on its way to your e-mail address.'";
    until_frame(&mut jana, told).await;
    complains_of_nothing(&jana);
}

#[tokio::test]
async fn what_anybody_says_is_shown_and_never_run() {
    let demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, Value::Null).await;
    let evil = "<img src=x onerror=\"top.hacked=1\"><script>top.hacked=1</script>";
    until_page(&mut jana, "window.$chatwoot?.hasLoaded").await;
    let user = json!({ "name": evil, "avatar_url": "javascript:top.hacked=1", "custom_attributes": { "x": evil } });
    let script = format!(
        "$chatwoot.setUser('evil', {user}); $chatwoot.setConversationCustomAttributes({{ a: {} }})",
        json!(evil)
    );
    does(&mut jana, "does", json!(script)).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!(evil)).await;
    sees(&mut jana, evil).await;
    let number = conversation(&demo, evil).await;
    does(&mut jana, "attach", json!(["100%<b>.txt", "x"])).await;
    let words = format!(
        "{evil} [press](javascript:top.hacked=1) **bold** https://shop.example/\"onclick=\"1 <b>"
    );
    agent_says(&demo, number, &words).await;
    let path = format!("/conversations/{number}/messages");
    let cards = json!({
        "content": "cards", "content_type": "cards", "content_attributes": { "items": [{
            "title": evil, "description": evil, "media_url": "javascript:top.hacked=1",
            "actions": [{ "type": "link", "text": evil, "uri": "javascript:top.hacked=1" }],
        }] },
    });
    demo.agent("POST", &path, Some(cards)).await.ok();
    let broken = json!({ "content": "form", "content_type": "form", "content_attributes": { "items": "none" } });
    demo.agent("POST", &path, Some(broken)).await.ok();
    agent_says(
        &demo,
        number,
        &format!("long {}", "w\u{202e}".repeat(3_000)),
    )
    .await;
    sees(&mut jana, "long ").await;
    does(&mut jana, "reload", json!(true)).await;
    does(&mut jana, "open", json!(true)).await;
    sees(&mut jana, "long ").await;
    let hrefs = "[...document.querySelectorAll('#talk a')].map((it)=>it.protocol)";
    let hrefs = asks_frame(&mut jana, hrefs).await;
    let known = [json!("http:"), json!("https:")];
    assert!(
        hrefs
            .as_array()
            .unwrap()
            .iter()
            .all(|it| known.contains(it)),
        "{hrefs}"
    );
    let made = "document.querySelectorAll('#talk script,#talk b b,#talk [onerror],#talk [onclick]').length";
    assert_eq!(asks_frame(&mut jana, made).await, 0);
    assert_eq!(
        asks_frame(
            &mut jana,
            "document.querySelector('#talk').scrollWidth<=innerWidth"
        )
        .await,
        true
    );
    assert_eq!(asks(&mut jana, "window.hacked??0").await, 0);
    complains_of_nothing(&jana);
}

#[tokio::test]
async fn what_was_said_long_ago_comes_when_it_is_looked_for() {
    let demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let mut jana = visitor(&url, Value::Null).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!("first")).await;
    let number = conversation(&demo, "first").await;
    for n in 0..50 {
        agent_says(&demo, number, &format!("nr {n}")).await;
    }
    sees(&mut jana, "nr 49").await;
    does(&mut jana, "reload", json!(true)).await;
    does(&mut jana, "open", json!(true)).await;
    sees(&mut jana, "nr 49").await;
    for count in [20, 40, 51] {
        until_frame(
            &mut jana,
            &format!("document.querySelectorAll('.said').length>={count}"),
        )
        .await;
        does(&mut jana, "scroll", json!(true)).await;
    }
    jana.send(json!({ "said": true })).await;
    let said = jana.expect_key("said").await;
    let mut expected = vec!["first".to_owned()];
    expected.extend((0..50).map(|n| format!("nr {n}")));
    assert_eq!(said, json!(expected));
}

/// A picture of one point.
const PICTURE: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\
    \x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

#[tokio::test]
async fn files_come_from_agents_too_and_either_is_told_that_the_other_types() {
    let demo = Demo::start(BINARY, None).await;
    let (_shop, url) = shop(&demo).await;
    let agent = &demo.card["agents"][0];
    let room = json!({
        "channel": "RoomChannel", "pubsub_token": agent["pubsub_token"], "account_id": 1, "user_id": agent["id"],
    });
    let subscribe = json!({ "command": "subscribe", "identifier": room.to_string() });
    let config = json!({ "url": demo.socket_url("/cable"), "first": [subscribe] });
    let mut agents = Node::run("raw.mjs", config);
    let mut jana = visitor(&url, Value::Null).await;
    does(&mut jana, "open", json!(true)).await;
    does(&mut jana, "skip", json!(true)).await;
    does(&mut jana, "write", json!("hello")).await;
    sees(&mut jana, "hello").await;
    let number = conversation(&demo, "hello").await;
    does(&mut jana, "types", json!("anybod")).await;
    let typing = agents.expect_event("conversation.typing_on").await;
    assert_eq!(typing["user"]["type"], "contact");
    does(&mut jana, "press", json!("Enter")).await;
    agents.expect_event("conversation.typing_off").await;

    let path = format!("/conversations/{number}/messages");
    for (name, bytes) in [("good.gif", PICTURE), ("broken.gif", b"no picture")] {
        let form = Form::default();
        let form = form.file("attachments[]", name, "image/gif", bytes);
        demo.agent_form(&path, form).await.ok();
    }
    until_frame(
        &mut jana,
        "[...document.querySelectorAll('.said img')].filter((it)=>it.naturalWidth===1).length===1",
    )
    .await;
    until_frame(
        &mut jana,
        "document.querySelectorAll('.said img').length===1",
    )
    .await;
    sees(&mut jana, "broken.gif").await;
    // Whoever looks away is told what came, and that it was not read.
    does(&mut jana, "does", json!("$chatwoot.toggle('close')")).await;
    agent_says(&demo, number, "Still there?").await;
    until_page(
        &mut jana,
        "document.querySelector('.sb-bubble').dataset.unread==='1'",
    )
    .await;
    let all = demo.messages(number).await;
    assert_ne!(all.last().unwrap()["status"], "read");
    complains_of_nothing(&jana);
}
