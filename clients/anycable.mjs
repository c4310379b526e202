// An agent's or a contact's program with an unmodified @anycable/core, in either protocol.
//
// config: client (the package), url, room (the parameters, as text), extended (whether to speak the extended protocol)
// says: {connected: restored}, {ready: true}, {gone: true}, {refused: reason}, {event, data, offset}, {whisper},
//   {presence: message}, {here: everybody}
// obeys: {perform: action}, {whisper: data}, {join: {id, info}}, {leave: true}, {info: true}, {unsubscribe: true},
//   {quit: true}

import WebSocket from "ws";

import { config, obey, say } from "./lines.mjs";

const { createCable } = await import(config.client);

const cable = createCable(config.url, {
  websocketImplementation: WebSocket,
  protocol: config.extended ? "actioncable-v1-ext-json" : "actioncable-v1-json",
  protocolOptions: config.extended ? { pongs: true } : {},
  // So that a test need not wait for the library's own patience.
  reconnectStrategy: () => 300,
});

cable.on("connect", ({ restored }) => say({ connected: restored }));
cable.transport.on("close", () => say({ gone: true }));

const { channel, ...params } = JSON.parse(config.room);
const room = cable.subscribeTo(channel, params);

room.on("connect", () => say({ ready: true }));
room.on("close", ({ reason }) => say({ refused: reason ?? "" }));
room.on("presence", (message) => message.type !== "info" && say({ presence: message }));
room.on("message", (message, meta) => {
  if (message.event) {
    say({ event: message.event, data: message.data, offset: meta?.offset ?? null });
  } else {
    say({ whisper: message });
  }
});

obey({
  perform: (action) => room.perform(action),
  whisper: (data) => room.whisper(data),
  join: ({ id, info }) => room.presence.join(id, info),
  leave: () => room.presence.leave(),
  info: () => room.presence.info().then((here) => say({ here }), () => say({ here: null })),
  unsubscribe: () => room.disconnect(),
});
