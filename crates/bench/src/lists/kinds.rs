//! What is asked: lists, filters and searches as an agent's program asks for them.

use serde_json::{Value, json};

/// A request that an agent's program makes, with something that changes from one to the next.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Within the account; `{n}` is the last digit of the request's number.
    pub(super) path: &'static str,
    /// Conditions of a filter; none for a GET.
    pub(super) payload: Option<Value>,
}

fn get(name: &'static str, path: &'static str) -> Kind {
    Kind {
        name,
        path,
        payload: None,
    }
}

/// Conversations that meet conditions.
fn talks(name: &'static str, payload: Value) -> Kind {
    Kind {
        name,
        path: "/conversations/filter",
        payload: Some(payload),
    }
}

/// Contacts that do.
fn people(name: &'static str, payload: Value) -> Kind {
    Kind {
        name,
        path: "/contacts/filter",
        payload: Some(payload),
    }
}

fn condition(key: &str, operator: &str, value: &str, next: Option<&str>) -> Value {
    json!({ "attribute_key": key, "filter_operator": operator, "values": [value], "query_operator": next })
}

/// A filter of one condition.
fn only(key: &str, operator: &str, value: &str) -> Value {
    json!([condition(key, operator, value, None)])
}

/// Everything that is measured.
pub(super) fn kinds() -> Vec<Kind> {
    let mut all = lists();
    all.extend(orders());
    all.extend(filters());
    all.extend(filters_by_sets());
    all.extend(searches());
    all.extend(contacts());
    all.extend(contact_filters());
    all
}

fn lists() -> Vec<Kind> {
    vec![
        get("list, open", "/conversations"),
        get("list, all", "/conversations?status=all"),
        get("list, mine", "/conversations?assignee_type=me"),
        get(
            "list, unassigned",
            "/conversations?assignee_type=unassigned",
        ),
        get("list, an inbox's", "/conversations?inbox_id=1"),
        get("list, a team's", "/conversations?team_id=1&status=all"),
        get("list, a label's", "/conversations?labels[]=common"),
        get(
            "list, two labels'",
            "/conversations?labels[]=common&labels[]=rare&status=all",
        ),
        get(
            "list, unattended",
            "/conversations?conversation_type=unattended&status=all",
        ),
        get(
            "list, participating",
            "/conversations?conversation_type=participating&status=all",
        ),
        get(
            "list, an address's",
            "/conversations?source_id=39000000000{n}&status=all",
        ),
        get(
            "list, changed within a day",
            "/conversations?updated_within=86400&status=all",
        ),
        get("list, page 100", "/conversations?page=100&status=all"),
        get("list, with a word", "/conversations?q=ba&status=all"),
        get("counts", "/conversations/meta?status=all"),
    ]
}

fn orders() -> Vec<Kind> {
    vec![
        get(
            "list, by creation",
            "/conversations?sort_by=created_at_asc&status=all",
        ),
        get(
            "list, by priority",
            "/conversations?sort_by=priority_desc&status=all",
        ),
        get(
            "list, by waiting",
            "/conversations?sort_by=waiting_since_asc&status=all",
        ),
    ]
}

fn filters() -> Vec<Kind> {
    vec![
        talks(
            "filter, status and assignee",
            json!([
                condition("status", "equal_to", "open", Some("AND")),
                condition("assignee_id", "equal_to", "1", None),
            ]),
        ),
        talks("filter, priority", only("priority", "equal_to", "urgent")),
        talks(
            "filter, number contains",
            only("display_id", "contains", "777"),
        ),
        talks(
            "filter, one number in another",
            only("display_id", "contains", "77777"),
        ),
        talks(
            "filter, older than a day",
            only("created_at", "days_before", "1"),
        ),
        talks(
            "filter, older than 400 days",
            only("created_at", "days_before", "400"),
        ),
        talks(
            "filter, silent for half a year",
            only("last_activity_at", "days_before", "180"),
        ),
    ]
}

