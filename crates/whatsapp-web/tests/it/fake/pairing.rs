//! Pairing: what the server and the phone do together when a code is scanned or typed in.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use whatsapp_rust::{
    Jid, NodeBuilder,
    anyhow::{self, anyhow, ensure},
    buffa::Message as _,
    wacore::{
        crypto::hkdf_sha256_into,
        libsignal::{
            crypto::aes_256_gcm_decrypt,
            protocol::{KeyPair, PublicKey},
        },
        pair_code::PairCodeUtils,
    },
    wacore_binary::Node,
    waproto::whatsapp::{
        ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC,
        client_payload::DevicePairingRegistrationData as Registration,
    },
};

use super::{
    FakeWhatsApp, Line, SERVER, Said,
    directory::Bundle,
    node::{attr, bytes, child_bytes, leaf, public},
    now, say,
};

/// Codes that one connection is given to show.
const CODES: u64 = 6;

/// A code that waits to be typed into a phone.
pub(super) struct Typed {
    number: String,
    line: Line,
    registration: Registration,
    wrapped: Vec<u8>,
    phone: Option<KeyPair>,
    companion: [u8; 32],
}

impl FakeWhatsApp {
    /// Somebody with this number scans a code that a client shows.
    pub(crate) fn scan(&self, code: &str, number: &str) -> anyhow::Result<()> {
        let fields: Vec<&str> = code.split(',').collect();
        ensure!(fields.len() >= 4, "{code} is no code");
        let (identity, secret) = (STANDARD.decode(fields[2])?, STANDARD.decode(fields[3])?);
        let shown = self.state().shown.remove(fields[0]);
        let (line, registration) = shown.ok_or_else(|| anyhow!("nobody shows this code"))?;
        let same = registration.e_ident.as_deref() == Some(&identity[..]);
        ensure!(same, "somebody else shows this code");
        self.let_in(&line, &registration, number, &secret)
    }

    /// Somebody with this number types a code into their phone.
    pub(crate) fn enter(&self, code: &str, number: &str) -> anyhow::Result<()> {
        let mut state = self.state();
        let account = state.accounts.get(number);
        let identity = public(&account.ok_or_else(|| anyhow!("nobody has {number}"))?.key);
        let mut all = state.typed.iter_mut();
        let found = all.find(|(_, it)| it.number == number);
        let (name, typed) = found.ok_or_else(|| anyhow!("no code was given to {number}"))?;
        typed.companion = PairCodeUtils::decrypt_primary_ephemeral_pub(&typed.wrapped, code)?;
        let phone = KeyPair::generate(&mut rand::rng());
        let wrapped = PairCodeUtils::encrypt_ephemeral_pub(&public(&phone), code);
        typed.phone = Some(phone);
        let hello = NodeBuilder::new("link_code_companion_reg")
            .attr("stage", "primary_hello")
            .children([
                leaf(
                    "link_code_pairing_wrapped_primary_ephemeral_pub",
                    wrapped.to_vec(),
                ),
                leaf("primary_identity_pub", identity.to_vec()),
                leaf("link_code_pairing_ref", name.as_bytes()),
            ]);
        let told = NodeBuilder::new("notification")
            .attr("from", SERVER)
            .attr("type", "link_code_companion_reg")
            .attr("id", format!("typed-{number}"))
            .attr("t", now().to_string())
            .children([hello.build()]);
        say(&typed.line, told.build());
        Ok(())
    }

    /// Gives a new client codes to show.
    pub(super) fn show(&self, line: &Line, registration: &Registration) {
        let mut state = self.state();
        let number = state.number();
        let codes: Vec<String> = (0..CODES)
            .map(|it| format!("2@code{number}x{it}"))
            .collect();
        for code in &codes {
            let shown = (line.clone(), registration.clone());
            state.shown.insert(code.clone(), shown);
        }
        let codes = codes.iter().map(|it| leaf("ref", it.as_bytes()));
        let ask = NodeBuilder::new("iq")
            .attr("from", SERVER)
            .attr("type", "set")
            .attr("id", format!("show-{number}"))
            .attr("xmlns", "md")
            .children([NodeBuilder::new("pair-device").children(codes).build()]);
        say(line, ask.build());
    }

    /// The phone signs what the client is, and the server tells the client.
    fn let_in(
        &self,
        line: &Line,
        registration: &Registration,
        number: &str,
        secret: &[u8],
    ) -> anyhow::Result<()> {
        let identity = registration.e_ident.clone().unwrap_or_default();
        let mut state = self.state();
        let question = format!("pair-{}", state.number());
        let account = state.accounts.get_mut(number);
        let account = account.ok_or_else(|| anyhow!("nobody has {number}"))?;
        let device = account.link();
        let (details, signature) = account.sign(device, &identity);
        let signed = ADVSignedDeviceIdentity {
            details: Some(details),
            account_signature_key: Some(public(&account.key).to_vec()),
            account_signature: Some(signature),
            ..ADVSignedDeviceIdentity::default()
        }
        .encode_to_vec();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
        mac.update(&signed);
        let sealed = ADVSignedDeviceIdentityHMAC {
            hmac: Some(mac.finalize().into_bytes().to_vec()),
            details: Some(signed),
            ..ADVSignedDeviceIdentityHMAC::default()
        }
        .encode_to_vec();
        let field = |it: &Option<Vec<u8>>| it.clone().unwrap_or_default();
        let bundle = Bundle {
            registration: field(&registration.e_regid),
            identity,
            signed: (
                field(&registration.e_skey_id),
                field(&registration.e_skey_val),
                field(&registration.e_skey_sig),
            ),
            ..Bundle::default()
        };
        account.devices.insert(device, bundle);
        let jids = NodeBuilder::new("device")
            .attr("jid", Jid::pn_device(account.number.clone(), device))
            .attr("lid", Jid::lid_device(account.hidden.clone(), device));
        let success = NodeBuilder::new("pair-success").children([
            leaf("device-identity", sealed),
            NodeBuilder::new("biz")
                .attr("name", account.name.clone())
                .build(),
            jids.build(),
            NodeBuilder::new("platform").attr("name", "android").build(),
        ]);
        state
            .signing
            .insert(question.clone(), (number.to_owned(), device));
        let ask = NodeBuilder::new("iq")
            .attr("from", SERVER)
            .attr("type", "set")
            .attr("id", question)
            .attr("xmlns", "md")
            .attr("t", now().to_string())
            .children([success.build()]);
        say(line, ask.build());
        Ok(())
    }

