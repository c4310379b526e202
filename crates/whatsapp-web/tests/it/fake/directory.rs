//! Who there is: numbers, their devices, and the keys with which one begins to write to them.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use whatsapp_rust::{
    Jid,
    buffa::Message as _,
    wacore::{libsignal::protocol::KeyPair, store::Device as Credentials},
    waproto::whatsapp::{
        ADVDeviceIdentity, ADVKeyIndexList, ADVSignedDeviceIdentity, ADVSignedKeyIndexList,
    },
};

use super::{Device, FakeWhatsApp, State, node::public, now};

/// The keys of a device.
#[derive(Clone, Default)]
pub(super) struct Bundle {
    pub(super) registration: Vec<u8>,
    pub(super) identity: Vec<u8>,
    /// Number, key and signature.
    pub(super) signed: (Vec<u8>, Vec<u8>, Vec<u8>),
    pub(super) once: VecDeque<(Vec<u8>, Vec<u8>)>,
    pub(super) proof: Option<Vec<u8>>,
}

/// Somebody with a number.
pub(super) struct Account {
    pub(super) number: String,
    /// The name that hides it.
    pub(super) hidden: String,
    pub(super) name: String,
    pub(super) key: KeyPair,
    pub(super) devices: HashMap<u16, Bundle>,
    pub(super) next_device: u16,
}

impl Account {
    /// The next device's number.
    pub(super) fn link(&mut self) -> u16 {
        let device = self.next_device;
        self.next_device += 1;
        device
    }

    /// What a device is, with the phone's signature under it.
    pub(super) fn sign(&self, device: u16, identity: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let details = ADVDeviceIdentity {
            raw_id: Some(7),
            timestamp: Some(now()),
            key_index: Some(u32::from(device)),
            ..ADVDeviceIdentity::default()
        }
        .encode_to_vec();
        let signature = self.sign_bytes(&[&[6, 0], &details, identity]);
        (details, signature)
    }

    pub(super) fn sign_bytes(&self, parts: &[&[u8]]) -> Vec<u8> {
        let signed = self
            .key
            .private_key
            .calculate_signature(&parts.concat(), &mut rand::rng());
        signed.expect("a signature").to_vec()
    }

    /// Which devices are the phone's own, signed by it.
    pub(super) fn valid_devices(&self) -> Vec<u8> {
        let details = ADVKeyIndexList {
            raw_id: Some(7),
            timestamp: Some(now()),
            current_index: Some(u32::from(self.next_device) - 1),
            valid_indexes: self.devices.keys().map(|it| u32::from(*it)).collect(),
            ..ADVKeyIndexList::default()
        }
        .encode_to_vec();
        let signature = self.sign_bytes(&[&[6, 2], &details]);
        ADVSignedKeyIndexList {
            details: Some(details),
            account_signature: Some(signature),
            ..ADVSignedKeyIndexList::default()
        }
        .encode_to_vec()
    }
}

impl State {
    /// Whose number a name is, hidden or not.
    pub(super) fn user(&self, jid: &str) -> Option<String> {
        let jid: Jid = jid.parse().ok()?;
        let user = jid.user.to_string();
        if jid.is_lid() {
            self.hidden.get(&user).cloned()
        } else {
            self.accounts.contains_key(&user).then_some(user)
        }
    }

    pub(super) fn bundle(&mut self, device: &Device) -> Option<&mut Bundle> {
        let account = self.accounts.get_mut(&device.0)?;
        account.devices.get_mut(&device.1)
    }
}

impl FakeWhatsApp {
    /// Somebody gets a number. Behind the phone itself, device 0, is nobody.
    pub(crate) fn add(&self, number: &str, name: &str) {
        let key = KeyPair::generate(&mut rand::rng());
        let signed = KeyPair::generate(&mut rand::rng());
        let mut account = Account {
            number: number.to_owned(),
            hidden: format!("1{number}"),
            name: name.to_owned(),
            key,
            devices: HashMap::new(),
            next_device: 1,
        };
        let signature = account.sign_bytes(&[&signed.public_key.serialize()]);
        let phone = Bundle {
            registration: 1_u32.to_be_bytes().to_vec(),
            identity: public(&account.key).to_vec(),
            signed: (vec![0, 0, 1], public(&signed).to_vec(), signature),
            ..Bundle::default()
        };
        account.devices.insert(0, phone);
        let mut state = self.state();
        state
            .hidden
            .insert(account.hidden.clone(), number.to_owned());
        state.accounts.insert(number.to_owned(), account);
    }

    /// A device that is linked already: it logs in at once. Its owner must have a number.
    pub(crate) fn linked(&self, number: &str) -> (Credentials, Device) {
        let mut credentials = Credentials::new();
        let mut state = self.state();
        let account = state.accounts.get_mut(number).expect("a number");
        let device = account.link();
        let identity = public(&credentials.identity_key);
        let (details, signature) = account.sign(device, &identity);
        let owner = public(&account.key);
        let own = [&[6, 1][..], &details, &identity, &owner].concat();
        let own = credentials
            .identity_key
            .private_key
            .calculate_signature(&own, &mut rand::rng());
        let proof = ADVSignedDeviceIdentity {
            details: Some(details),
            account_signature_key: Some(owner.to_vec()),
            account_signature: Some(signature),
            device_signature: Some(own.expect("a signature").to_vec()),
        };
        let bundle = Bundle {
            registration: credentials.registration_id.to_be_bytes().to_vec(),
            identity: identity.to_vec(),
            signed: (
                credentials.signed_pre_key_id.to_be_bytes()[1..].to_vec(),
                public(&credentials.signed_pre_key).to_vec(),
                credentials.signed_pre_key_signature.to_vec(),
            ),
            proof: Some(proof.encode_to_vec()),
            ..Bundle::default()
        };
        account.devices.insert(device, bundle);
        credentials.pn = Some(Jid::pn_device(number, device));
        credentials.lid = Some(Jid::lid_device(account.hidden.clone(), device));
        credentials.push_name = account.name.clone();
        credentials.account = Some(Arc::new(proof));
        (credentials, (number.to_owned(), device))
    }
}
