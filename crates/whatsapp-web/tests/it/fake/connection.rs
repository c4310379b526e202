//! One connection: the handshake from the server's side, then nodes both ways.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use whatsapp_rust::{
    Jid, NodeBuilder,
    anyhow::{self, anyhow},
    async_channel::{self, Receiver, Sender},
    buffa::{Message as _, MessageField},
    transport::{DisconnectReason, Transport, TransportEvent, TransportFactory},
    wacore::{
        framing::{FrameDecoder, encode_frame},
        handshake::NoiseHandshake,
        libsignal::protocol::KeyPair,
    },
    wacore_binary::{
        Node,
        consts::{NOISE_PATTERN_XX, WA_CONN_HEADER},
        marshal::{marshal, unmarshal_ref},
        util::unpack,
    },
    waproto::whatsapp::{
        CertChain, ClientPayload, HandshakeMessage,
        cert_chain::{NoiseCertificate, noise_certificate::Details},
        handshake_message::ServerHello,
    },
};

use super::{Device, FakeWhatsApp, Line, Said, node::public, now, say};

/// Opens connections to the server.
pub(crate) struct Sockets(pub(super) FakeWhatsApp);

struct Socket(Sender<Bytes>);

#[async_trait]
impl Transport for Socket {
    async fn send(&self, data: Bytes) -> anyhow::Result<()> {
        Ok(self.0.send(data).await?)
    }

    async fn disconnect(&self) {
        self.0.close();
    }
}

#[async_trait]
impl TransportFactory for Sockets {
    async fn create_transport(
        &self,
    ) -> anyhow::Result<(Arc<dyn Transport>, Receiver<TransportEvent>)> {
        let (to_server, from_client) = async_channel::unbounded();
        let (events, heard) = async_channel::unbounded();
        events.send(TransportEvent::Connected).await?;
        let server = self.0.clone();
        let here = server.here.clone();
        here.spawn(async move {
            drop(server.serve(&from_client, &events).await);
            let ended = TransportEvent::Disconnected(DisconnectReason::StreamEnded);
            drop(events.send(ended).await);
        });
        Ok((Arc::new(Socket(to_server)), heard))
    }
}

/// Frames as they come from a client.
struct Frames<'c> {
    from: &'c Receiver<Bytes>,
    decoder: FrameDecoder,
    begun: bool,
}

impl Frames<'_> {
    async fn next(&mut self) -> anyhow::Result<BytesMut> {
        loop {
            if let Some(frame) = self.decoder.decode_frame() {
                return Ok(frame);
            }
            let mut bytes = self.from.recv().await?;
            if !std::mem::replace(&mut self.begun, true) {
                bytes = bytes.slice(WA_CONN_HEADER.len()..);
            }
            self.decoder.feed(&bytes);
        }
    }
}

impl FakeWhatsApp {
    /// What a client dials.
    pub(crate) fn sockets(&self) -> Arc<Sockets> {
        Arc::new(Sockets(self.clone()))
    }

