// The chat inside the widget's frame. What was said comes with the page; what is said from then on comes over the
// cable, and after every new connection whatever came meanwhile is fetched. What the visitor says waits in line until
// the server has it.
const about = JSON.parse(document.getElementById("about").textContent);
const channel = about.webChannel;
const byId = (id) => document.getElementById(id);
const [talk, text, send, state, typing, team, who, faces, panel] =
  ["talk", "text", "send", "state", "typing", "team", "who", "faces", "panel"].map(byId);
const framed = window.parent !== window;
const FEATURES = new Set(channel.enabledFeatures);
const FILES = 15;
const FILE_BYTES = 40 * 1024 * 1024;
const PAGE = 20;
// Who writes again after so many milliseconds is shown with name and time anew.
const PAUSE = 5 * 60 * 1000;

const said = new Map();
const token = about.authToken;
let conversation = about.conversation;
// Everything up to `synced` is here; what comes live while older words are fetched does not move it.
let synced = 0;
let newest = 0;
let catching = false;
let open = !framed;
let unread = 0;
let seenAt = about.conversation?.contact_last_seen_at ?? 0;
// What the page says of a conversation that there is not yet.
const meanwhile = { custom_attributes: {}, labels: new Set() };

// --- calls

async function call(method, path, body, key) {
  const asForm = body instanceof FormData;
  const separator = path.includes("?") ? "&" : "?";
  const headers = { "X-Auth-Token": token };
  if (body && !asForm) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const address = `/api/v1/widget/${path}${separator}website_token=${encodeURIComponent(channel.websiteToken)}`;
  const got = await fetch(address, { method, headers, body: asForm ? body : body && JSON.stringify(body) });
  if (!got.ok) throw Object.assign(new Error(`${got.status}`), { status: got.status });
  const words = await got.text();
  return words ? JSON.parse(words) : null;
}

const quietly = (promise) => promise.catch(() => {});

// Does something until the server has taken it or refused it, at most so many times. A network that is back wakes
// whoever waits for it.
const sleepers = new Set();
const isRefused = ({ status }) => status && status < 500 && status !== 429;
async function untilTaken(step, times = Infinity) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await step();
    } catch (error) {
      if (isRefused(error) || tried >= times) throw error;
      await new Promise((done) => { sleepers.add(done); setTimeout(done, Math.min(500 * 2 ** tried, 15000)); });
    }
  }
}
function wake() {
  for (const done of sleepers) done();
  sleepers.clear();
}

function tellParent(event, more) {
  if (framed) window.parent.postMessage(`chatwoot-widget:${JSON.stringify({ event, ...more })}`, "*");
}

// What is kept for a reload, if the browser lets us keep anything.
const drawer = {
  name: (what) => `${channel.websiteToken}:${about.contact.id}:${what}`,
  put(what, value) { try { sessionStorage.setItem(this.name(what), JSON.stringify(value)); } catch { /* then not */ } },
  get(what) { try { return JSON.parse(sessionStorage.getItem(this.name(what))); } catch { return null; } },
};

// --- showing

const isMine = (message) => message.message_type === 0;
const nearEnd = () => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
const down = () => { talk.scrollTop = talk.scrollHeight; };
let sticks = true;
function keepDown() { if (sticks) down(); }

function timeOf(second) {
  const at = new Date(second * 1000);
  const clock = at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return clock;
  return `${days === 1 ? say("yesterday") : at.toLocaleDateString(locale, { day: "numeric", month: "short" })}, ${clock}`;
}

function rowOf(mine, by, at) {
  const bubble = element("div", { className: mine ? "said mine" : "said", dir: "auto" });
  const name = element("div", { className: mine ? "who sr" : "who", textContent: mine ? say("you") : by || say("us") });
  const time = element("time", { textContent: timeOf(at), dateTime: new Date(at * 1000).toISOString() });
  const row = element("div", { className: mine ? "row right" : "row" }, name, bubble, time);
  Object.assign(row.dataset, { by: mine ? "" : by || " ", at });
  return { row, bubble };
}