    /// What a client says before it is paired.
    pub(super) fn hear_stranger(&self, line: &Line, node: &Node) {
        if node.tag != "iq" {
            return;
        }
        let id = attr(node, "id").unwrap_or_default();
        if let Some(code) = node.get_optional_child("link_code_companion_reg") {
            self.hear_code(line, &id, code);
            return;
        }
        // It has signed itself: that is kept, and it comes again as what it is now.
        let mut state = self.state();
        if let Some(device) = state.signing.remove(&id) {
            let proof = node.get_optional_child_by_tag(&["pair-device-sign", "device-identity"]);
            if let Some(bundle) = state.bundle(&device) {
                bundle.proof = proof.map(bytes);
            }
            say(
                line,
                NodeBuilder::new("stream:error").attr("code", "515").build(),
            );
            drop(line.try_send(Said::Close));
        }
    }

    fn hear_code(&self, line: &Line, id: &str, code: &Node) {
        let answer = NodeBuilder::new("iq")
            .attr("from", SERVER)
            .attr("type", "result")
            .attr("id", id.to_owned());
        let mut state = self.state();
        if attr(code, "stage").as_deref() == Some("companion_hello") {
            let number = attr(code, "jid").unwrap_or_default();
            let number = number.split('@').next().unwrap_or_default().to_owned();
            let mut shown = state.shown.values();
            let registration = shown.find(|(it, _)| it.same_channel(line));
            let Some((_, registration)) = registration else {
                return;
            };
            let registration = registration.clone();
            let name = format!("3@2:{}", state.number());
            let wrapped = child_bytes(code, "link_code_pairing_wrapped_companion_ephemeral_pub");
            let typed = Typed {
                number,
                line: line.clone(),
                registration,
                wrapped,
                phone: None,
                companion: [0; 32],
            };
            state.typed.retain(|_, it| it.number != typed.number);
            state.typed.insert(name.clone(), typed);
            let hello = NodeBuilder::new("link_code_companion_reg")
                .attr("stage", "companion_hello")
                .children([leaf("link_code_pairing_ref", name.as_bytes())]);
            say(line, answer.children([hello.build()]).build());
            return;
        }
        say(line, answer.build());
        let name = String::from_utf8(child_bytes(code, "link_code_pairing_ref"));
        let Some(typed) = state.typed.remove(&name.unwrap_or_default()) else {
            return;
        };
        let Some(account) = state.accounts.get(&typed.number) else {
            return;
        };
        let account = account.key.clone();
        drop(state);
        let bundle = child_bytes(code, "link_code_pairing_wrapped_key_bundle");
        let identity = child_bytes(code, "companion_identity_public");
        if let Ok(secret) = shared_secret(&typed, &account, &bundle, &identity) {
            drop(self.let_in(&typed.line, &typed.registration, &typed.number, &secret));
        }
    }
}

/// The phone opens what the client has wrapped, and finds what both know now.
fn shared_secret(
    typed: &Typed,
    account: &KeyPair,
    bundle: &[u8],
    identity: &[u8],
) -> anyhow::Result<[u8; 32]> {
    let derive = |from: &[u8], salt: Option<&[u8]>, what: &[u8]| {
        let mut key = [0; 32];
        let derived = hkdf_sha256_into(from, salt, what, &mut key);
        derived.map_err(|_| anyhow!("no key"))?;
        anyhow::Ok(key)
    };
    let phone = typed
        .phone
        .as_ref()
        .ok_or_else(|| anyhow!("nobody has typed it"))?;
    let companion = PublicKey::from_djb_public_key_bytes(&typed.companion)?;
    let first = phone.private_key.calculate_agreement(&companion)?;
    ensure!(bundle.len() > 44, "the bundle is short");
    let what = b"link_code_pairing_key_bundle_encryption_key";
    let key = derive(&first, Some(&bundle[..32]), what)?;
    let mut plain = Vec::new();
    let nonce: [u8; 12] = bundle[32..44].try_into()?;
    aes_256_gcm_decrypt(&key, &nonce, b"", &bundle[44..], &mut plain)
        .map_err(|_| anyhow!("the code is wrong"))?;
    let fits = plain.len() == 96 && plain[..32] == *identity && plain[32..64] == public(account);
    ensure!(fits, "the bundle is somebody else's");
    let identity = PublicKey::from_djb_public_key_bytes(identity)?;
    let second = account.private_key.calculate_agreement(&identity)?;
    let all = [&first[..], &second[..], &plain[64..]].concat();
    derive(&all, None, b"adv_secret")
}
