//! Everything that is called: one router per dialect, and the driver of the sockets.
//!
//! A door turns vendor words into one call of a use case and its answer back into vendor words; what happened is
//! told from the journal ([`live`]). Each dialect has its own errors (`errors.rs`), so that a client never sees a
//! refusal in words it does not know. Nothing here is SQL, and nothing here decides.

mod admin;
pub mod chatapp;
mod credentials;
pub mod ctlive;
mod files;
pub mod hooks;
mod http;
mod linger;
pub mod live;
pub mod maytapi;
pub mod onechat;
mod peer;
pub mod pusher;
mod sandbox;
pub mod server;
pub mod socket;
pub mod telegram;
pub mod whatsapp_cloud;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use app::{
    Core, Scope, agents,
    deliveries::Carriers,
    hooks::HookDesk,
    ports::{Intake, NetworkFiles, Phones, Templates, World},
    presence::Person,
    reach::Reach,
};
use axum::Router;
use domain::{Agent, AgentId, Availability};
use ipnet::IpNet;
use socket::{Beside, History, Hub, Missing};
use wire::pusher::Settings;

/// Networks of phones, by the carriers' names.
pub type PhoneCarriers = BTreeMap<&'static str, Arc<dyn Phones>>;

/// Networks that read their own posts, by the carriers' names.
pub type Intakes = BTreeMap<&'static str, Arc<dyn Intake>>;

/// Networks that hand files out by id, by the carriers' names.
pub type FileCarriers = BTreeMap<&'static str, Arc<dyn NetworkFiles>>;

/// Networks with templates, by the carriers' names.
pub type TemplateCarriers = BTreeMap<&'static str, Arc<dyn Templates>>;

/// What every door shares.
#[derive(Clone)]
pub struct Edge {
    /// The server's parts.
    pub core: Core,
    /// The sockets.
    pub hub: Arc<Hub>,
    pusher: Arc<pusher::Applications>,
    ctlive: Arc<ctlive::Desk>,
    presence: Arc<onechat::PresenceDesk>,
    cache: Arc<onechat::CacheDesk>,
    statuses: Arc<chatapp::Statuses>,
    parked: Arc<onechat::ParkedSessions>,
    gatherings: Arc<onechat::Gatherings>,
    newcomers: Arc<onechat::Newcomers>,
    /// Who asks for new passwords.
    askers: Arc<onechat::Newcomers>,
    /// What contacts write in each conversation.
    talk: Arc<onechat::Counts<domain::ConversationId>>,
    /// What accounts have fetched of files.
    fetches: Arc<onechat::Counts<domain::AccountId>>,
    /// Names the numbering of this server's journal.
    epoch: Arc<str>,
    hooks: HookDesk,
    phones: Arc<PhoneCarriers>,
    reach: Reach,
    new_phones: &'static str,
    world: Option<Arc<dyn World>>,
    files: Arc<FileCarriers>,
    intakes: Arc<Intakes>,
    templates: Arc<TemplateCarriers>,
    paces: Arc<chatapp::Paces>,
    /// Whose word is believed of where a request comes from.
    proxies: Arc<[IpNet]>,
    started: std::time::Instant,
}

impl Edge {
    /// The doors of a server, on the runtime that serves them.
    pub fn new(core: Core, hub: Arc<Hub>, hooks: HookDesk, pusher: Settings) -> Self {
        let pusher = Arc::new(pusher::Applications::new(core.directory.clone(), pusher));
        let cache = Arc::new(onechat::CacheDesk::default());
        hub.remember(Arc::new(Histories {
            channels: Beside::new(chatapp::Missed::new(core.clone(), &hub, pusher.clone())),
            cable: Beside::new(onechat::Missed::new(core.clone(), &hub, cache.clone())),
        }));
        // Another server's data has another key, and numbers its entries anew.
        let epoch: String = core
            .sealer
            .seal(app::seal::Purpose::Epoch, 0, 0)
            .chars()
            .rev()
            .take(8)
            .collect();
        Self {
            pusher,
            ctlive: Arc::new(ctlive::Desk::new(core.directory.clone())),
            presence: Arc::new(onechat::PresenceDesk::default()),
            cache,
            statuses: Arc::new(chatapp::Statuses::default()),
            parked: Arc::new(onechat::ParkedSessions::default()),
            gatherings: Arc::new(onechat::Gatherings::default()),
            newcomers: Arc::new(onechat::Newcomers::new(0)),
            askers: Arc::new(onechat::askers()),
            talk: Arc::new(onechat::talk()),
            fetches: Arc::new(onechat::fetches()),
            epoch: epoch.into(),
            reach: Reach::new(core.clone(), Arc::default()),
            core,
            hub,
            hooks,
            phones: Arc::default(),
            new_phones: "",
            world: None,
            files: Arc::default(),
            intakes: Arc::default(),
            templates: Arc::default(),
            paces: Arc::new(chatapp::Paces::new(chatapp::REQUESTS_PER_SECOND)),
            proxies: Arc::default(),
            started: std::time::Instant::now(),
        }
    }

