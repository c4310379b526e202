// What a website includes: a button, a frame with the chat, and `window.$chatwoot` for the page's own scripts.
//
// It runs in somebody else's page: it sets no markup and no style element, so that a page with a strict content
// policy or with trusted types can have it, and it never throws at them unless they ask for something impossible.
(() => {
  "use strict";
  const PREFIX = "chatwoot-widget:";
  const YEAR = 31536000;
  // How long to wait for a frame that does not come, in milliseconds, before it is asked for again; then twice as long,
  // up to so many times.
  const PATIENCE = 20000;
  const TIMES = 6;
  const TOLD = { isOpen: { true: "chatwoot:opened", false: "chatwoot:closed" } };
  const cookie = (name) => document.cookie.split("; ").find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1);

  const CSS = `
.sb-bubble{position:fixed;bottom:20px;min-width:58px;height:58px;padding:0 15px;border:0;border-radius:29px;cursor:pointer;z-index:2147483000;box-shadow:0 6px 24px #0003;display:flex;gap:10px;align-items:center;justify-content:center;font:600 16px/1 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;transition:transform .15s}
.sb-bubble[hidden],.sb-peek[hidden]{display:none}
.sb-bubble:hover{transform:scale(1.05)}.sb-bubble:focus-visible,.sb-peek:focus-visible{outline:3px solid currentColor;outline-offset:3px}
.sb-bubble svg{flex:none;transition:transform .2s}
.sb-bubble .sb-cross,.sb-bubble[aria-expanded="true"] .sb-chat,.sb-bubble[aria-expanded="true"] span{display:none}.sb-bubble[aria-expanded="true"] .sb-cross{display:block}
.sb-bubble[data-unread]:not([data-unread="0"])::after{content:attr(data-unread);position:absolute;top:-3px;right:-3px;min-width:20px;height:20px;padding:0 5px;border-radius:10px;box-sizing:border-box;background:#d93036;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center}
.sb-frame{position:fixed;bottom:92px;width:min(392px,calc(100vw - 40px));height:min(640px,calc(100dvh - 116px));border:0;border-radius:18px;z-index:2147483001;box-shadow:0 12px 48px #0000003d;background:#fff;color-scheme:normal;transition:opacity .15s,transform .15s}
.sb-frame.sb-away{opacity:0;transform:translateY(12px);visibility:hidden;pointer-events:none}
.sb-peek{position:fixed;bottom:92px;max-width:min(300px,calc(100vw - 40px));padding:12px 16px;border:0;border-radius:16px;cursor:pointer;z-index:2147483000;box-shadow:0 8px 32px #00000030;background:#fff;color:#1c2024;text-align:start;font:15px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
.sb-peek b{display:block;font-size:13px;color:#60646c;margin-bottom:2px}
.sb-right{right:20px}.sb-left{left:20px}.sb-flat.sb-frame,.sb-flat.sb-peek{border-radius:4px}.sb-flat.sb-bubble{border-radius:8px}
@media(max-width:520px){.sb-frame{inset:0;width:100%;height:100%;border-radius:0}}
@media(prefers-reduced-motion:reduce){.sb-frame,.sb-bubble,.sb-bubble svg{transition:none}}
@media print{.sb-frame,.sb-bubble,.sb-peek{display:none}}`;

  function style() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    } catch {
      document.head.append(Object.assign(document.createElement("style"), { textContent: CSS }));
    }
  }

  function drawing(name, path) {
    const NS = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(NS, "svg");
    const line = document.createElementNS(NS, "path");
    const about = { class: name, width: 28, height: 28, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": true };
    for (const [key, value] of Object.entries(about)) svg.setAttribute(key, value);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  // White or nearly black, whichever is read more easily on a colour.
  function inkOn(color) {
    const [r, g, b] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.42 ? "#1c2024" : "#fff";
  }

  function run({ websiteToken, baseUrl }) {
    if (window.$chatwoot) return;
    const base = String(baseUrl).replace(/\/+$/, "");
    const origin = new URL(base, location.href).origin;
    const settings = window.chatwootSettings ?? {};
    const side = settings.position === "left" ? "sb-left" : "sb-right";
    const flat = settings.widgetStyle === "flat" ? " sb-flat" : "";
    const domain = settings.baseDomain ? `; domain=${settings.baseDomain}` : "";
    const waiting = [];
    let isOpen = false;
    let patience;
    let loads = 0;

    const keep = (name, value, age = YEAR) => {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `${name}=${value}; path=/; max-age=${age}; SameSite=Lax${domain}${secure}`;
    };
    const happens = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));

    style();
    const frame = document.createElement("iframe");
    const bubble = document.createElement("button");
    const peek = document.createElement("button");
    const title = settings.launcherTitle || "Chat";
    frame.className = `sb-frame sb-away ${side}${flat}`;
    frame.title = title;
    frame.allow = "clipboard-write";
    bubble.className = `sb-bubble ${side}${flat}`;
    bubble.type = peek.type = "button";
    bubble.setAttribute("aria-expanded", "false");
    bubble.append(drawing("sb-chat", "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6L5.6 21l4-2c.8.2 1.6.3 2.4.3 5 0 9-3.5 9-8.1s-4-7.7-9-7.7z"), drawing("sb-cross", "M6 9l6 6 6-6"));
    if (settings.type === "expanded_bubble") bubble.append(Object.assign(document.createElement("span"), { textContent: title }));
    bubble.hidden = settings.hideMessageBubble === true;
    peek.className = `sb-peek ${side}${flat}`;
    peek.hidden = true;

    function label() {
      const unread = Number(bubble.dataset.unread) ? ` (${bubble.dataset.unread})` : "";
      bubble.setAttribute("aria-label", `${title}${unread}`);
    }
    function color(value) {
      bubble.style.background = value;
      bubble.style.color = inkOn(value);
    }
    label();
    color("#1f93ff");

    const language = () => api.locale || (settings.useBrowserLanguage ? navigator.language : "");
    function load() {
      const known = cookie("cw_conversation");
      const query = new URLSearchParams({ website_token: websiteToken, cw_conversation: known ?? "", locale: language() });
      frame.src = `${base}/widget?${query}`;
      clearTimeout(patience);
      patience = loads < TIMES ? setTimeout(load, PATIENCE * 2 ** loads) : undefined;
      loads += 1;
    }
    const post = (event, more) => frame.contentWindow?.postMessage(`${PREFIX}${JSON.stringify({ event, ...more })}`, origin);
    const tell = (event, more) => (api.hasLoaded ? post(event, more) : waiting.push([event, more]));

    function toggle(to) {
      const wanted = to === "open" || to === "close" ? to === "open" : !isOpen;
      if (wanted === isOpen) return;
      isOpen = wanted;
      frame.classList.toggle("sb-away", !isOpen);
      bubble.setAttribute("aria-expanded", String(isOpen));
      peek.hidden = true;
      tell("toggle-open", { isOpen });
      if (isOpen) frame.focus();
      happens(TOLD.isOpen[isOpen]);
    }

    function glance(message) {
      if (isOpen || bubble.hidden || settings.showUnreadMessagesDialog === false || !message?.content) return;
      const by = document.createElement("b");
      by.textContent = message.sender?.available_name ?? message.sender?.name ?? title;
      // Without the marks of emphasis and the addresses of links.
      const bare = message.content.slice(0, 600).replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/(\*\*|__|~~|`)/g, "");
      const words = bare.length > 140 ? `${bare.slice(0, 140)}…` : bare;
      peek.replaceChildren(by, words);
      peek.dir = "auto";
      peek.hidden = false;
    }

    function needText(value, what) {
      if (typeof value !== "string" || !value) throw new Error(`${what} should be a text`);
      return value;
    }
    function needObject(value, what) {
      if (!value || typeof value !== "object" || !Object.keys(value).length) throw new Error(`${what} should have at least one key`);
      return value;
    }

    const api = {
      baseUrl: base, websiteToken, baseDomain: settings.baseDomain, hasLoaded: false, position: settings.position ?? "right",
      type: settings.type ?? "standard", launcherTitle: settings.launcherTitle ?? "", locale: settings.locale ?? "",
      hideMessageBubble: bubble.hidden, useBrowserLanguage: settings.useBrowserLanguage === true, widgetStyle: settings.widgetStyle ?? "standard",
      darkMode: settings.darkMode ?? "light", showPopoutButton: settings.showPopoutButton === true,
      get isOpen() { return isOpen; },
      toggle,
      toggleBubbleVisibility(how) {
        bubble.hidden = how === "hide";
        if (bubble.hidden) peek.hidden = true;
      },
      popoutChatWindow: () => window.open(frame.src, "_blank", "noopener"),
      setUser(identifier, user = {}) {
        if (typeof identifier !== "string" && typeof identifier !== "number") throw new Error("Identifier should be a string or a number");
        api.identifier = identifier;
        api.user = user;
        tell("set-user", { identifier: String(identifier), user });
      },
      setCustomAttributes: (customAttributes = {}) => tell("set-custom-attributes", { customAttributes: needObject(customAttributes, "Custom attributes") }),
      deleteCustomAttribute: (customAttribute = "") => tell("delete-custom-attribute", { customAttribute: needText(customAttribute, "A custom attribute") }),
      setConversationCustomAttributes: (customAttributes = {}) => tell("set-conversation-custom-attributes", { customAttributes: needObject(customAttributes, "Custom attributes") }),
      deleteConversationCustomAttribute: (customAttribute = "") => tell("delete-conversation-custom-attribute", { customAttribute: needText(customAttribute, "A custom attribute") }),
      setLabel: (label = "") => tell("set-label", { label }),
      removeLabel: (label = "") => tell("remove-label", { label }),
      setLocale(locale = "en") {
        api.locale = locale;
        tell("set-locale", { locale });
      },
      setColorScheme(darkMode = "light") {
        api.darkMode = darkMode;
        tell("set-color-scheme", { darkMode });
      },
      reset() {
        keep("cw_conversation", "", 0);
        api.hasLoaded = false;
        api.user = api.identifier = undefined;
        bubble.dataset.unread = 0;
        label();
        toggle("close");
        load();
      },
    };
    window.$chatwoot = api;

    const heard = {
      loaded({ config, reload }) {
        keep("cw_conversation", config.authToken);
        if (reload) { api.hasLoaded = false; return load(); }
        clearTimeout(patience);
        loads = 0;
        color(config.channelConfig.widgetColor);
        api.hasLoaded = true;
        post("config-set", { ...settings, locale: language(), darkMode: api.darkMode });
        if (isOpen) post("toggle-open", { isOpen });
        for (const [event, more] of waiting.splice(0)) post(event, more);
        happens("chatwoot:ready");
      },
      setUnreadCount({ count, message }) {
        bubble.dataset.unread = count > 99 ? "99+" : count;
        label();
        if (count) glance(message); else peek.hidden = true;
      },
      onMessage: ({ message }) => happens("chatwoot:on-message", message),
      onStartConversation: ({ hasConversation }) => happens("chatwoot:on-start-conversation", { hasConversation }),
      postback: ({ payload }) => happens("chatwoot:postback", payload),
      popoutChatWindow: () => api.popoutChatWindow(),
      closeWindow() {
        toggle("close");
        bubble.focus();
      },
      error: ({ errorType }) => happens("chatwoot:error", errorType),
    };
    window.addEventListener("message", ({ data, source }) => {
      if (source !== frame.contentWindow || typeof data !== "string" || !data.startsWith(PREFIX)) return;
      const told = JSON.parse(data.slice(PREFIX.length));
      if (Object.hasOwn(heard, told.event)) heard[told.event](told);
    });
    bubble.onclick = () => toggle();
    peek.onclick = () => toggle("open");
    const attach = () => { document.body.append(frame, peek, bubble); load(); };
    if (document.body) attach(); else window.addEventListener("DOMContentLoaded", attach);
  }

  window.chatwootSDK = { run };
})();
