//! Nodes: the servers that share one database, and what becomes of those that die.
//!
//! A node has a row with a count that it raises every few seconds, its beats. Whoever finds that another's count stands
//! still ends that one's leases, so that what it was about to deliver is delivered by others, and what it alone did is
//! done by another. Counts are watched by
//! each node's own clock, so it does not matter whose clock is wrong.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use domain::Kind;
use tokio::sync::watch;

use crate::{
    Core, Error, Result,
    ports::{Tx, View},
    stopped,
};

/// How often a node shows that it lives.
const BEAT_EVERY: Duration = Duration::from_secs(2);
/// A node that has not for so long is dead.
const SILENCE: Duration = Duration::from_secs(15);

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it signs its leases with.
    pub id: i64,
    /// What its operator calls it.
    pub name: String,
    /// Tells its server's key from others without telling the key.
    pub mark: String,
    /// Grows while it lives.
    pub beats: i64,
}

/// Makes a node one of those that share the store, under the number that it had before if it was here before.
///
/// # Errors
///
/// A node whose key is not that of the others is refused: neither could read what the other has sealed.
pub fn join(tx: &mut dyn Tx, name: &str, mark: &str) -> Result<Node> {
    let mut former = None;
    for node in tx.nodes()? {
        if node.name == name {
            former = Some(node.id);
        } else if node.mark != mark {
            return Err(Error::refused(
                Kind::Conflict,
                format!(
                    "node {} of this database has another key: every node needs the same server.key",
                    node.name
                ),
            ));
        }
    }
    let node = Node {
        id: former.unwrap_or_else(|| tx.new_id()),
        name: name.to_owned(),
        mark: mark.to_owned(),
        // Not what it was, so that it is seen to live at once.
        beats: tx.now().as_microsecond(),
    };
    tx.put_node(&node)?;
    Ok(node)
}

/// Forgets a node that has not shown since it was seen like this, and ends its leases. Returns whether it had not.
pub fn bury(tx: &mut dyn Tx, dead: &Node) -> Result<bool> {
    if !tx.nodes()?.contains(dead) {
        return Ok(false);
    }
    tx.release_deliveries(dead.id)?;
    tx.delete_node(dead.id)?;
    Ok(true)
}

/// Under which it is kept who holds what.
const KEEPER: &str = "held by node";

/// Takes hold of something that one node at a time may do, such as asking a network for news, unless another holds it
/// that has not died. Returns whether this node holds it. A server that shares its store with nobody is no node, and
/// holds everything.
pub fn hold(tx: &mut dyn Tx, what: &str, node: Option<i64>) -> Result<bool> {
    let Some(node) = node else {
        return Ok(true);
    };
    if holder(&*tx, what)? == Some(node) {
        return Ok(true);
    }
    if !is_free(&*tx, what)? {
        return Ok(false);
    }
    tx.keep(KEEPER, what, Some(&node.to_string()))?;
    Ok(true)
}

/// Whether nobody holds something who lives.
pub fn is_free<V: View + ?Sized>(view: &V, what: &str) -> Result<bool> {
    let holder = holder(view, what)?;
    Ok(!view.nodes()?.iter().any(|it| Some(it.id) == holder))
}

/// Whether this node holds something still: whoever was taken for dead may live.
pub fn holds<V: View + ?Sized>(view: &V, what: &str, node: Option<i64>) -> Result<bool> {
    match node {
        Some(node) => Ok(holder(view, what)? == Some(node)),
        None => Ok(true),
    }
}

/// Lets something go, for another node to take.
pub fn let_go(tx: &mut dyn Tx, what: &str, node: Option<i64>) -> Result<()> {
    match node {
        Some(node) if holder(&*tx, what)? == Some(node) => tx.keep(KEEPER, what, None),
        _ => Ok(()),
    }
}

fn holder<V: View + ?Sized>(view: &V, what: &str) -> Result<Option<i64>> {
    let kept = view.find_kept(KEEPER, what)?;
    Ok(kept.and_then(|it| it.parse().ok()))
}

/// Shows that this node lives, and looks after the others.
pub struct Keeper {
    core: Core,
    node: Node,
    /// The others as they were last seen, and since when they have been so.
    others: HashMap<i64, (Node, Instant)>,
}

impl Keeper {
    /// A keeper of this node.
    pub fn new(core: Core, node: Node) -> Self {
        Self {
            core,
            node,
            others: HashMap::new(),
        }
    }

    /// Runs until `stop` says so. The row stays: whoever starts again is known, and whoever does not is buried.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let kept = tokio::select! {
                kept = self.keep() => kept,
                () = stopped(&mut stop) => return,
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "this node could not show that it lives");
            }
            tokio::select! {
                () = tokio::time::sleep(BEAT_EVERY) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    async fn keep(&mut self) -> Result<()> {
        self.node.beats += 1;
        let (node, store) = (self.node.clone(), self.core.store.clone());
        let all = store
            .transact(move |tx| {
                tx.put_node(&node)?;
                tx.nodes()
            })
            .await?;
        for dead in self.silent(all, Instant::now()) {
            let name = dead.name.clone();
            if store.transact(move |tx| bury(tx, &dead)).await? {
                tracing::warn!(
                    name,
                    "a node is dead; the others deliver what it was about to"
                );
            }
        }
        Ok(())
    }

    /// Looks at all nodes, and returns those that have stood still too long.
    fn silent(&mut self, all: Vec<Node>, now: Instant) -> Vec<Node> {
        let mut others = HashMap::new();
        let mut silent = Vec::new();
        for node in all.into_iter().filter(|it| it.id != self.node.id) {
            let since = match self.others.get(&node.id) {
                Some((seen, since)) if *seen == node => *since,
                _ => now,
            };
            if now.duration_since(since) >= SILENCE {
                silent.push(node.clone());
            }
            others.insert(node.id, (node, since));
        }
        self.others = others;
        silent
    }
}
