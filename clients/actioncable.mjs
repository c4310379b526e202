// An agent's or a contact's program with an unmodified @rails/actioncable.
//
// config: client (the package), url, room (the identifier, as text)
// says: {ready: room, data}, {gone: data}, {refused: true}, {event, data}
// obeys: {perform: action}, {unsubscribe: true}, {quit: true}

import WebSocket from "ws";

import { config, obey, say } from "./lines.mjs";

// What the library takes for granted in a browser: 6.1 reads its logger from `self` while it loads, and every
// version asks to be told when the page becomes visible, which a program without a page never does.
globalThis.self ??= globalThis;
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};

const { default: ActionCable } = await import(config.client);

// Node has a WebSocket of its own only since version 22. The library has this setting for it.
ActionCable.adapters.WebSocket = WebSocket;

const subscription = ActionCable.createConsumer(config.url).subscriptions.create(JSON.parse(config.room), {
  connected(data) {
    say({ ready: config.room, data: data ?? null });
  },
  disconnected(data) {
    say({ gone: data ?? null });
  },
  rejected() {
    say({ refused: true });
  },
  received({ event, data }) {
    say({ event, data });
  },
});

obey({
  perform: (action) => subscription.perform(action),
  unsubscribe: () => subscription.unsubscribe(),
});
