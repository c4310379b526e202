//! The Maytapi WhatsApp API: what a bot asks of products and phones, what it is answered, and what its webhook gets.
//!
//! Two versions are spoken. The **documented** form is that of the source document "MAYTAPI WHATSAPP API"; the
//! **current** form is that of the public OpenAPI file, version 1.9.1, and of the changelog since. [`Form`] says
//! where they differ. Nothing here knows a token, fetches a file or keeps a phone.

pub mod answers;
pub mod bodies;
pub mod chat;
pub mod errors;
pub mod extra;
pub mod form;
pub mod groups;
pub mod id;
pub mod inline;
pub mod limits;
pub mod picture;
pub mod product;
pub mod send;
#[cfg(test)]
mod tests;
pub mod webhook;
pub mod words;

pub use errors::Bad;
pub use form::Form;
