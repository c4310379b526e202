// The way in: the cable, what it tells, and the page around the frame.

let socket;
let beat;
let tries = 0;
let heardAt = 0;
const identifier = JSON.stringify({ channel: "RoomChannel", pubsub_token: about.pubsubToken });

function connect() {
  clearInterval(beat);
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/cable`, "actioncable-v1-json");
  const mine = socket;
  const command = (name, more) => mine.readyState === 1 && mine.send(JSON.stringify({ command: name, identifier, ...more }));
  mine.onopen = () => command("subscribe");
  mine.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    heardAt = Date.now();
    if (frame.type === "confirm_subscription") {
      if (tries > 1) note("");
      tries = 0;
      catchUp();
      wake();
    } else if (frame.message?.event) {
      on(frame.message.event, frame.message.data);
    }
  };
  mine.onclose = () => {
    clearInterval(beat);
    if (mine !== socket) return;
    if (tries > 0) note(say("connecting"), true);
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
// A network that is back is tried at once.
window.addEventListener("online", () => { if (socket.readyState > 1) { tries = 0; connect(); } wake(); });

// Something that came now, or while we were away.
function arrived(message) {
  const isNew = show(message);
  newest = Math.max(newest, message.id);
  if (!catching) synced = newest;
  if (isNew && !isMine(message)) heard(message);
}

let missed = false;
async function catchUp() {
  missed = true;
  if (catching) return;
  catching = true;
  try {
    missed = false;
    for (let from = synced; ; from = synced) {
      const { payload } = await call("GET", from ? `messages?after=${from}` : "messages");
      let last = from;
      for (const message of payload) { arrived(message); last = Math.max(last, message.id); }
      if (!from || payload.length < 200) break;
      synced = last;
    }
    synced = newest;
    const last = await call("GET", "conversations");
    if (last.id) { conversation = last; showStatus(); }
  } catch {
    if (socket.readyState === 1 && !missed) setTimeout(catchUp, 2000);
  } finally {
    catching = false;
    // The connection broke meanwhile and is there again.
    if (missed && socket.readyState === 1) catchUp();
  }
}

// A visitor who has proved who they are is told of whatever they say anywhere.
const isHere = (data) => (data.contact_inbox ?? data.conversation?.contact_inbox)?.source_id === about.sourceId;

function on(event, data) {
  if (event === "presence.update") return showTeam(data.users);
  if (!isHere(data)) return;
  if (event === "message.created") { began(data); arrived(data); }
  else if (event === "message.updated" && said.has(data.id)) show(data);
  else if (event === "conversation.typing_on" && !data.is_private && data.user?.type !== "contact") setTyping(true);
  else if (event === "conversation.typing_off") setTyping(false);
  else if (event === "conversation.status_changed" && conversation?.id === data.id) { conversation.status = data.status; showStatus(); }
}

// --- the page around

function opened() {
  const told = { referer: document.referrer, browser_language: navigator.language, initiated_at: { timestamp: String(new Date()) } };
  quietly(call("POST", "events", { name: "webwidget.triggered", event_info: told }));
  seen();
  (who.hidden ? text : byId("email")).focus({ preventScroll: true });
  down();
}

// Which language: the page's wish, else the browser's.
function inLanguage(wanted) {
  speak([wanted, channel.locale, "en"]);
  for (const it of document.querySelectorAll("[data-say]")) it.textContent = say(it.dataset.say);
  for (const it of document.querySelectorAll("[data-label]")) {
    it.setAttribute("aria-label", say(it.dataset.label));
    if (it.tagName === "BUTTON") it.title = say(it.dataset.label);
  }
  text.placeholder = say("write");
  showTeam();
}

function inScheme(scheme) {
  document.documentElement.dataset.scheme = scheme === "dark" || scheme === "auto" ? scheme : "light";
}

function hide(feature, id) {
  if (FEATURES.has(feature)) return;
  byId(id).hidden = true;
}

// What the page says goes one after the other, so that what it said last holds; without a network it waits, tried for
// some minutes.
const TIMES = 20;
let turn = Promise.resolve();
function inTurn(step) { turn = quietly(turn.then(() => untilTaken(step, TIMES))); }

// What the page says of the conversation: kept until there is one. If the first message is on its way already, it is said
// after that message too.
function ofConversation(keep, tell) {
  const isLate = conversation || outbox.sending;
  if (!conversation) keep();
  if (isLate) inTurn(async () => { await outbox.sending; if (conversation) await tell(); });
}

const tellAttributes = (customAttributes) => call("POST", "conversations/set_custom_attributes", { custom_attributes: customAttributes });
const tellLabel = (label) => call("POST", "labels", { label });
function tellKept() {
  if (Object.keys(meanwhile.custom_attributes).length) inTurn(() => tellAttributes(meanwhile.custom_attributes));
  for (const label of meanwhile.labels) inTurn(() => tellLabel(label));
}

const told = {
  "toggle-open": ({ isOpen }) => {
    if (open === isOpen) return;
    open = isOpen;
    if (open) opened();
  },
  "config-set": (wanted) => {
    settings = wanted;
    const off = { attachments: wanted.enableFileUpload, emoji_picker: wanted.enableEmojiPicker, end_conversation: wanted.enableEndConversation };
    for (const [feature, on] of Object.entries(off)) if (on === false) FEATURES.delete(feature);
    hide("attachments", "attach");
    hide("emoji_picker", "emoji");
    showStatus();
    byId("popout").hidden = wanted.showPopoutButton !== true;
    if (wanted.welcomeTitle) byId("title").textContent = wanted.welcomeTitle;
    if (wanted.welcomeDescription) byId("tagline").textContent = wanted.welcomeDescription;
    inScheme(wanted.darkMode);
    inLanguage(wanted.locale);
  },
  "set-locale": ({ locale: wanted }) => inLanguage(wanted),
  "set-color-scheme": ({ darkMode }) => inScheme(darkMode),
  "set-user": ({ identifier: name, user }) => inTurn(async () => {
    const got = await call("PATCH", "contact/set_user", { identifier: name, ...user }).catch((error) => {
      if (isRefused(error)) tellParent("error", { errorType: "SET_USER_ERROR" });
      throw error;
    });
    if (got.widget_auth_token) return tellParent("loaded", { config: { authToken: got.widget_auth_token }, reload: true });
    about.contact.has_email = got.has_email;
    showStatus();
    if (got.has_email) asked();
  }),
  "set-custom-attributes": ({ customAttributes }) => inTurn(() => call("PATCH", "contact", { custom_attributes: customAttributes })),
  "delete-custom-attribute": ({ customAttribute }) => inTurn(() => call("POST", "contact/destroy_custom_attributes", { custom_attributes: [customAttribute] })),
  "set-conversation-custom-attributes": ({ customAttributes }) => ofConversation(
    () => Object.assign(meanwhile.custom_attributes, customAttributes),
    () => tellAttributes(customAttributes),
  ),
  "delete-conversation-custom-attribute": ({ customAttribute }) => ofConversation(
    () => delete meanwhile.custom_attributes[customAttribute],
    () => call("POST", "conversations/destroy_custom_attributes", { custom_attribute: [customAttribute] }),
  ),
  "set-label": ({ label }) => ofConversation(() => meanwhile.labels.add(label), () => tellLabel(label)),
  "remove-label": ({ label }) => ofConversation(() => meanwhile.labels.delete(label), () => call("DELETE", `labels/${encodeURIComponent(label)}`)),
};
window.addEventListener("message", ({ data, source }) => {
  if (source !== window.parent || typeof data !== "string" || !data.startsWith("chatwoot-widget:")) return;
  const { event, ...more } = JSON.parse(data.slice("chatwoot-widget:".length));
  if (Object.hasOwn(told, event)) told[event](more);
});
byId("close").hidden = !framed;
byId("close").onclick = () => tellParent("closeWindow");
byId("popout").onclick = () => tellParent("popoutChatWindow");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!panel.hidden) { choosing(false); text.focus(); } else tellParent("closeWindow");
});
document.addEventListener("visibilitychange", () => open && document.visibilityState === "visible" && seen());

// --- the beginning

inScheme("light");
inLanguage(about.locale || navigator.language);
hide("attachments", "attach");
hide("emoji_picker", "emoji");
showStatus();
for (const message of about.messages) {
  show(message);
  newest = synced = Math.max(newest, message.id);
  if (!isMine(message) && message.created_at > seenAt) unread += 1;
}
for (const it of drawer.get("outbox") ?? []) {
  const kept = { ...it, files: [] };
  waiting(kept);
  outbox.all.push(kept);
}
text.value = drawer.get("draft") ?? "";
wrote();
if (channel.preChatFormEnabled && !about.contact.has_email && !about.messages.length) {
  who.hidden = false;
  byId("write").hidden = true;
}
down();
// A keyboard or a panel takes room: what was last stays in sight.
if ("ResizeObserver" in window) new ResizeObserver(keepDown).observe(talk);
setTimeout(() => talk.setAttribute("aria-live", "polite"), 500);
quietly(call("GET", "inbox_members").then(({ payload }) => { members = payload; showTeam(); }));
tellParent("loaded", { config: { authToken: token, channelConfig: channel } });
if (unread && framed) tellParent("setUnreadCount", { count: unread, message: about.messages.filter((it) => !isMine(it)).pop() });
else if (unread) seen();
connect();
outbox.drain();
