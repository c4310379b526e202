//! Reading nodes, and making small ones.

use whatsapp_rust::{
    NodeBuilder,
    wacore::libsignal::protocol::KeyPair,
    wacore_binary::{Node, NodeContent},
};

pub(super) fn attr(node: &Node, name: &str) -> Option<String> {
    node.attrs.get(name).map(|it| it.as_str().into_owned())
}

pub(super) fn bytes(node: &Node) -> Vec<u8> {
    match &node.content {
        Some(NodeContent::Bytes(bytes)) => bytes.to_vec(),
        Some(NodeContent::String(text)) => text.as_bytes().to_vec(),
        _ => Vec::new(),
    }
}

pub(super) fn child_bytes(node: &Node, tag: &str) -> Vec<u8> {
    node.get_optional_child(tag).map(bytes).unwrap_or_default()
}

pub(super) fn leaf(tag: &'static str, bytes: impl Into<Vec<u8>>) -> Node {
    NodeBuilder::new(tag).bytes(bytes).build()
}

pub(super) fn public(key: &KeyPair) -> [u8; 32] {
    let bytes = key.public_key.public_key_bytes();
    bytes.try_into().expect("a key has 32 bytes")
}
