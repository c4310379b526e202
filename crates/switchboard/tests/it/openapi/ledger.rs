//! Where answers differ from OneChat's description, and what of it is not served, each with the reason. What the
//! original answers goes before what its description says of it.

/// An operation (or `*` for all), what differs (a star stands for anything), and why.
pub(super) const DIFFERS: [(&str, &str, &str); 56] = [
    (
        "*",
        "*custom_role*: absent",
        "roles beyond agent and administrator are of the original's paid edition",
    ),
    (
        "*",
        "*applied_sla: absent",
        "agreements on service are of the original's paid edition",
    ),
    (
        "*",
        "*sla_events: absent",
        "agreements on service are of the original's paid edition",
    ),
    (
        "*",
        "*hmac_identifier: absent",
        "agents prove themselves to no other service here",
    ),
    (
        "*",
        "*meta.assignee*: absent",
        "an agent without the tokens that only their own profile shows; absent where there is none",
    ),
    (
        "*",
        "*custom_attributes.*: absent",
        "of the original's own hosting",
    ),
    (
        "*",
        "*settings.auto_resolve*: absent",
        "told where somebody set it",
    ),
    (
        "*",
        "*company_id: absent",
        "contacts belong to no companies here",
    ),
    (
        "*",
        "*label_list: absent",
        "labels are the agents' business",
    ),
    (
        "*",
        "*additional_attributes.*: absent",
        "there is what was learnt of the contact",
    ),
    ("*", "*last_activity_at: absent", "told where it is known"),
    (
        "*",
        "*sender.*: absent",
        "a sender is a contact, a user or a bot, and shown as one",
    ),
    (
        "*",
        "*sender: absent",
        "nobody wrote what the server notes down",
    ),
    ("*", "*attachments: absent", "absent where there is none"),
    (
        "*",
        "*attachment: absent",
        "a message's files are its attachments",
    ),
    (
        "*",
        "*custom_attributes: absent",
        "absent where there is none",
    ),
    (
        "*",
        "*attribute_values: array instead of string",
        "a list, as the original answers",
    ),
    (
        "*",
        "*default_value: null instead of string",
        "null unless somebody gave one",
    ),
    (
        "*",
        "*query_operator: null instead of string",
        "the last condition has none",
    ),
    (
        "*",
        "*description: null instead of string",
        "null unless somebody gave one",
    ),
    ("*", "*reply_time: absent", "websites alone have these"),
    (
        "*",
        "*selected_feature_flags: absent",
        "websites alone have these",
    ),
    (
        "*",
        "*web_widget_script: absent",
        "websites alone have these",
    ),
    ("*", "*website_token: absent", "websites alone have these"),
    ("*", "*website_url: absent", "websites alone have these"),
    ("*", "*welcome_tagline: absent", "websites alone have these"),
    ("*", "*welcome_title: absent", "websites alone have these"),
    ("*", "*widget_color: absent", "websites alone have these"),
    (
        "*",
        "*hmac_mandatory: absent",
        "API inboxes and websites alone have it",
    ),
    ("*", "*medium: absent", "of a carrier that there is not"),
    (
        "*",
        "*messaging_service_sid: absent",
        "of a carrier that there is not",
    ),
    (
        "DELETE /api/v1/accounts/{account_id}/custom_attribute_definitions/{id}",
        "status 204 instead of 200",
        "as the original answers",
    ),
    (
        "DELETE /api/v1/accounts/{account_id}/custom_filters/{custom_filter_id}",
        "status 204 instead of 200",
        "as the original answers",
    ),
    (
        "GET /api/v1/accounts/{account_id}/automation_rules/{id}",
        "payload: object instead of array",
        "the rule itself",
    ),
    (
        "PATCH /api/v1/accounts/{account_id}/automation_rules/{id}",
        "payload: object instead of array",
        "the rule itself",
    ),
    (
        "POST /api/v1/accounts/{account_id}/automation_rules",
        "payload: absent",
        "bare, unlike the others, as in the original",
    ),
    (
        "GET /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages",
        "meta.contact.payload: absent",
        "the contact itself",
    ),
    (
        "GET /api/v1/accounts/{account_id}/inboxes/{id}/agent_bot",
        "*: absent",
        "wrapped in agent_bot, as in the original",
    ),
    (
        "GET /api/v1/accounts/{account_id}/inboxes/{id}/agent_bot",
        "status 200 instead of 204",
        "an answer with a body is none without",
    ),
    (
        "POST /api/v1/accounts/{account_id}/inboxes/{id}/set_agent_bot",
        "status 200 instead of 204",
        "as the original answers",
    ),
    (
        "GET /api/v1/accounts/{account_id}/webhooks",
        ": object instead of array",
        "wrapped in payload.webhooks, as in the original",
    ),
    (
        "POST /api/v1/accounts/{account_id}/webhooks",
        "*: absent",
        "wrapped in payload.webhook, as in the original",
    ),
    (
        "PATCH /api/v1/accounts/{account_id}/webhooks/{webhook_id}",
        "*: absent",
        "wrapped in payload.webhook, as in the original",
    ),
    (
        "*",
        "account_id: null instead of number",
        "nobody works for an account until they are put there",
    ),
    (
        "*",
        "role: null instead of string",
        "nobody works for an account until they are put there",
    ),
    (
        "POST /api/v1/accounts/{account_id}/actions/contact_merge",
        "payload: absent",
        "bare, as in the original",
    ),
    (
        "POST /api/v1/accounts/{account_id}/contacts",
        "*: absent",
        "wrapped in payload, as in the original",
    ),
    (
        "POST /api/v1/accounts/{account_id}/contacts",
        "payload: object instead of array",
        "the contact and its address, as in the original",
    ),
    (
        "PUT /api/v1/accounts/{account_id}/contacts/{id}",
        "*: absent",
        "wrapped in payload, as in the original",
    ),
    (
        "PUT /api/v1/accounts/{account_id}/contacts/{id}",
        "payload: object instead of array",
        "the contact, as in the original",
    ),
    (
        "PUT /api/v1/accounts/{account_id}/contacts/{id}",
        "status 200 instead of 204",
        "an answer with a body is none without",
    ),
    (
        "POST /api/v1/accounts/{account_id}/conversations/filter",
        "data: absent",
        "not wrapped, as in the original",
    ),
    (
        "POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/assignments",
        "*: absent",
        "an agent without the tokens that only their own profile shows",
    ),
    (
        "*",
        "*in_reply_to: absent",
        "absent where nothing is replied to",
    ),
    (
        "*",
        "*echo_id: absent",
        "only in the answer to its creation",
    ),
    (
        "*",
        "*sender.type: \"user\" is none of its words",
        "the original's word",
    ),
];