    async fn serve(
        &self,
        from: &Receiver<Bytes>,
        events: &Sender<TransportEvent>,
    ) -> anyhow::Result<()> {
        let mut frames = Frames {
            from,
            decoder: FrameDecoder::new(),
            begun: false,
        };
        let hello = HandshakeMessage::decode_from_slice(&frames.next().await?)?;
        let hello = hello.client_hello.into_option();
        let hello = hello.and_then(|it| it.ephemeral).unwrap_or_default();
        let client: [u8; 32] = hello.try_into().map_err(|_| anyhow!("no hello"))?;
        let mut noise = NoiseHandshake::new(NOISE_PATTERN_XX, &WA_CONN_HEADER)?;
        noise.authenticate(&client);
        let once = KeyPair::generate(&mut rand::rng());
        noise.authenticate(&public(&once));
        noise.mix_shared_secret(once.private_key.serialize(), &client)?;
        let own = noise.encrypt(&public(&self.key))?;
        noise.mix_shared_secret(self.key.private_key.serialize(), &client)?;
        let payload = noise.encrypt(&self.certificate())?;
        let answer = HandshakeMessage {
            server_hello: MessageField::some(ServerHello {
                ephemeral: Some(public(&once).to_vec()),
                r#static: Some(own),
                payload: Some(payload),
                ..ServerHello::default()
            }),
            ..HandshakeMessage::default()
        };
        let answer = encode_frame(&answer.encode_to_vec(), None)?;
        events
            .send(TransportEvent::DataReceived(answer.into()))
            .await?;
        let finish = HandshakeMessage::decode_from_slice(&frames.next().await?)?;
        let finish = finish.client_finish.into_option();
        let finish = finish.ok_or_else(|| anyhow!("no finish"))?;
        let theirs = noise.decrypt(&finish.r#static.unwrap_or_default())?;
        let theirs: [u8; 32] = theirs.try_into().map_err(|_| anyhow!("no key"))?;
        noise.mix_shared_secret(once.private_key.serialize(), &theirs)?;
        let payload = noise.decrypt(&finish.payload.unwrap_or_default())?;
        let payload = ClientPayload::decode_from_slice(&payload)?;
        // Named from the client's side.
        let (reads, writes) = noise.finish()?;
        let (line, says) = async_channel::unbounded();
        let device = self.greet(&line, payload);
        let mut counters = (0, 0);
        let ended = async {
            loop {
                tokio::select! {
                    biased;
                    said = says.recv() => match said? {
                        Said::Close => return anyhow::Ok(()),
                        Said::Node(node) => {
                            let mut bytes = marshal(&node)?;
                            writes.encrypt_in_place_with_counter(counters.0, &mut bytes)?;
                            counters.0 += 1;
                            let frame = encode_frame(&bytes, None)?;
                            events.send(TransportEvent::DataReceived(frame.into())).await?;
                        }
                    },
                    frame = frames.next() => {
                        let mut frame = frame?;
                        reads.decrypt_in_place_with_counter(counters.1, &mut frame)?;
                        counters.1 += 1;
                        let raw = unpack(&frame)?;
                        let node: Node = unmarshal_ref(&raw)?.to_owned();
                        match &device {
                            Some(device) => self.hear(device, &line, node),
                            None => self.hear_stranger(&line, &node),
                        }
                    }
                }
            }
        };
        let ended = ended.await;
        if let Some(device) = &device {
            let mut state = self.state();
            if let Some(count) = state.connections.get_mut(device) {
                *count -= 1;
            }
            let mine = state.online.get(device);
            if mine.is_some_and(|it| it.same_channel(&line)) {
                state.online.remove(device);
            }
        }
        ended
    }

    /// Lets a device in that is linked; a new one is given codes to show.
    fn greet(&self, line: &Line, payload: ClientPayload) -> Option<Device> {
        if let Some(registration) = payload.device_pairing_data.into_option() {
            self.show(line, &registration);
            return None;
        }
        let number = payload.username.unwrap_or_default().to_string();
        let device = u16::try_from(payload.device.unwrap_or_default()).unwrap_or_default();
        let mut state = self.state();
        if let Some(told) = state.shut_out.get(&number) {
            say(line, told.clone());
            drop(line.try_send(Said::Close));
            return None;
        }
        let account = state.accounts.get(&number);
        let account = account.filter(|it| it.devices.contains_key(&device));
        let Some(hidden) = account.map(|it| it.hidden.clone()) else {
            let failure = NodeBuilder::new("failure").attr("reason", "401");
            say(line, failure.attr("location", "here").build());
            drop(line.try_send(Said::Close));
            return None;
        };
        let success = NodeBuilder::new("success")
            .attr("t", now().to_string())
            .attr("lid", Jid::lid_device(hidden, device));
        let device = (number, device);
        state.online.insert(device.clone(), line.clone());
        let count = state.connections.entry(device.clone()).or_default();
        *count += 1;
        let count = *count;
        let most = state.most.entry(device.clone()).or_default();
        *most = count.max(*most);
        say(line, success.build());
        Some(device)
    }

    /// A chain that nobody has signed, and that has expired, so that the client asks for it each time.
    fn certificate(&self) -> Vec<u8> {
        let one = |serial, issuer, key| {
            let details = Details {
                serial: Some(serial),
                issuer_serial: Some(issuer),
                key: Some(key),
                not_before: Some(1_600_000_000),
                not_after: Some(1_600_000_001),
            };
            MessageField::some(NoiseCertificate {
                details: Some(details.encode_to_vec()),
                signature: Some(vec![0; 64]),
            })
        };
        CertChain {
            intermediate: one(1, 0, vec![0xCC; 32]),
            leaf: one(2, 1, public(&self.key).to_vec()),
        }
        .encode_to_vec()
    }
}
