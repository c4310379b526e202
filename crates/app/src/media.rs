//! Files: read whole, and the addresses under which a message's can be fetched: unguessable, and only for a while.

use domain::{Attachment, Message, MessageId, Timestamp};
use futures_util::TryStreamExt as _;

use crate::{
    Core, Result, StoreError,
    limits::{ATTACHMENTS, MEDIA_URL_SECONDS},
    ports::Media,
    seal::{Purpose, Sealer},
};

/// A kept file in one piece, for those who need it so: at most [`FILE_BYTES`](crate::limits::FILE_BYTES).
pub async fn whole(media: &dyn Media, key: &str) -> Result<Vec<u8>> {
    let mut stream = media.open(key).await?;
    let mut bytes = Vec::new();
    let read = async {
        while let Some(piece) = stream.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok::<_, std::io::Error>(())
    };
    read.await
        .map_err(|error| StoreError::Unavailable(format!("a file cannot be read: {error}")))?;
    Ok(bytes)
}

/// The address of a message's file, valid until `expires`. The name at its end is for people.
pub fn file_url(
    public_url: &str,
    sealer: &Sealer,
    message: MessageId,
    index: usize,
    name: &str,
    expires: Timestamp,
) -> String {
    // The file's place is in the low byte, the end of life in the rest.
    let extra = (expires.as_second() << 8) | i64::try_from(index.min(ATTACHMENTS)).unwrap_or(0);
    let token = sealer.seal(Purpose::File, message.0, extra);
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("{public_url}/media/{token}/{name}")
}

/// Which file a token opens now: the message and the file's place in it.
pub fn open_file_token(sealer: &Sealer, token: &str, now: Timestamp) -> Option<(MessageId, usize)> {
    let (message, extra) = sealer.open(Purpose::File, token)?;
    let index = usize::try_from(extra & 0xff).ok()?;
    (now.as_second() < extra >> 8).then_some((MessageId(message), index))
}

impl Core {
    /// The address of one of a message's files from now on for [`MEDIA_URL_SECONDS`]; `None` if it has no file.
    ///
    /// The end of life is rounded up to a whole hour, so that one event tells everybody the same address.
    pub fn file_url(
        &self,
        message: &Message,
        index: usize,
        attachment: &Attachment,
    ) -> Option<String> {
        let file = attachment.file.as_ref()?;
        let life = self.clock.now().as_second() + MEDIA_URL_SECONDS;
        let expires = Timestamp::from_second((life / 3600 + 1) * 3600).ok()?;
        Some(file_url(
            &self.public_url,
            &self.sealer,
            message.id,
            index,
            &file.name,
            expires,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_address_opens_until_its_time_and_not_after() {
        let sealer = Sealer::new(&[1; 32]);
        let at = |second| Timestamp::from_second(second).unwrap();
        let url = file_url("http://x", &sealer, MessageId(77), 3, "a b/ç.pdf", at(5000));
        let token = url
            .strip_prefix("http://x/media/")
            .unwrap()
            .strip_suffix("/a_b__.pdf")
            .unwrap();
        assert_eq!(
            open_file_token(&sealer, token, at(4999)),
            Some((MessageId(77), 3))
        );
        assert_eq!(open_file_token(&sealer, token, at(5000)), None);
    }
}
