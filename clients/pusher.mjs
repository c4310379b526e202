// ChatApp's example program with an unmodified pusher-js: the documented settings, channels and bindings.
//
// config: client (the package), key, host, port, authEndpoint, authorization, channels, resume (whether to be told
//         after a reconnect what was missed, as docs/pusher.md says), position (from which on to be told at first),
//         path (before /app)
// says: {state}, {ready: channel}, {refused: channel, data}, {event, channel, data}, {error}
// obeys: {subscribe: channel}, {unsubscribe: channel}, {tell_state: true}, {quit: true}

import { config, obey, say } from "./lines.mjs";

const { default: Pusher } = await import(config.client);

// Posted with every request for a channel. What was told last on each channel is kept here.
const resume = config.resume ? { resume: true, position: config.position ?? "" } : {};

const pusher = new Pusher(config.key, {
  wsHost: config.host,
  wsPort: config.port,
  ...(config.path && { wsPath: config.path }),
  disableStats: true,
  authEndpoint: config.authEndpoint,
  auth: {
    headers: {
      Authorization: config.authorization,
    },
    params: resume,
  },
  enabledTransports: ["ws"],
  // The document has true and wssPort; the tests are on loopback, without a certificate.
  forceTLS: false,
  // Unknown to 7.0; since 8.0 the library refuses to start without it.
  cluster: "",
});

// The documented events of both kinds of channel.
const EVENTS = [
  "message",
  "messageStatus",
  "chatTag",
  "chatStatus",
  "chatResponsible",
  "chatConversation",
  "chatRead",
  "employeeStatus",
  "employeeWorkday",
];

function subscribe(name) {
  const channel = pusher.subscribe(name);
  channel.bind("pusher:subscription_succeeded", () => say({ ready: name }));
  channel.bind("pusher:subscription_error", (data) => say({ refused: name, data }));
  if (config.resume) {
    channel.bind_global((event, data) => {
      if (data?.position) resume[`position[${name}]`] = data.position;
    });
    channel.bind("switchboard:resume_failed", (data) => say({ resume_failed: name, data }));
  }
  for (const event of EVENTS) {
    channel.bind(event, (data) => say({ event, channel: name, data }));
  }
}

pusher.connection.bind("state_change", ({ current }) => say({ state: current }));
pusher.connection.bind("error", (error) => say({ error: error.data ?? error.error?.data ?? String(error) }));
config.channels.forEach(subscribe);

obey({
  subscribe,
  unsubscribe: (name) => pusher.unsubscribe(name),
  tell_state: () => say({ told: pusher.connection.state }),
});
