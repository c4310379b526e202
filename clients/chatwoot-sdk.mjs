// A program with an unmodified @figuro/chatwoot-sdk.
//
// config: client (the package), base, token
// says: {answer} or {refused: status, body} after each call
// obeys: {call: [service, method, parameters]}, {quit: true}

import { createRequire } from "node:module";

import { config, obey, say } from "./lines.mjs";

const { default: Client } = createRequire(import.meta.url)(config.client);

const client = new Client({
  config: { basePath: config.base, with_credentials: true, credentials: "include", token: config.token },
});

let turn = Promise.resolve();
obey({
  call([path, method, parameters]) {
    turn = turn.then(async () => {
      try {
        const service = path.split(".").reduce((it, name) => it[name], client);
        say({ answer: (await service[method](parameters)) ?? null });
      } catch (error) {
        say({ refused: error.status ?? String(error), body: error.body ?? null });
      }
    });
  },
});
