// A bare WebSocket, as the OneChat document's example has it: no subprotocol, and the first frames go out as soon as
// the socket is open, whatever the server has said until then.
//
// config: url, first (frames to send at once)
// says: {open: true}, {event, data, identifier} for an event of the cable, {frame} for any other frame, {closed: code}
// obeys: {send: frame}, {quit: true}

import WebSocket from "ws";

import { config, obey, say } from "./lines.mjs";

const connection = new WebSocket(config.url);

connection.onopen = () => {
  for (const frame of config.first) {
    connection.send(JSON.stringify(frame));
  }
  say({ open: true });
};

connection.onmessage = (message) => {
  const frame = JSON.parse(message.data);
  if (frame.message?.event) {
    say({ event: frame.message.event, data: frame.message.data, identifier: frame.identifier });
  } else {
    say({ frame });
  }
};

connection.onclose = ({ code }) => say({ closed: code });
connection.onerror = ({ message }) => say({ error: message });

obey({ send: (frame) => connection.send(JSON.stringify(frame)) });
