// A Laravel program with an unmodified laravel-echo over an unmodified pusher-js.
//
// config: key, host, port, authEndpoint, headers, secret and user (only if it is its own back end)
// says: {state}, {ready: channel}, {refused: channel, status}, {event, channel, data}, {here | joining | leaving: who},
//       {whisper, channel, data}
// obeys: {private: {channel, events}}, {join: channel}, {listen: {channel, events}}, {whisper: {channel, name, data}},
//        {leave: channel}, {quit: true}

import { createHmac } from "node:crypto";

import { config, obey, say } from "./lines.mjs";

const { default: Echo } = await import("laravel-echo");
const { default: Pusher } = await import("pusher-js-8");

const sign = (text) => `${config.key}:${createHmac("sha256", config.secret).update(text).digest("hex")}`;

const ownBackEnd = (channel) => ({
  authorize(socketId, callback) {
    if (!channel.name.startsWith("presence-")) {
      return callback(null, { auth: sign(`${socketId}:${channel.name}`) });
    }
    const channel_data = JSON.stringify({ user_id: config.user.id, user_info: config.user.info });
    callback(null, { auth: sign(`${socketId}:${channel.name}:${channel_data}`), channel_data });
  },
});

const echo = new Echo({
  broadcaster: "pusher",
  Pusher,
  key: config.key,
  wsHost: config.host,
  wsPort: config.port,
  forceTLS: false,
  enabledTransports: ["ws"],
  cluster: "",
  ...(config.secret
    ? { authorizer: ownBackEnd }
    : { authEndpoint: config.authEndpoint, auth: { headers: config.headers } }),
});

function listen(channel, events) {
  // A leading dot: the name as it is, without Laravel's namespace.
  for (const event of events) channel.listen("." + event, (data) => say({ event, channel: channel.name, data }));
  channel.subscribed(() => say({ ready: channel.name }));
  channel.error((error) => say({ refused: channel.name, status: error.status }));
}

const open = {};

echo.connector.pusher.connection.bind("state_change", ({ current }) => say({ state: current }));

obey({
  listen: ({ channel, events }) => listen((open[channel] = echo.channel(channel)), events),
  private: ({ channel, events }) => listen((open[channel] = echo.private(channel)), events),
  join: (name) => {
    const channel = (open[name] = echo.join(name));
    channel.here((here) => say({ here }));
    channel.joining((joining) => say({ joining }));
    channel.leaving((leaving) => say({ leaving }));
    channel.listenForWhisper("typing", (data) => say({ whisper: "typing", channel: channel.name, data }));
  },
  whisper: ({ channel, name, data }) => open[channel].whisper(name, data),
  leave: (channel) => echo.leave(channel),
});