// Rows of one person one after the other show the name once and the time once.
function arrange(row) {
  for (const it of [row, row.nextElementSibling]) {
    const before = it?.previousElementSibling;
    if (!it) continue;
    const follows = before?.dataset.by === it.dataset.by && (it.dataset.at - before.dataset.at) * 1000 < PAUSE;
    it.classList.toggle("follows", follows);
    before?.classList.toggle("followed", follows);
  }
}

function fill(bubble, message) {
  const words = message.content ? [isMine(message) ? plain(message.content) : formatted(message.content)] : [];
  bubble.replaceChildren(...(message.attachments ?? []).map(attachment), ...words, ...parts(message));
  bubble.classList.toggle("wide", ["cards", "article", "form", "input_email", "input_csat"].includes(message.content_type));
}

function show(message) {
  if (message.message_type === 2 || message.private) return;
  let bubble = said.get(message.id);
  const sent = said.get(`echo ${message.echo_id}`);
  if (bubble && sent && bubble !== sent) sent.parentNode.remove();
  bubble ??= sent;
  const isNew = !bubble;
  if (isNew) {
    const sender = message.sender?.available_name ?? message.sender?.name;
    const made = rowOf(isMine(message), sender, message.created_at);
    bubble = made.bubble;
    const later = [...talk.querySelectorAll(".said[data-id]")].find((it) => Number(it.dataset.id) > message.id);
    // What waits to be sent stays last.
    const before = (later ?? talk.querySelector(".waiting"))?.parentNode;
    if (before) before.before(made.row); else talk.append(made.row);
    arrange(made.row);
  }
  bubble.classList.remove("waiting", "failed");
  bubble.dataset.id = message.id;
  said.set(message.id, bubble);
  fill(bubble, message);
  keepDown();
  if (isMine(message)) outbox.done(message.echo_id);
  return isNew;
}

function note(words, stays) {
  clearTimeout(note.timer);
  state.replaceChildren(words);
  state.hidden = !words;
  if (!stays) note.timer = setTimeout(() => { state.hidden = true; }, 5000);
}

// --- what is new

function heard(message) {
  setTyping(false);
  tellParent("onMessage", { message });
  if (open && document.visibilityState === "visible") return seen();
  unread += 1;
  tellParent("setUnreadCount", { count: unread, message });
}

let seenTimer;
function seen() {
  unread = 0;
  tellParent("setUnreadCount", { count: 0 });
  others?.postMessage("seen");
  clearTimeout(seenTimer);
  if (said.size && conversation) seenTimer = setTimeout(() => quietly(call("POST", "conversations/update_last_seen")), 300);
}

// Other tabs of the same visitor: what is read here is read there.
const others = "BroadcastChannel" in window ? new BroadcastChannel(`chat ${channel.websiteToken} ${about.contact.id}`) : null;
if (others) others.onmessage = () => { unread = 0; tellParent("setUnreadCount", { count: 0 }); };

let typingTimer;
function setTyping(on) {
  typing.classList.toggle("on", on);
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(() => setTyping(false), 30000);
  if (on) keepDown();
}

// --- who answers

let members = [];
let settings = {};
function showTeam(users) {
  if (users) members = members.map((it) => ({ ...it, availability_status: users[it.id] ?? "offline" }));
  const here = members.some((it) => it.availability_status === "online") && channel.isOpen !== false;
  team.dataset.here = here;
  const asked = here ? settings.availableMessage : settings.unavailableMessage;
  const words = here ? [say("here"), say(channel.replyTime) || say("soon")] : [channel.outOfOfficeMessage || say("later")];
  byId("hours").textContent = asked || words.join(locale === "zh" ? "" : " ");
  faces.replaceChildren(...members.slice(0, 4).map((it) => {
    const initials = it.name.split(/\s+/).map((part) => [...part][0] ?? "").slice(0, 2).join("").toUpperCase();
    const face = element("i", { title: it.name, textContent: initials });
    const picture = addressOf(it.avatar_url || "");
    if (it.avatar_url && picture) face.append(element("img", { src: picture, alt: "", onerror() { this.remove(); } }));
    face.dataset.here = it.availability_status === "online";
    return face;
  }));
}

