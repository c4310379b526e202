//! The fields that an item of a post may have, whatever it turns out to be.

/// The fields of an item, each still JSON.
pub(super) struct Fields<'a> {
    pub(super) message_id: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    pub(super) integration_type: Option<&'a str>,
    pub(super) received_at: Option<&'a str>,
    pub(super) paired_message_id: Option<&'a str>,
    /// The spelling of the document's table; its samples use the other.
    pub(super) paired_message_id_caps: Option<&'a str>,
    pub(super) contact: Option<&'a str>,
    pub(super) sent_at: Option<&'a str>,
    /// The spelling of some of Infobip's pages.
    pub(super) send_at: Option<&'a str>,
    pub(super) done_at: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) bulk_id: Option<&'a str>,
    pub(super) channel: Option<&'a str>,
}