const NO_HELP_CENTER: &str = "there are no pages of help here";
const NO_INTEGRATIONS: &str = "other makers' services are not spoken to from here";

/// An operation, and why it is not served, or not walked.
pub(super) const NOT_SERVED: [(&str, &str); 12] = [
    ("GET /api/v1/accounts/{account_id}/portals", NO_HELP_CENTER),
    ("POST /api/v1/accounts/{account_id}/portals", NO_HELP_CENTER),
    (
        "PATCH /api/v1/accounts/{account_id}/portals/{id}",
        NO_HELP_CENTER,
    ),
    (
        "POST /api/v1/accounts/{account_id}/portals/{id}/articles",
        NO_HELP_CENTER,
    ),
    (
        "POST /api/v1/accounts/{account_id}/portals/{id}/categories",
        NO_HELP_CENTER,
    ),
    (
        "GET /api/v1/accounts/{account_id}/integrations/apps",
        NO_INTEGRATIONS,
    ),
    (
        "POST /api/v1/accounts/{account_id}/integrations/hooks",
        NO_INTEGRATIONS,
    ),
    (
        "PATCH /api/v1/accounts/{account_id}/integrations/hooks/{hook_id}",
        NO_INTEGRATIONS,
    ),
    (
        "DELETE /api/v1/accounts/{account_id}/integrations/hooks/{hook_id}",
        NO_INTEGRATIONS,
    ),
    (
        "GET /api/v1/accounts/{account_id}/audit_logs",
        "of the original's paid edition; nothing says what is written into one",
    ),
    (
        "GET /survey/responses/{conversation_uuid}",
        "contacts are not asked how it was",
    ),
    (
        "DELETE /platform/api/v1/accounts/{account_id}",
        "served; people/closing.rs tells its story",
    ),
];