// --- saying

const random = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

// Messages go one after the other, in the order in which they were written, each until the server has it. The same key
// is the same message, so trying again never says it twice.
const outbox = {
  all: [],
  sending: null,
  put(it) {
    this.all.push(it);
    this.keep();
    this.drain();
  },
  done(key) {
    if (!key || !this.all.some((it) => it.key === key)) return;
    this.all = this.all.filter((it) => it.key !== key);
    this.keep();
  },
  keep() { drawer.put("outbox", this.all.filter((it) => !it.files.length).map(({ key, words, at }) => ({ key, words, at }))); },
  drain() { this.sending ??= this.sendAll().finally(() => { this.sending = null; }); },
  async sendAll() {
    while (this.all.length) {
      const it = this.all[0];
      const isFirst = !conversation;
      const message = await untilTaken(() => call("POST", "messages", bodyOf(it), it.key)).catch(() => null);
      this.done(it.key);
      if (!message) { failed(it); continue; }
      began(message);
      // A form has no place for it.
      if (isFirst && it.files.length) tellKept();
      show({ ...message, echo_id: it.key });
    }
  },
};

function bodyOf({ key, words, files, at }) {
  const page = document.referrer || location.href;
  const body = { message: { content: words, echo_id: key, timestamp: new Date(at).toString(), referer_url: page } };
  if (!conversation) Object.assign(body, { custom_attributes: meanwhile.custom_attributes, labels: [...meanwhile.labels] });
  if (!files.length) return body;
  const asForm = new FormData();
  if (words) asForm.append("message[content]", words);
  asForm.append("message[echo_id]", key);
  asForm.append("message[referer_url]", page);
  for (const file of files) asForm.append("message[attachments][]", file);
  return asForm;
}

function began(message) {
  if (conversation?.id === message.conversation_id) return;
  if (!conversation) tellParent("onStartConversation", { hasConversation: false });
  conversation = { id: message.conversation_id, status: "open" };
  showStatus();
}

function waiting(it) {
  const { row, bubble } = rowOf(true, "", Math.floor(it.at / 1000));
  bubble.classList.add("waiting");
  bubble.append(...it.files.map((file) => element("span", { className: "file" }, `📎 ${file.name}`)), ...(it.words ? [plain(it.words)] : []));
  talk.append(row);
  arrange(row);
  said.set(`echo ${it.key}`, bubble);
}

function failed(it) {
  const bubble = said.get(`echo ${it.key}`);
  if (!bubble || bubble.dataset.id) return;
  bubble.classList.replace("waiting", "failed");
  const again = element("button", { type: "button", textContent: say("again") });
  again.onclick = () => {
    again.parentNode.remove();
    bubble.classList.replace("failed", "waiting");
    outbox.put(it);
  };
  bubble.append(element("span", { className: "problem" }, `${say("failed")} `, again));
}

function post(words, files = []) {
  const it = { key: random(), words, files, at: Date.now() };
  sticks = true;
  waiting(it);
  down();
  outbox.put(it);
}

let typed = 0;
function tellTyping(on) {
  const now = Date.now();
  if (on && now - typed < 3000) return;
  if (!on && !typed) return;
  typed = on ? now : 0;
  if (conversation) quietly(call("POST", "conversations/toggle_typing", { typing_status: on ? "on" : "off" }));
}

let stopTimer;
function wrote() {
  send.disabled = !text.value.trim();
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  drawer.put("draft", text.value);
}
text.addEventListener("input", () => {
  wrote();
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
text.addEventListener("paste", ({ clipboardData }) => give(clipboardData?.files));
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  wrote();
  tellTyping(false);
  post(words);
  text.focus();
});

