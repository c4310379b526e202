// An application's back end with the unmodified Node server library.
//
// config: id, key, secret, host, port, encryption (a master key in base64)
// answers every command with {answer: …} or {failed: message, status}
// obeys: {trigger: [channels, event, data, parameters]}, {batch: [events]}, {get: {path, params}},
//        {authorize: [socketId, channel, data]}, {authenticate: [socketId, user]}, {to_user: [id, event, data]},
//        {terminate: id}, {webhook: {headers, body}}, {quit: true}

import { config, obey, say } from "./lines.mjs";

const { default: Pusher } = await import("pusher");

const pusher = new Pusher({
  appId: config.id,
  key: config.key,
  secret: config.secret,
  host: config.host,
  port: String(config.port),
  useTLS: false,
  encryptionMasterKeyBase64: config.encryption,
});

const answer = (promise) =>
  promise.then(
    async (response) => say({ answer: await response.text() }),
    (error) => say({ failed: error.message, status: error.status }),
  );

obey({
  trigger: ([channels, event, data, parameters]) => answer(pusher.trigger(channels, event, data, parameters)),
  batch: (events) => answer(pusher.triggerBatch(events)),
  get: (request) => answer(pusher.get(request)),
  to_user: ([id, event, data]) => answer(pusher.sendToUser(id, event, data)),
  terminate: (id) => answer(pusher.terminateUserConnections(id)),
  authorize: ([socketId, channel, data]) => say({ answer: pusher.authorizeChannel(socketId, channel, data) }),
  authenticate: ([socketId, user]) => say({ answer: pusher.authenticateUser(socketId, user) }),
  webhook: ({ headers, body }) => {
    const hook = pusher.webhook({ headers, rawBody: body });
    const valid = hook.isValid();
    say({ answer: { valid, ...(valid && { events: hook.getEvents(), time: hook.getTime().getTime() }) } });
  },
});
