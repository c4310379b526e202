// What a website includes: a button, a frame with the chat, and `window.$chatwoot` for the page's own scripts.
(() => {
  "use strict";
  const PREFIX = "chatwoot-widget:";
  const YEAR = 31536000;
  const cookie = (name) => document.cookie.split("; ").find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1);
  const keep = (name, value, age = YEAR) => {
    document.cookie = `${name}=${value}; path=/; max-age=${age}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  };

  const CSS = `
.sb-bubble{position:fixed;bottom:20px;width:58px;height:58px;border:0;border-radius:50%;cursor:pointer;z-index:2147483000;box-shadow:0 6px 24px #0003;display:grid;place-items:center;color:#fff;transition:transform .15s}
.sb-bubble:hover{transform:scale(1.06)}.sb-bubble:focus-visible{outline:3px solid #fff;outline-offset:2px}
.sb-bubble[data-unread]:not([data-unread="0"])::after{content:attr(data-unread);position:absolute;top:-3px;right:-3px;min-width:20px;height:20px;padding:0 5px;border-radius:10px;background:#e5484d;font:600 12px/20px system-ui,sans-serif;text-align:center}
.sb-frame{position:fixed;bottom:92px;width:min(392px,calc(100vw - 40px));height:min(640px,calc(100dvh - 116px));border:0;border-radius:18px;z-index:2147483001;box-shadow:0 12px 48px #0000003d;background:#fff;color-scheme:normal;transition:opacity .15s,transform .15s}
.sb-frame.sb-away{opacity:0;transform:translateY(12px);visibility:hidden;pointer-events:none}
.sb-right{right:20px}.sb-left{left:20px}
@media(max-width:520px){.sb-frame{inset:0;width:100%;height:100%;border-radius:0}}
@media(prefers-reduced-motion:reduce){.sb-frame,.sb-bubble{transition:none}}`;

  function run({ websiteToken, baseUrl }) {
    if (window.$chatwoot) return;
    const base = baseUrl.replace(/\/+$/, "");
    const origin = new URL(base, location.href).origin;
    const settings = window.chatwootSettings ?? {};
    const side = settings.position === "left" ? "sb-left" : "sb-right";
    const waiting = [];
    let isOpen = false;

    document.head.append(Object.assign(document.createElement("style"), { textContent: CSS }));
    const frame = document.createElement("iframe");
    const bubble = document.createElement("button");
    frame.className = `sb-frame sb-away ${side}`;
    frame.title = settings.launcherTitle || "Chat";
    frame.allow = "clipboard-write";
    bubble.className = `sb-bubble ${side}`;
    bubble.type = "button";
    bubble.setAttribute("aria-label", settings.launcherTitle || "Open the chat");
    bubble.setAttribute("aria-expanded", "false");
    bubble.style.background = "#1f93ff";
    bubble.innerHTML = '<svg width="28" height="28" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"><path d="M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6L5.6 21l4-2c.8.2 1.6.3 2.4.3 5 0 9-3.5 9-8.1s-4-7.7-9-7.7z"/></svg>';
    bubble.hidden = settings.hideMessageBubble === true;

    const load = () => {
      const known = cookie("cw_conversation");
      const more = known ? `&cw_conversation=${encodeURIComponent(known)}` : "";
      frame.src = `${base}/widget?website_token=${encodeURIComponent(websiteToken)}${more}`;
    };
    const post = (event, more) => frame.contentWindow?.postMessage(`${PREFIX}${JSON.stringify({ event, ...more })}`, origin);
    const tell = (event, more) => (api.hasLoaded ? post(event, more) : waiting.push([event, more]));

    function toggle(to) {
      isOpen = typeof to === "string" ? to === "open" : !isOpen;
      frame.classList.toggle("sb-away", !isOpen);
      bubble.setAttribute("aria-expanded", String(isOpen));
      tell("toggle-open", { isOpen });
      if (isOpen) frame.focus();
    }

    const api = {
      baseUrl: base, websiteToken, hasLoaded: false, get isOpen() { return isOpen; },
      toggle,
      toggleBubbleVisibility: (how) => { bubble.hidden = how === "hide"; },
      popoutChatWindow: () => window.open(frame.src, "_blank", "noopener"),
      setUser(identifier, user = {}) {
        if (typeof identifier !== "string" && typeof identifier !== "number") throw new Error("Identifier should be a string or a number");
        api.user = user;
        tell("set-user", { identifier: String(identifier), user });
      },
      setCustomAttributes: (customAttributes) => tell("set-custom-attributes", { customAttributes }),
      deleteCustomAttribute: (customAttribute) => tell("delete-custom-attribute", { customAttribute }),
      setConversationCustomAttributes: (customAttributes) => tell("set-conversation-custom-attributes", { customAttributes }),
      setLabel() {}, removeLabel() {}, setLocale() {}, setColorScheme() {},
      reset() {
        keep("cw_conversation", "", 0);
        api.hasLoaded = false;
        if (isOpen) toggle("close");
        load();
      },
    };
    window.$chatwoot = api;

    window.addEventListener("message", ({ data, source }) => {
      if (source !== frame.contentWindow || typeof data !== "string" || !data.startsWith(PREFIX)) return;
      const told = JSON.parse(data.slice(PREFIX.length));
      if (told.event === "loaded") {
        keep("cw_conversation", told.config.authToken);
        if (told.reload) return load();
        bubble.style.background = told.config.channelConfig.widgetColor;
        api.hasLoaded = true;
        for (const [event, more] of waiting.splice(0)) post(event, more);
        window.dispatchEvent(new Event("chatwoot:ready"));
      } else if (told.event === "setUnreadCount") {
        bubble.dataset.unread = told.count > 99 ? "99+" : told.count;
        if (told.count) window.dispatchEvent(new CustomEvent("chatwoot:on-message", { detail: { content: told.content } }));
      } else if (told.event === "closeWindow") {
        toggle("close");
        bubble.focus();
      } else if (told.event === "error") {
        window.dispatchEvent(new CustomEvent("chatwoot:error", { detail: told.errorType }));
      }
    });
    bubble.onclick = () => toggle();
    const attach = () => { document.body.append(frame, bubble); load(); };
    if (document.body) attach(); else window.addEventListener("DOMContentLoaded", attach);
  }

  window.chatwootSDK = { run };
})();