function give(list) {
  const files = [...(list ?? [])];
  if (!files.length || !FEATURES.has("attachments")) return;
  const fitting = files.filter((it) => it.size <= FILE_BYTES).slice(0, FILES);
  if (fitting.length) post(null, fitting);
  if (files.some((it) => it.size > FILE_BYTES)) note(say("big"));
  else if (fitting.length < files.length) note(say("many"));
}
byId("attach").onclick = () => byId("file").click();
byId("file").onchange = ({ target }) => { give(target.files); target.value = ""; };
talk.addEventListener("dragover", (event) => event.preventDefault());
talk.addEventListener("drop", (event) => { event.preventDefault(); give(event.dataTransfer.files); });

// --- emoji

const EMOJI = [..."😀😄😁😅😂🙂😉😊😍😘😎🤔😐😴😕😢😭😡😱🤯👍👎👌👋🙏👏💪🤝❤💔🔥⭐🎉🎁☕🌞✅❌❓❗💡📦🚚💳🏠📞⏰📅"];
panel.append(...EMOJI.map((it) => {
  const button = element("button", { type: "button", textContent: it });
  button.onclick = () => {
    text.setRangeText(it, text.selectionStart, text.selectionEnd, "end");
    wrote();
    choosing(false);
    text.focus();
  };
  return button;
}));
function choosing(on) {
  panel.hidden = !on;
  byId("emoji").setAttribute("aria-expanded", String(on));
  if (on) panel.firstElementChild.focus();
}
byId("emoji").onclick = () => choosing(panel.hidden);

// --- who it is

function asked() {
  if (!who.hidden && document.activeElement !== document.body) text.focus();
  who.hidden = true;
  byId("write").hidden = false;
}
who.addEventListener("submit", async (event) => {
  event.preventDefault();
  const email = byId("email").value.trim();
  if (!email) return byId("email").focus();
  try {
    await call("PATCH", "contact", { email });
    about.contact.has_email = true;
    asked();
    text.focus();
  } catch (error) {
    byId("email-state").textContent = say(error.status ? "bad_email" : "connecting");
    byId("email").setAttribute("aria-invalid", "true");
    byId("email").focus();
  }
});
byId("skip").onclick = () => { asked(); text.focus(); };

// --- the end

function showStatus() {
  const done = conversation?.status === "resolved";
  byId("ended").hidden = !done;
  byId("end").hidden = !FEATURES.has("end_conversation") || !conversation || done;
  byId("transcript").hidden = !done || !about.sendsTranscripts || !about.contact.has_email;
}
byId("transcript").onclick = async () => {
  try {
    await call("POST", "conversations/transcript");
    note(say("on_its_way"));
  } catch { note(say("failed")); }
};
byId("end").onclick = () => {
  const yes = element("button", { type: "button", textContent: say("yes") });
  const no = element("button", { type: "button", textContent: say("no") });
  yes.onclick = () => { note(""); quietly(call("GET", "conversations/toggle_status")); text.focus(); };
  no.onclick = () => { note(""); text.focus(); };
  note(element("span", {}, `${say("sure")} `, yes, " ", no), true);
  yes.focus();
};

// --- earlier

let earlier = about.messages.length >= PAGE;
talk.addEventListener("scroll", async () => {
  sticks = nearEnd();
  const first = talk.querySelector(".said[data-id]");
  if (!earlier || talk.scrollTop > 80 || !first || loadEarlier.busy) return;
  loadEarlier(first);
});
async function loadEarlier(first) {
  loadEarlier.busy = true;
  byId("earlier").hidden = false;
  try {
    const { payload } = await call("GET", `messages?before=${first.dataset.id}`);
    earlier = payload.length >= PAGE;
    const fromEnd = talk.scrollHeight - talk.scrollTop;
    talk.setAttribute("aria-live", "off");
    payload.forEach(show);
    talk.scrollTop = talk.scrollHeight - fromEnd;
  } catch { /* by the next scroll */ } finally {
    byId("earlier").hidden = true;
    setTimeout(() => talk.setAttribute("aria-live", "polite"), 100);
    loadEarlier.busy = false;
  }
}
