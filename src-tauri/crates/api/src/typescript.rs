//! TypeScript of the contract, generated from the Rust declarations.
//!
//! 64-bit integers here are times in milliseconds, counts and byte sizes, all far below 2^53, so
//! they are written as `number`.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use engine::compare::outcome::CompareOutcome;
use engine::export::outcome::ExportOutcome;
use engine::follow::outcome::FollowOutcome;
use engine::import::outcome::ImportOutcome;
use engine::prune::outcome::PruneOutcome;
use engine::restore::outcome::RestoreOutcome;
use engine::retention::outcome::RetentionOutcome;
use engine::schedule::outcome::ScheduleOutcome;
use engine::snapshot::outcome::SnapshotVerifyOutcome;
use engine::stores::outcome::{ReplicateOutcome, StoreRepairOutcome};
use engine::verify::outcome::VerifyOutcome;
use ts_rs::{Config, TS, TypeVisitor};

use crate::contract::{Operation, visit_messages};
use crate::error::ApiError;
use crate::event::ApiEvent;
use crate::{Danger, Permission, Tag};

const HEADER: &str = "// Generated from the contract in src-tauri/crates/api. Do not edit: run\n\
                      // `make bless` after a change there.\n\n";

/// Sees the types of each operation.
pub trait MessageVisitor {
    /// Called once an operation.
    fn operation<Q: TS + 'static, R: TS + 'static>(&mut self, name: &'static str);
}

/// The generated files: name and text.
#[must_use]
pub fn files() -> [(&'static str, String); 3] {
    let config = Config::new().with_large_int("number");
    let mut declarations =
        Declarations { config: &config, seen: HashSet::new(), types: BTreeMap::new() };
    declarations.visit::<ApiError>();
    declarations.visit::<ApiEvent>();
    declarations.visit::<Tag>();
    declarations.visit::<Danger>();
    declarations.visit::<Permission>();
    // Outcomes travel inside a job as plain JSON; the window reads them by the job's verb.
    declarations.visit::<CompareOutcome>();
    declarations.visit::<ExportOutcome>();
    declarations.visit::<ImportOutcome>();
    declarations.visit::<FollowOutcome>();
    declarations.visit::<PruneOutcome>();
    declarations.visit::<SnapshotVerifyOutcome>();
    declarations.visit::<ReplicateOutcome>();
    declarations.visit::<StoreRepairOutcome>();
    declarations.visit::<ScheduleOutcome>();
    declarations.visit::<RestoreOutcome>();
    declarations.visit::<RetentionOutcome>();
    declarations.visit::<VerifyOutcome>();
    visit_messages(&mut declarations);

    let mut signatures =
        Signatures { config: &config, lines: String::new(), imports: BTreeSet::new() };
    visit_messages(&mut signatures);
    [
        ("types.ts", declarations.text()),
        ("operations.ts", signatures.text()),
        ("wording.ts", wording()),
    ]
}

/// The words of the game, which the engine's files are written in too.
fn wording() -> String {
    // A tree of texts cannot fail to serialise.
    let words = serde_json::to_string_pretty(&engine::wording::of_window()).unwrap_or_default();
    format!("{HEADER}/** The words of the game by language. */\nexport const wording = {words};\n")
}

/// Collects each named type once, whatever refers to it.
struct Declarations<'a> {
    config: &'a Config,
    seen: HashSet<TypeId>,
    types: BTreeMap<String, String>,
}

impl Declarations<'_> {
    fn text(&self) -> String {
        let mut text = HEADER.to_owned();
        for declaration in self.types.values() {
            text.push_str(&declaration.replace("/**\n * ", "/** ").replace("\n */", " */"));
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types that may be exported have a path; built-in ones are written in place.
        if T::output_path().is_some() {
            let mut text = T::docs().unwrap_or_default();
            let _infallible = writeln!(text, "export {}", T::decl(self.config));
            self.types.insert(T::ident(self.config), text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl MessageVisitor for Declarations<'_> {
    fn operation<Q: TS + 'static, R: TS + 'static>(&mut self, _name: &'static str) {
        self.visit::<Q>();
        self.visit::<R>();
    }
}

/// Collects the signature of each operation.
struct Signatures<'a> {
    config: &'a Config,
    lines: String,
    imports: BTreeSet<String>,
}

impl Signatures<'_> {
    fn text(&self) -> String {
        let mut text = HEADER.to_owned();
        let mut imports = self.imports.clone();
        imports.extend(["Danger", "Permission", "Tag"].map(str::to_owned));
        text.push_str("import type {\n");
        for name in &imports {
            let _infallible = writeln!(text, "  {name},");
        }
        text.push_str("} from \"./types\";\n\n");
        text.push_str(
            "/** Request and response of each operation. */\nexport interface Operations {\n",
        );
        text.push_str(&self.lines);
        text.push_str("}\n\nexport type OperationName = keyof Operations;\n\n");
        text.push_str(DESCRIPTION);
        text.push_str("/** Everything about an operation except its types. */\n");
        text.push_str(
            "export const operations: Readonly<Record<OperationName, OperationDescription>> = {\n",
        );
        for operation in Operation::ALL {
            write_description(&mut text, *operation);
        }
        text.push_str("};\n");
        text
    }

    fn import<T: TS + 'static>(&mut self) {
        let mut names = Names { config: self.config, names: &mut self.imports };
        names.visit::<T>();
    }
}

const DESCRIPTION: &str = "export interface OperationDescription {
  readonly permission: Permission;
  /** Cached parts that its response fills. */
  readonly provides: readonly Tag[];
  /** Cached parts that it makes stale when it succeeds. */
  readonly invalidates: readonly Tag[];
  /** The verb of its audit entry; reads leave none. */
  readonly audit: string | null;
  readonly danger: Danger;
}

";

impl MessageVisitor for Signatures<'_> {
    fn operation<Q: TS + 'static, R: TS + 'static>(&mut self, name: &'static str) {
        self.import::<Q>();
        self.import::<R>();
        if let Some(operation) = Operation::named(name) {
            let _infallible = writeln!(self.lines, "  /** {} */", operation.description().summary);
        }
        let (request, response) = (Q::name(self.config), R::name(self.config));
        let _infallible =
            writeln!(self.lines, "  \"{name}\": {{ request: {request}; response: {response} }};");
    }
}

/// Collects the names that a type expression mentions, without following them.
struct Names<'a> {
    config: &'a Config,
    names: &'a mut BTreeSet<String>,
}

impl TypeVisitor for Names<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            self.names.insert(T::ident(self.config));
        } else {
            T::visit_generics(self);
        }
    }
}

fn write_description(text: &mut String, operation: Operation) {
    let description = operation.description();
    let _infallible = write!(
        text,
        "  \"{}\": {{\n    permission: {},\n    provides: {},\n    invalidates: {},\n    audit: {},\n    danger: {},\n  }},\n",
        description.name,
        json(&description.permission),
        json(&description.provides),
        json(&description.invalidates),
        json(&description.audit),
        json(&description.danger),
    );
}

/// JSON of an enum's or a constant's value is valid TypeScript; these values cannot fail to serialise.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default().replace(',', ", ")
}
