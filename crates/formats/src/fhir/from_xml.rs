//! FHIR XML turned into the JSON form, so that everything else reads one form. Lists of one come out as one value and
//! numbers as strings: readers of resources accept both.

use roxmltree::Node;
use serde_json::{Map, Value};

use crate::understand::sentence;
use crate::{Complaint, Limits, xml};

/// The resource a FHIR XML file holds.
pub(super) fn convert(bytes: &[u8], limits: &Limits) -> Result<(Value, Vec<Complaint>), Complaint> {
    let mut prepared = xml::prepare(bytes, limits).map_err(|error| Complaint::new(sentence(&error)))?;
    let complaints = std::mem::take(&mut prepared.complaints);
    let tree = prepared.tree().map_err(|error| Complaint::new(sentence(&error)))?;
    Ok((resource(tree.root_element()), complaints))
}

fn resource(node: Node<'_, '_>) -> Value {
    let mut value = element(node);
    if let Value::Object(fields) = &mut value {
        fields.insert("resourceType".to_owned(), Value::String(node.tag_name().name().to_owned()));
    }
    value
}

/// An element; recursion is bounded by the nesting limit of [`xml::prepare`].
fn element(node: Node<'_, '_>) -> Value {
    let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    if let (Some(value), true) = (node.attribute("value"), children.is_empty()) {
        return Value::String(value.to_owned());
    }
    let mut fields = Map::new();
    for attribute in node.attributes() {
        fields.insert(attribute.name().to_owned(), Value::String(attribute.value().to_owned()));
    }
    for child in children {
        let name = child.tag_name().name();
        let value = match name {
            "div" => Value::String(xml::all_text(child)),
            "resource" | "contained" => {
                child.children().find(Node::is_element).map_or_else(|| element(child), resource)
            }
            _ => element(child),
        };
        match fields.get_mut(name) {
            None => {
                fields.insert(name.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(fields)
}
