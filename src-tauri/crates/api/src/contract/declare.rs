//! The form in which an operation is declared.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Permission;
use crate::error::ApiError;

/// Names a part of what the window has cached. A read provides tags; a change invalidates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// Health and addresses of what is connected.
    Service,
    /// The overview.
    Overview,
    /// Backup sets and their verifications.
    Backups,
    /// The policy of backups and their retention.
    Policy,
    /// Live data that a backup is compared with.
    Data,
    /// Games, live and finished.
    Games,
    /// Jobs.
    Jobs,
    /// The audit record.
    Audit,
    /// The keys of the vault.
    Keys,
    /// Settings of the console.
    Settings,
    /// The first-run stage.
    Setup,
}

impl Tag {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Service,
        Self::Overview,
        Self::Backups,
        Self::Policy,
        Self::Data,
        Self::Games,
        Self::Jobs,
        Self::Audit,
        Self::Keys,
        Self::Settings,
        Self::Setup,
    ];
}

/// What an operation can do to the service's data; decides how much a face asks before it calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// Reads.
    Safe,
    /// Changes the console's own state or adds to a store.
    Changes,
    /// Overwrites or removes data of the game service.
    Destroys,
}

/// Everything about an operation except its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Its stable name.
    pub name: &'static str,
    /// What it does, one sentence.
    pub summary: &'static str,
    /// What its caller must be allowed.
    pub permission: Permission,
    /// Cached parts that its response fills.
    pub provides: &'static [Tag],
    /// Cached parts that it makes stale when it succeeds.
    pub invalidates: &'static [Tag],
    /// The verb of its audit entry; reads leave none.
    pub audit: Option<&'static str>,
    /// What it can do to data.
    pub danger: Danger,
}

/// What every request can say of itself before it runs.
pub trait Request {
    /// Refuses values that the types cannot exclude.
    ///
    /// # Errors
    /// [`ApiError`] with code `invalid_request`, naming the field.
    fn validate(&self) -> Result<(), ApiError> {
        Ok(())
    }

    /// What the audit entry names as its subject. Never a secret.
    fn subject(&self) -> String {
        String::new()
    }
}

/// Declares the operations: an enum of them, their descriptions, one handler method each, and the
/// dispatcher. A service without a handler for one of them does not compile.
macro_rules! operations {
    ($(
        $(#[doc = $summary:literal])+
        $variant:ident = $name:literal: fn $method:ident($request:ty) -> $response:ty {
            permission: $permission:ident,
            provides: [$($provides:ident),*],
            invalidates: [$($invalidates:ident),*],
            audit: $audit:expr,
            danger: $danger:ident $(,)?
        }
    )+) => {
        /// An operation of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation {
            $( $(#[doc = $summary])+ $variant, )+
        }

        impl Operation {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Everything about the operation except its types.
            #[must_use]
            pub fn description(self) -> &'static Description {
                match self {
                    $(Self::$variant => const { &Description {
                        name: $name,
                        summary: concat!($($summary),+).trim_ascii(),
                        permission: Permission::$permission,
                        provides: &[$(Tag::$provides),*],
                        invalidates: &[$(Tag::$invalidates),*],
                        audit: $audit,
                        danger: Danger::$danger,
                    } },)+
                }
            }

            /// The operation of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        /// One handler an operation.
        pub trait Handlers: Sync {
            $(
                $(#[doc = $summary])+
                fn $method(
                    &self,
                    caller: &Caller,
                    request: $request,
                ) -> impl Future<Output = Result<$response, ApiError>> + Send;
            )+
        }

        /// Parses and validates the request, runs the handler, and serialises what it answers.
        pub async fn dispatch<H: Handlers>(
            handlers: &H,
            caller: &Caller,
            operation: Operation,
            request: Value,
        ) -> Answer {
            match operation {
                $(Operation::$variant => {
                    let request: $request = match read_request(operation, request) {
                        Ok(request) => request,
                        Err(error) => return Answer::refused(error),
                    };
                    let subject = request.subject();
                    let result = Box::pin(handlers.$method(caller, request)).await;
                    Answer { subject, result: result.and_then(write_response) }
                })+
            }
        }

        /// Shows each operation's name, request type and response type to `visitor`.
        pub fn visit_messages<V: crate::typescript::MessageVisitor>(visitor: &mut V) {
            $( visitor.operation::<$request, $response>($name); )+
        }
    };
}

pub(super) use operations;