    /// An agent says something of themselves, which is a sign of life if they say it in person. Returns them.
    pub(crate) async fn set_availability(
        &self,
        scope: Scope,
        id: AgentId,
        availability: Availability,
    ) -> app::Result<Arc<Agent>> {
        let core = &self.core;
        let (account, directory) = (scope.account_id, core.directory.clone());
        let in_person = scope.agent_id() == Some(id);
        let turn = self.statuses.turn().await;
        let before = directory.seat(account, id).map(|it| it.availability);
        let came = in_person && {
            let person = Person::Agent(id);
            core.presence.touch(account, person, core.clock.now())
        };
        let set = core
            .store
            .transact(move |tx| agents::set_availability(tx, &directory, &scope, id, availability));
        let set = set.await;
        if set.is_ok() && before != Some(availability) {
            // It is told from the journal.
            self.statuses.learn((account, id), availability);
        } else if came {
            self.presence.changed(account);
        }
        drop(turn);
        set
    }

    /// With networks of phones; phones that are added are of the carrier `new`.
    #[must_use]
    pub fn with_phones(mut self, phones: PhoneCarriers, new: &'static str) -> Self {
        self.phones = Arc::new(phones);
        self.new_phones = new;
        self
    }

    /// With networks that are asked beside sending.
    #[must_use]
    pub fn with_carriers(mut self, carriers: Carriers) -> Self {
        self.reach = Reach::new(self.core.clone(), Arc::new(carriers));
        self
    }

    /// With at most so many new visitors an hour from one address; no limit if 0.
    #[must_use]
    pub fn with_visitors_per_hour(mut self, limit: u32) -> Self {
        self.newcomers = Arc::new(onechat::Newcomers::new(limit));
        self
    }

    /// With networks that hand files out.
    #[must_use]
    pub fn with_files(mut self, files: FileCarriers) -> Self {
        self.files = Arc::new(files);
        self
    }

    /// With networks that have templates.
    #[must_use]
    pub fn with_templates(mut self, templates: TemplateCarriers) -> Self {
        self.templates = Arc::new(templates);
        self
    }

    /// With networks whose posts only they can read.
    #[must_use]
    pub fn with_intakes(mut self, intakes: Intakes) -> Self {
        self.intakes = Arc::new(intakes);
        self
    }

    /// With this many of ChatApp's requests a second for an address, and the networks of the proxies in front.
    #[must_use]
    pub fn with_pace(mut self, requests_per_second: u32, proxies: Vec<IpNet>) -> Self {
        self.paces = Arc::new(chatapp::Paces::new(requests_per_second));
        self.proxies = proxies.into();
        self
    }

    /// With a simulated world that can be moved.
    #[must_use]
    pub fn with_world(mut self, world: Arc<dyn World>) -> Self {
        self.world = Some(world);
        self
    }

    /// Every route of every dialect.
    pub fn router(&self) -> Router {
        let chatapp = chatapp::paced(self, chatapp::routes());
        doors(self.pusher.settings(), chatapp).with_state(self.clone())
    }
}

fn doors(settings: &Settings, chatapp: Router<Edge>) -> Router<Edge> {
    Router::new()
        .merge(admin::routes())
        .merge(files::routes())
        .merge(ctlive::routes())
        .merge(pusher::routes(settings))
        .merge(chatapp)
        .merge(onechat::routes())
        .merge(sandbox::routes())
        .merge(whatsapp_cloud::routes())
        .merge(telegram::routes())
        .merge(maytapi::routes())
}

/// The address of every route, with the names of its parameters in braces, for whoever walks over them all. Routes are
/// found in a router by what it says of itself: there is no other way to list them.
pub fn addresses() -> Vec<String> {
    let told = format!("{:?}", doors(&Settings::default(), chatapp::routes()));
    let routes = told.split("RouteId(").filter_map(|it| {
        let (_, rest) = it.split_once("): \"")?;
        let (address, _) = rest.split_once('"')?;
        // The fallbacks' own.
        (!address.contains("__private")).then(|| address.to_owned())
    });
    let all: BTreeSet<String> = routes.collect();
    all.into_iter().collect()
}

/// Where what was missed is found, for each kind of socket.
struct Histories {
    channels: Beside<chatapp::Missed>,
    cable: Beside<onechat::Missed>,
}

impl History for Histories {
    fn wanted(&self, missing: Missing) {
        if missing.several.is_some() {
            self.cable.wanted(missing);
        } else {
            self.channels.wanted(missing);
        }
    }
}
