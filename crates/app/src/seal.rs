//! Sealed tokens: a kind and two numbers, signed with the server's key.
//!
//! They open without a look-up and are stored nowhere, not even hashed. What a token stands for can be made void
//! only through the numbers in it: a generation that is raised, a time that passes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// What a sealed token is for. A token of one kind never opens as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Calls to the agents' interface: agent, generation.
    AgentAccess,
    /// Following what an agent may see: agent, generation.
    AgentFollow,
    /// Following what a contact may see: address, zero.
    AddressFollow,
    /// Fetching one file of a message: message, and the end of its life with the file's place.
    File,
    /// Naming the server's journal to clients: no numbers.
    Epoch,
    /// Being a website's visitor: address, end of life.
    Visitor,
    /// Naming an account to programs that name it in addresses.
    AccountName,
    /// Calls of a program for a whole account: account, generation.
    AccountAccess,
    /// A backup of a session: a text, shown beside its proof.
    Backup,
    /// Choosing a password: agent, a number of its own.
    Password,
    /// Fetching a picture: a text, shown beside its proof.
    Picture,
    /// Bringing, fetching and using an upload: upload, account.
    Upload,
}

impl Purpose {
    fn tag(self) -> u8 {
        match self {
            Self::AgentAccess => 1,
            Self::AgentFollow => 2,
            Self::AddressFollow => 3,
            Self::File => 4,
            Self::Epoch => 5,
            Self::Visitor => 6,
            Self::AccountName => 7,
            Self::AccountAccess => 8,
            Self::Backup => 9,
            Self::Password => 10,
            Self::Picture => 11,
            Self::Upload => 12,
        }
    }
}

const NUMBERS_BYTES: usize = 16;
const MAC_BYTES: usize = 16;

/// Makes and opens sealed tokens.
pub struct Sealer {
    keyed: Hmac<Sha256>,
}

impl Sealer {
    /// A sealer with the server's key.
    pub fn new(key: &[u8; 32]) -> Self {
        let mut padded = [0_u8; 64];
        for (to, from) in padded.iter_mut().zip(key) {
            *to = *from;
        }
        Self {
            keyed: Hmac::new(&padded.into()),
        }
    }

    /// The token for these numbers: 43 URL-safe characters.
    pub fn seal(&self, purpose: Purpose, id: i64, extra: i64) -> String {
        let mut token = Vec::with_capacity(NUMBERS_BYTES + MAC_BYTES);
        token.extend_from_slice(&id.to_be_bytes());
        token.extend_from_slice(&extra.to_be_bytes());
        let mac = self.mac(purpose, &token);
        token.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The numbers in a token, or `None` if it is not one of ours for this purpose.
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<(i64, i64)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (numbers, mac) = bytes.split_at_checked(NUMBERS_BYTES)?;
        if !bool::from(self.mac(purpose, numbers).ct_eq(mac)) {
            return None;
        }
        let (id, extra) = numbers.split_at_checked(8)?;
        Some((
            i64::from_be_bytes(id.try_into().ok()?),
            i64::from_be_bytes(extra.try_into().ok()?),
        ))
    }

    /// What proves that a text was written by a server with this key: 22 URL-safe characters.
    pub fn proof(&self, purpose: Purpose, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, text.as_bytes()))
    }

    /// Whether a text was.
    pub fn is_proved(&self, purpose: Purpose, text: &str, proof: &str) -> bool {
        let shown = URL_SAFE_NO_PAD.decode(proof).unwrap_or_default();
        bool::from(self.mac(purpose, text.as_bytes()).ct_eq(&shown))
    }

    /// A name for a number that nobody outside can make up: the number above, and what proves it below.
    pub fn name(&self, purpose: Purpose, id: i64) -> u128 {
        let number = id.to_be_bytes();
        let mut name = [0; 16];
        let proof = self.mac(purpose, &number);
        for (to, from) in name.iter_mut().zip(number.into_iter().chain(proof)) {
            *to = from;
        }
        u128::from_be_bytes(name)
    }

    /// The number that a name of ours is for.
    pub fn open_name(&self, purpose: Purpose, name: u128) -> Option<i64> {
        let bytes = name.to_be_bytes();
        let (number, _) = bytes.split_at_checked(8)?;
        let id = i64::from_be_bytes(number.try_into().ok()?);
        let same = self.name(purpose, id).to_be_bytes().ct_eq(&bytes);
        bool::from(same).then_some(id)
    }

    fn mac(&self, purpose: Purpose, numbers: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = self.keyed.clone();
        mac.update(&[purpose.tag()]);
        mac.update(numbers);
        let full = mac.finalize().into_bytes();
        let mut short = [0; MAC_BYTES];
        for (to, from) in short.iter_mut().zip(full) {
            *to = from;
        }
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_for_its_purpose_and_unchanged() {
        let sealer = Sealer::new(&[7; 32]);
        let token = sealer.seal(Purpose::AgentFollow, 12, -3);
        assert_eq!(sealer.open(Purpose::AgentFollow, &token), Some((12, -3)));
        assert_eq!(sealer.open(Purpose::AgentAccess, &token), None);
        assert_eq!(
            Sealer::new(&[8; 32]).open(Purpose::AgentFollow, &token),
            None
        );
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            if changed != token {
                assert_eq!(
                    sealer.open(Purpose::AgentFollow, &changed),
                    None,
                    "{changed}"
                );
            }
        }
        assert_eq!(sealer.open(Purpose::AgentFollow, ""), None);
    }

    #[test]
    fn a_proof_is_of_one_text_one_purpose_and_one_key() {
        let (sealer, other) = (Sealer::new(&[7; 32]), Sealer::new(&[8; 32]));
        let proof = sealer.proof(Purpose::Backup, "a text");
        assert!(sealer.is_proved(Purpose::Backup, "a text", &proof));
        assert!(!sealer.is_proved(Purpose::Backup, "another", &proof));
        assert!(!sealer.is_proved(Purpose::Epoch, "a text", &proof));
        assert!(!other.is_proved(Purpose::Backup, "a text", &proof));
        assert!(!sealer.is_proved(Purpose::Backup, "a text", ""));
    }
}
