//! Schemas of the OpenAPI document as rows for people: outer fields before inner ones.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::page::SchemaField;

/// How deep fields are followed. The deepest that exists is a reason's fact within a verdict.
const DEPTH_MAX: u8 = 6;

/// The fields of `schema`, indented. What has a name (`Money`) explains itself where it comes
/// first and is only named after that.
pub(super) fn fields(document: &Value, schema: &Value) -> Vec<SchemaField> {
    let mut rows = Vec::new();
    walk(document, schema, 0, &mut BTreeSet::new(), &mut rows);
    rows
}

/// The type in a word or two: `string`, `array of CartLine`, `Money`.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name.to_owned();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let kinds: Vec<String> =
                choices.iter().map(kind).filter(|kind| kind != "null").collect();
            return kinds.join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return words.join(", ");
    }
    let base = match &schema["type"] {
        Value::String(word) => word.clone(),
        // An optional field: its type and null.
        Value::Array(words) => {
            let words: Vec<&str> =
                words.iter().filter_map(Value::as_str).filter(|word| *word != "null").collect();
            words.join(" or ")
        }
        _ => "object".to_owned(),
    };
    match (base.as_str(), schema["format"].as_str()) {
        ("array", _) => format!("array of {}", kind(&schema["items"])),
        ("string", Some(format @ ("date" | "date-time"))) => format.to_owned(),
        _ => base,
    }
}

/// The name of the schema that is referred to.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The schema itself, with references followed.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    reference(schema).map_or(schema, |name| &document["components"]["schemas"][name])
}

/// The schema whose fields stand below a field: through optional, array and choice.
fn below<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    if let Some(inner) = choices.and_then(|list| list.iter().find(|one| one["type"] != "null")) {
        return below(document, inner);
    }
    if schema["items"].is_object() {
        return below(document, &schema["items"]);
    }
    resolve(document, schema)
}

fn walk<'a>(
    document: &'a Value,
    schema: &'a Value,
    depth: u8,
    told_already: &mut BTreeSet<&'a str>,
    rows: &mut Vec<SchemaField>,
) {
    let name = reference(schema).unwrap_or_default();
    // Also the end of a schema within itself.
    if depth > DEPTH_MAX || (!name.is_empty() && !told_already.insert(name)) {
        return;
    }
    let schema = resolve(document, schema);
    if let Some(parts) = schema["allOf"].as_array() {
        for part in parts {
            walk(document, part, depth, told_already, rows);
        }
    }
    let required = schema["required"].as_array();
    if let Some(properties) = schema["properties"].as_object() {
        for (name, property) in properties {
            let is_required = required.is_some_and(|list| list.iter().any(|one| one == name));
            rows.push(SchemaField {
                depth,
                name: name.clone(),
                kind: kind(property),
                required: is_required,
                description: told(property),
            });
            let inner = below(document, property);
            if inner["properties"].is_object() || inner["allOf"].is_array() {
                let of_array = property["items"].is_object().then_some(&property["items"]);
                walk(document, of_array.unwrap_or(choice(property)), depth + 1, told_already, rows);
            }
        }
    }
}

/// The one choice that is not null, for optional references.
fn choice(schema: &Value) -> &Value {
    let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    choices.and_then(|list| list.iter().find(|one| one["type"] != "null")).unwrap_or(schema)
}

/// What the schema says of itself, on one line.
pub(super) fn told(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_followed_and_loops_end() {
        let document = json!({ "components": { "schemas": {
            "Outer": { "type": "object", "required": ["inner"], "properties": {
                "inner": { "type": "array", "items": { "$ref": "#/components/schemas/Inner" } },
                "again": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Outer" }] },
                "day": { "type": ["string", "null"], "format": "date", "description": "A `day`." },
            }},
            "Inner": { "type": "object", "properties": { "n": { "type": "integer" } } },
        }}});
        let rows = fields(&document, &json!({ "$ref": "#/components/schemas/Outer" }));
        let told: Vec<(u8, &str, &str, bool)> =
            rows.iter().map(|r| (r.depth, r.name.as_str(), r.kind.as_str(), r.required)).collect();
        assert_eq!(
            told,
            [
                (0, "again", "Outer", false),
                (0, "day", "date", false),
                (0, "inner", "array of Inner", true),
                (1, "n", "integer", false),
            ]
        );
        assert_eq!(rows[1].description, "A day.");
    }
}
