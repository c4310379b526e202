//! Which topics are followed on this node, so that nobody renders for nobody.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
};

const SECTIONS: usize = 16;

/// How many shards follow each topic, in sections so that few wait for one another.
pub(crate) struct Interest {
    hasher: RandomState,
    sections: [Mutex<HashMap<Box<str>, usize>>; SECTIONS],
}

impl Interest {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            sections: Default::default(),
        }
    }

    fn section(&self, topic: &str) -> Option<&Mutex<HashMap<Box<str>, usize>>> {
        let at = self.hasher.hash_one(topic) % SECTIONS as u64;
        self.sections.get(usize::try_from(at).unwrap_or(0))
    }

    pub(crate) fn add(&self, topic: &str) {
        let Some(section) = self.section(topic) else {
            return;
        };
        let mut section = section.lock().unwrap_or_else(PoisonError::into_inner);
        match section.get_mut(topic) {
            Some(count) => *count += 1,
            None => drop(section.insert(topic.into(), 1)),
        }
    }

    pub(crate) fn remove(&self, topic: &str) {
        let Some(section) = self.section(topic) else {
            return;
        };
        let mut section = section.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = section.get_mut(topic) {
            *count -= 1;
            if *count == 0 {
                section.remove(topic);
            }
        }
    }

    pub(super) fn has(&self, topic: &str) -> bool {
        self.section(topic).is_some_and(|section| {
            section
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains_key(topic)
        })
    }
}
