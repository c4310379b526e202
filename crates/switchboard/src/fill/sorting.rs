//! Gives conversations and contacts what lists ask for, in the same measure every time.

use app::{
    Actor, Core, Scope,
    contacts::{self, Change},
    conversations::{self, NewStatus, Relabel},
    directory::Directory,
    ports::Tx,
    teams::{self, NewTeam},
};
use domain::{AccountId, AgentId, Contact, ConversationStatus, Priority, TeamId};

/// Who sorts, and who is given what.
pub(super) struct Desk {
    account: AccountId,
    agents: Vec<AgentId>,
    teams: Vec<TeamId>,
}

impl Desk {
    /// The account's agents and two teams, which are made if it has none.
    pub(super) async fn open(core: &Core, account: AccountId) -> anyhow::Result<Self> {
        let tables = core.directory.tables();
        let agents: Vec<AgentId> = tables.agents_of(account).map(|it| it.id).collect();
        let mut desk = Self {
            account,
            agents,
            teams: Vec::new(),
        };
        let scope = desk.scope();
        let teams = core.store.transact(move |tx| {
            let there = tx.teams()?;
            let mine = there.iter().filter(|it| it.account_id == account);
            let mut teams: Vec<TeamId> = mine.map(|it| it.id).collect();
            for name in ["sales", "support"] {
                if teams.len() < 2 {
                    let name = Some(name.to_owned());
                    let new = NewTeam {
                        name,
                        ..NewTeam::default()
                    };
                    teams.push(teams::create(tx, &scope, &new)?.id);
                }
            }
            Ok(teams)
        });
        desk.teams = teams.await?;
        Ok(desk)
    }

    fn scope(&self) -> Scope {
        let actor = self.agents.first();
        Scope {
            account_id: self.account,
            actor: actor.map_or(Actor::System, |it| Actor::Agent(*it)),
        }
    }

    /// Of ten conversations three are resolved, one waits, one sleeps, six are somebody's; of five one has a label,
    /// of six one a team, of twenty one is urgent, all have a language, one of a hundred is a great customer's.
    pub(super) fn sort(
        &self,
        tx: &mut dyn Tx,
        directory: &Directory,
        number: i64,
    ) -> app::Result<()> {
        let scope = self.scope();
        if number % 10 < 6 {
            let agent = pick(&self.agents, number);
            conversations::assign(tx, directory, &scope, number, agent)?;
        }
        let status = match number % 10 {
            5..8 => Some(ConversationStatus::Resolved),
            8 => Some(ConversationStatus::Pending),
            9 => Some(ConversationStatus::Snoozed),
            _ => None,
        };
        if let Some(status) = status {
            conversations::set_status(tx, directory, &scope, number, NewStatus::To(status, None))?;
        }
        if number % 5 == 0 {
            let change = Relabel::Replace(vec![title(number).to_owned()]);
            conversations::label(tx, directory, &scope, number, &change)?;
        }
        let mut row = conversations::load(tx, &scope, number)?;
        let details = &mut row.conversation.details;
        details.priority = match number % 20 {
            0 => Some(Priority::Urgent),
            1..4 => Some(Priority::High),
            4..8 => Some(Priority::Low),
            _ => None,
        };
        details.team_id = pick(&self.teams, number).filter(|_| number % 6 == 0);
        let language = pick(&["en", "de", "fr", "es"], number).unwrap_or_default();
        details.additional_attributes = Some(format!("{{\"browser_language\":\"{language}\"}}"));
        let tier = if number % 100 == 0 { "gold" } else { "tin" };
        details.custom_attributes = Some(format!("{{\"tier\":\"{tier}\",\"orders\":{number}}}"));
        tx.describe_conversation(&row.conversation)?;
        introduce(tx, &scope, &row.contact, number)
    }
}

/// Of ten contacts seven have a telephone, four an e-mail address and one a key of the business's; of five one has a
/// label, of a thousand one is blocked, all have a plan and a city.
fn introduce(tx: &mut dyn Tx, scope: &Scope, contact: &Contact, number: i64) -> app::Result<()> {
    // Not the same ones of ten as among the conversations.
    let turn = number / 10 % 10;
    let plan = pick(&["free", "basic", "team", "firm"], number).unwrap_or_default();
    let change = Change {
        email: (turn < 4).then(|| format!("person.{number}@example{}.com", number % 50)),
        phone: (turn < 7).then(|| format!("+39{number:010}")),
        identifier: (turn == 9).then(|| format!("customer-{number}")),
        blocked: Some(number % 1000 == 0),
        custom_attributes: Some(format!("{{\"plan\":\"{plan}\"}}")),
        additional_attributes: Some(format!("{{\"city\":\"City {}\"}}", number % 97)),
        ..Change::default()
    };
    contacts::change(tx, scope, contact.id, &change)?;
    if number % 5 == 0 {
        contacts::label(tx, scope, contact.id, &[title(number).to_owned()])?;
    }
    Ok(())
}

/// Four of five are common.
fn title(number: i64) -> &'static str {
    match number % 25 {
        0 => "rare",
        _ => "common",
    }
}

/// By turns.
fn pick<T: Copy>(all: &[T], number: i64) -> Option<T> {
    let turn = usize::try_from(number).ok()?.checked_rem(all.len())?;
    all.get(turn).copied()
}