fn filters_by_sets() -> Vec<Kind> {
    vec![
        talks("filter, label", only("labels", "equal_to", "rare")),
        talks(
            "filter, not a label",
            only("labels", "not_equal_to", "common"),
        ),
        talks("filter, no label", only("labels", "is_not_present", "")),
        talks(
            "filter, label and old",
            json!([
                condition("labels", "equal_to", "common", Some("AND")),
                condition("created_at", "days_before", "180", None),
            ]),
        ),
        talks("filter, attribute of 1 %", only("tier", "equal_to", "gold")),
        talks(
            "filter, attribute of 25 %",
            only("browser_language", "equal_to", "de"),
        ),
        talks("filter, attribute of 99 %", only("tier", "equal_to", "tin")),
        talks(
            "filter, not an attribute",
            only("browser_language", "not_equal_to", "de"),
        ),
        talks("filter, attribute contains", only("tier", "contains", "ol")),
        talks(
            "filter, attribute above",
            only("orders", "is_greater_than", "50000"),
        ),
        talks(
            "filter, two attributes",
            json!([
                condition("browser_language", "equal_to", "de", Some("AND")),
                condition("tier", "equal_to", "tin", None),
            ]),
        ),
        talks(
            "filter, one or the other",
            json!([
                condition("browser_language", "equal_to", "de", Some("OR")),
                condition("labels", "equal_to", "common", None),
            ]),
        ),
    ]
}

fn searches() -> Vec<Kind> {
    vec![
        get("messages, newest", "/conversations/1{n}/messages"),
        get("search messages, rare word", "/search/messages?q=fuzade"),
        get("search messages, common word", "/search/messages?q=ba"),
        get("search messages, two words", "/search/messages?q=ba+fuza"),
        get("search contacts", "/search/contacts?q=son+77{n}"),
        get("search contacts, two letters", "/search/contacts?q=zz"),
        get("search everything", "/search?q=39000000077{n}"),
        get("search in conversations", "/conversations/search?q=fuza"),
        get("notifications", "/notifications"),
    ]
}

fn contacts() -> Vec<Kind> {
    vec![
        get("contacts, list", "/contacts"),
        get("contacts, page 100", "/contacts?page=100"),
        get("contacts, by name", "/contacts?sort=name"),
        get("contacts, by e-mail", "/contacts?sort=email"),
        get("contacts, by telephone", "/contacts?sort=-phone_number"),
        get(
            "contacts, by last activity",
            "/contacts?sort=-last_activity_at",
        ),
        get("contacts, by city", "/contacts?sort=city"),
        get("contacts, a label's", "/contacts?labels[]=common"),
        get("contacts, search", "/contacts/search?q=person.77{n}"),
        get("contacts, search, all", "/contacts/search?q=person"),
        get(
            "contacts, search, all, by activity",
            "/contacts/search?q=person&sort=-last_activity_at",
        ),
        get(
            "contacts, search, by name",
            "/contacts/search?q=77{n}&sort=name",
        ),
        get("contacts, search, none", "/contacts/search?q=zz"),
    ]
}

fn contact_filters() -> Vec<Kind> {
    vec![
        people("contacts, everybody", json!([])),
        people(
            "contacts, name contains",
            only("name", "contains", "son 77"),
        ),
        people(
            "contacts, name lacks",
            only("name", "does_not_contain", "son 77"),
        ),
        people(
            "contacts, e-mail contains",
            only("email", "contains", "example7.com"),
        ),
        people(
            "contacts, e-mail is",
            only("email", "equal_to", "person.777@example27.com"),
        ),
        people("contacts, blocked", only("blocked", "equal_to", "true")),
        people(
            "contacts, known for a day",
            only("created_at", "days_before", "1"),
        ),
        people(
            "contacts, silent for half a year",
            only("last_activity_at", "days_before", "180"),
        ),
        people("contacts, label", only("labels", "equal_to", "common")),
        people(
            "contacts, not a label",
            only("labels", "not_equal_to", "common"),
        ),
        people("contacts, city", only("city", "equal_to", "City 7")),
        people("contacts, plan of 25 %", only("plan", "equal_to", "team")),
        people("contacts, not a plan", only("plan", "not_equal_to", "team")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let mut names: Vec<&str> = kinds().iter().map(|it| it.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
