//! The room that calls out.
//!
//! * [`guard`] is the one client through which everything goes that leaves this server by HTTP, webhooks included.
//! * [`media`] implements the port to files: fetched through the guard, kept in an object store.
//! * [`ctlive`] implements the port to a network for inboxes whose carrier is `ctlive`.
//! * [`local`] implements it for inboxes whose people this server serves itself.
//! * [`mail`] implements the port to the mail server, by SMTP.
//! * [`telegram`] implements it for Telegram bots, and asks for their news.
//! * [`whatsapp_cloud`] implements it for numbers at Meta's Cloud API.
//! * [`sandbox`] is a simulated network for inboxes whose carrier is `sandbox`; it calls nobody.
//!
//! It relies on `app` for the ports, on `domain` for the nouns and on `wire` for the bodies. It never touches rows or
//! routes: there is no SQL and no web framework here, and no decision about when to try again.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use carriers::{ctlive::Ctlive, guard::{Guard, Policy}, media::ObjectMedia};
//!
//! # fn wire_up() -> Result<(), Box<dyn std::error::Error>> {
//! let guard = Guard::new(Policy::default())?;
//! let media = ObjectMedia::in_directory(guard.clone(), "data/media".as_ref())?;
//! let ctlive = Ctlive::new(guard, Arc::new(app::ports::SystemClock));
//! # Ok(())
//! # }
//! ```

mod card;
pub mod ctlive;
pub mod guard;
pub mod hooks;
pub mod limits;
pub mod local;
pub mod mail;
pub mod media;
pub mod sandbox;
pub mod telegram;
pub mod whatsapp_cloud;
