// An application of its own with an unmodified pusher-js: members, client events, caches, sign-in. The program is its
// own back end and signs for itself.
//
// config: client (the package), key, secret, host, port, user (id, info, watchlist), channels, encryption (the back
//         end's master key in base64)
// says: {id} once connected, {state}, {signed_in: id}, {ready: channel, members}, {event, channel, data, from},
//       {watch: "online" | "offline", ids}, {to_user: event, data}, {error}
// obeys: {subscribe: channel}, {unsubscribe: channel}, {trigger: {channel, event, data}}, {signin: true}, {quit: true}

import { createHash, createHmac } from "node:crypto";

import { config, obey, say } from "./lines.mjs";

const { default: Pusher } = await import(config.client);

const sign = (text) => `${config.key}:${createHmac("sha256", config.secret).update(text).digest("hex")}`;

const pusher = new Pusher(config.key, {
  wsHost: config.host,
  wsPort: config.port,
  disableStats: true,
  enabledTransports: ["ws"],
  forceTLS: false,
  cluster: "",
  authorizer: ({ name }) => ({
    authorize: (socketId, callback) => {
      if (name.startsWith("private-encrypted-")) {
        const master = Buffer.from(config.encryption, "base64");
        const shared_secret = createHash("sha256").update(name).update(master).digest("base64");
        return callback(null, { auth: sign(`${socketId}:${name}`), shared_secret });
      }
      if (!name.startsWith("presence-")) {
        return callback(null, { auth: sign(`${socketId}:${name}`) });
      }
      const channel_data = JSON.stringify({ user_id: config.user.id, user_info: config.user.info });
      callback(null, { auth: sign(`${socketId}:${name}:${channel_data}`), channel_data });
    },
  }),
  // Unknown to 7.0.
  userAuthentication: {
    customHandler: ({ socketId }, callback) => {
      const { id, info, watchlist } = config.user;
      const user_data = JSON.stringify({ id, user_info: info, watchlist });
      callback(null, { auth: sign(`${socketId}::user::${user_data}`), user_data });
    },
  },
});

const members = (all) => (all?.members ? { count: all.count, me: all.me, members: all.members } : null);

function subscribe(name) {
  const channel = pusher.subscribe(name);
  channel.bind("pusher:subscription_succeeded", (data) => say({ ready: name, members: members(data) }));
  channel.bind_global((event, data) => {
    if (!event.startsWith("pusher:subscription") && !event.startsWith("client-")) {
      say({ event, channel: name, data });
    }
  });
  channel.bind("client-typing", (data, metadata) => {
    say({ event: "client-typing", channel: name, data, from: metadata?.user_id });
  });
}

function signin() {
  pusher.signin();
  pusher.user.signinDonePromise.then(() => say({ signed_in: pusher.user.user_data?.id }));
  pusher.user.bind_global((event, data) => say({ to_user: event, data }));
  for (const watch of ["online", "offline"]) {
    pusher.user.watchlist.bind(watch, ({ user_ids: ids }) => say({ watch, ids }));
  }
}

pusher.connection.bind("connected", () => say({ id: pusher.connection.socket_id }));
pusher.connection.bind("state_change", ({ current }) => say({ state: current }));
pusher.connection.bind("error", (error) => say({ error: error.data ?? error.error?.data ?? String(error) }));
config.channels.forEach(subscribe);

obey({
  subscribe,
  unsubscribe: (name) => pusher.unsubscribe(name),
  trigger: ({ channel, event, data }) => pusher.channel(channel).trigger(event, data),
  signin,
});
