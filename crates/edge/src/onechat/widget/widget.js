// The chat inside the widget's frame. What was said comes with the page; what is said from then on comes over the
// cable, and after every new connection whatever came meanwhile is fetched.
(() => {
  "use strict";
  const about = JSON.parse(document.getElementById("about").textContent);
  const channel = about.webChannel;
  const byId = (id) => document.getElementById(id);
  const [talk, text, send, state, typing, team, who] =
    ["talk", "text", "send", "state", "typing", "team", "who"].map(byId);
  const framed = window.parent !== window;
  const said = new Map();
  let token = about.authToken;
  let pubsub = about.pubsubToken;
  // Everything up to `synced` is here; what comes live while older words are fetched does not move it.
  let synced = 0;
  let newest = 0;
  let catching = false;
  let open = !framed;
  let unread = 0;

  // --- calls

  async function call(method, path, body, key) {
    const form = body instanceof FormData;
    const separator = path.includes("?") ? "&" : "?";
    const headers = { "X-Auth-Token": token };
    if (body && !form) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const address = `/api/v1/widget/${path}${separator}website_token=${encodeURIComponent(channel.websiteToken)}`;
    const answer = await fetch(address, { method, headers, body: form ? body : body && JSON.stringify(body) });
    if (!answer.ok) throw Object.assign(new Error(`${answer.status}`), { status: answer.status });
    const words = await answer.text();
    return words ? JSON.parse(words) : null;
  }

  const quietly = (promise) => promise.catch(() => {});

  function tellParent(event, more) {
    if (framed) window.parent.postMessage(`chatwoot-widget:${JSON.stringify({ event, ...more })}`, "*");
  }

  // --- showing

  function linked(words) {
    const line = document.createElement("span");
    for (const part of words.split(/(https?:\/\/[^\s<>"]+)/)) {
      if (!/^https?:\/\//.test(part)) { line.append(part); continue; }
      line.append(Object.assign(document.createElement("a"), { href: part, textContent: part, target: "_blank", rel: "noopener noreferrer" }));
    }
    return line;
  }

  function attachment(it) {
    const address = it.data_url ?? "";
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener noreferrer", className: "file" });
    if (it.file_type === "image") {
      link.append(Object.assign(document.createElement("img"), { src: address, alt: "Picture", loading: "lazy" }));
    } else {
      link.textContent = `📎 ${decodeURIComponent(address.split("/").pop() || it.fallback_title || "file")}`;
    }
    return link;
  }

  function fill(bubble, message) {
    bubble.replaceChildren(...(message.attachments ?? []).map(attachment));
    if (message.content) bubble.append(linked(message.content));
    const items = message.content_attributes?.items;
    if (message.content_type === "input_select" && items && !message.content_attributes.submitted_values) {
      const choices = Object.assign(document.createElement("div"), { className: "choices" });
      choices.append(...items.map((item) => {
        const choice = Object.assign(document.createElement("button"), { type: "button", textContent: item.title });
        choice.onclick = () => quietly(call("PATCH", `messages/${message.id}`, { message: { submitted_values: [item] } }).then(() => {
          choices.remove();
          say(item.title);
        }));
        return choice;
      }));
      bubble.append(choices);
    }
  }

  const isMine = (message) => message.message_type === 0;

  function show(message) {
    if (message.message_type === 2 || message.private) return;
    let bubble = said.get(message.id) ?? said.get(`echo ${message.echo_id}`);
    const isNew = !bubble;
    if (isNew) {
      bubble = Object.assign(document.createElement("div"), { className: isMine(message) ? "said mine" : "said" });
      if (!isMine(message) && message.sender?.name && talk.lastElementChild?.dataset.by !== message.sender.name) {
        const name = message.sender.available_name ?? message.sender.name;
        talk.append(Object.assign(document.createElement("div"), { className: "who", textContent: name }));
      }
      bubble.dataset.by = message.sender?.name ?? "";
      const later = [...talk.querySelectorAll(".said[data-id]")].find((it) => Number(it.dataset.id) > message.id);
      if (later) later.before(bubble); else talk.append(bubble);
    }
    bubble.classList.remove("waiting", "failed");
    bubble.onclick = null;
    bubble.dataset.id = message.id;
    said.set(message.id, bubble);
    fill(bubble, message);
    talk.scrollTop = talk.scrollHeight;
    if (isNew && !isMine(message)) heard(message);
  }

  function heard(message) {
    setTyping(false);
    if (open && document.visibilityState === "visible") return seen();
    unread += 1;
    tellParent("setUnreadCount", { count: unread, content: message.content });
  }

  let seenTimer;
  function seen() {
    unread = 0;
    tellParent("setUnreadCount", { count: 0 });
    clearTimeout(seenTimer);
    if (said.size) seenTimer = setTimeout(() => quietly(call("POST", "conversations/update_last_seen")), 300);
  }

  let typingTimer;
  function setTyping(on) {
    typing.classList.toggle("on", on);
    clearTimeout(typingTimer);
    if (on) typingTimer = setTimeout(() => setTyping(false), 30000);
    if (on) talk.scrollTop = talk.scrollHeight;
  }

  function showTeam(users) {
    const here = Object.values(users).some((it) => it === "online");
    team.dataset.here = here;
    const times = { in_a_few_minutes: "in a few minutes", in_a_few_hours: "in a few hours", in_a_day: "within a day" };
    team.textContent = here ? `We are here and answer ${times[channel.replyTime] ?? "soon"}` : "We answer as soon as we are back";
  }

  // --- saying

  const random = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

  async function say(words, files = []) {
    const echo = random();
    const bubble = Object.assign(document.createElement("div"), { className: "said mine waiting" });
    bubble.append(...files.map((it) => `📎 ${it.name} `), words ?? "");
    talk.append(bubble);
    talk.scrollTop = talk.scrollHeight;
    said.set(`echo ${echo}`, bubble);
    const page = document.referrer || location.href;
    let body = { message: { content: words, echo_id: echo, timestamp: new Date().toString(), referer_url: page } };
    if (files.length) {
      body = new FormData();
      if (words) body.append("message[content]", words);
      body.append("message[echo_id]", echo);
      body.append("message[referer_url]", page);
      for (const file of files) body.append("message[attachments][]", file);
    }
    await attempt(bubble, body, echo, 0);
  }

  // The same key is the same message, so trying again never says it twice.
  async function attempt(bubble, body, echo, tries) {
    try {
      show({ ...(await call("POST", "messages", body, echo)), echo_id: echo });
    } catch (error) {
      if (bubble.dataset.id) return;
      const again = !error.status || error.status >= 500;
      if (again && tries < 5) {
        setTimeout(() => attempt(bubble, body, echo, tries + 1), 1000 * 2 ** tries);
        return;
      }
      bubble.classList.replace("waiting", "failed");
      bubble.title = "Not sent. Press to try again.";
      bubble.onclick = () => { bubble.classList.replace("failed", "waiting"); bubble.onclick = null; attempt(bubble, body, echo, 0); };
    }
  }

  let typed = 0;
  function tellTyping(on) {
    const now = Date.now();
    if (on && now - typed < 3000) return;
    if (!on && !typed) return;
    typed = on ? now : 0;
    if (said.size) quietly(call("POST", "conversations/toggle_typing", { typing_status: on ? "on" : "off" }));
  }

  let stopTimer;
  text.addEventListener("input", () => {
    send.disabled = !text.value.trim();
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    tellTyping(true);
    clearTimeout(stopTimer);
    stopTimer = setTimeout(() => tellTyping(false), 4000);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("write").requestSubmit();
    }
  });
  byId("write").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    text.style.height = "auto";
    send.disabled = true;
    tellTyping(false);
    say(words);
  });
  byId("attach").onclick = () => byId("file").click();
  byId("file").onchange = ({ target }) => {
    const files = [...target.files].slice(0, 15);
    const fitting = files.filter((it) => it.size <= 40 * 1024 * 1024);
    target.value = "";
    if (fitting.length) say(null, fitting);
    if (fitting.length < files.length) note("A file may have at most 40 megabytes.");
  };

  function note(words) {
    state.textContent = words;
    state.hidden = false;
    setTimeout(() => { state.hidden = true; }, 4000);
  }

  // --- who it is

  function asked() {
    who.hidden = true;
    byId("write").hidden = false;
    text.focus();
  }
  who.addEventListener("submit", async (event) => {
    event.preventDefault();
    const email = byId("email").value.trim();
    if (!email) return asked();
    try {
      await call("PATCH", "contact", { email });
      asked();
    } catch {
      byId("email-state").textContent = "This does not look like an e-mail address.";
    }
  });
  byId("skip").onclick = asked;

  // --- the cable

  let socket;
  let beat;
  let tries = 0;
  let heardAt = 0;
  const identifier = () => JSON.stringify({ channel: "RoomChannel", pubsub_token: pubsub });

  function connect() {
    clearInterval(beat);
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/cable`, "actioncable-v1-json");
    const mine = socket;
    const command = (name, more) => mine.readyState === 1 && mine.send(JSON.stringify({ command: name, identifier: identifier(), ...more }));
    mine.onopen = () => command("subscribe");
    mine.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      heardAt = Date.now();
      if (frame.type === "confirm_subscription") {
        tries = 0;
        state.hidden = true;
        catchUp();
      } else if (frame.message?.event) {
        on(frame.message.event, frame.message.data);
      }
    };
    mine.onclose = () => {
      clearInterval(beat);
      if (mine !== socket) return;
      if (tries > 0) { state.textContent = "Connecting again…"; state.hidden = false; }
      setTimeout(connect, Math.min(500 * 2 ** tries, 15000) * (0.75 + Math.random() / 2));
      tries += 1;
    };
    heardAt = Date.now();
    let beats = 0;
    beat = setInterval(() => {
      beats += 1;
      if (Date.now() - heardAt > 9000) mine.close();
      else if (beats % 10 === 0) command("message", { data: JSON.stringify({ action: "update_presence" }) });
    }, 3000);
  }

  function arrived(message) {
    show(message);
    newest = Math.max(newest, message.id);
    if (!catching) synced = newest;
  }

  async function catchUp() {
    catching = true;
    try {
      for (let from = synced; ; from = synced) {
        const { payload } = await call("GET", from ? `messages?after=${from}` : "messages");
        let last = from;
        for (const message of payload) { show(message); last = Math.max(last, message.id); }
        newest = Math.max(newest, last);
        if (!from || payload.length < 200) break;
        synced = last;
      }
      synced = newest;
    } catch (error) {
      if (socket.readyState === 1) setTimeout(catchUp, 2000);
    } finally {
      catching = false;
    }
  }

  function on(event, data) {
    if (event === "message.created" || event === "message.updated") arrived(data);
    else if (event === "conversation.typing_on" && !data.is_private && data.user?.type === "user") setTyping(true);
    else if (event === "conversation.typing_off") setTyping(false);
    else if (event === "presence.update") showTeam(data.users);
  }

  // --- the page around

  window.addEventListener("message", ({ data, source }) => {
    if (source !== window.parent || typeof data !== "string" || !data.startsWith("chatwoot-widget:")) return;
    const told = JSON.parse(data.slice("chatwoot-widget:".length));
    if (told.event === "toggle-open") {
      open = told.isOpen;
      if (open) { quietly(call("POST", "events", { name: "webwidget.triggered", event_info: { referer: document.referrer, browser_language: navigator.language, initiated_at: { timestamp: String(new Date()) } } })); seen(); (who.hidden ? text : byId("email")).focus({ preventScroll: true }); talk.scrollTop = talk.scrollHeight; }
    } else if (told.event === "set-user") {
      quietly(call("PATCH", "contact/set_user", { identifier: told.identifier, ...told.user }).then((answer) => {
        if (answer.widget_auth_token) tellParent("loaded", { config: { authToken: answer.widget_auth_token }, reload: true });
        else if (answer.has_email) asked();
      }, () => tellParent("error", { errorType: "SET_USER_ERROR" })));
    } else if (told.event === "set-custom-attributes") {
      quietly(call("PATCH", "contact", { custom_attributes: told.customAttributes }));
    } else if (told.event === "delete-custom-attribute") {
      quietly(call("POST", "contact/destroy_custom_attributes", { custom_attributes: [told.customAttribute] }));
    } else if (told.event === "set-conversation-custom-attributes") {
      quietly(call("POST", "conversations/set_custom_attributes", { custom_attributes: told.customAttributes }));
    }
  });
  byId("close").hidden = !framed;
  byId("close").onclick = () => tellParent("closeWindow");
  document.addEventListener("keydown", (event) => event.key === "Escape" && tellParent("closeWindow"));
  document.addEventListener("visibilitychange", () => open && document.visibilityState === "visible" && seen());

  if (channel.greeting && !about.messages.length) {
    talk.append(Object.assign(document.createElement("div"), { className: "said", textContent: channel.greeting }));
  }
  about.messages.forEach(arrived);
  if (channel.preChatFormEnabled && !about.contact.has_email && !about.messages.length) {
    who.hidden = false;
    byId("write").hidden = true;
  }
  quietly(call("GET", "inbox_members").then(({ payload }) => showTeam(Object.fromEntries(payload.map((it) => [it.id, it.availability_status])))));
  tellParent("loaded", { config: { authToken: token, channelConfig: channel } });
  connect();
})();
