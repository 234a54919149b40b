// Generated from the contract in src-tauri/crates/api. Do not edit: run
// `make bless` after a change there.

/** What becomes of an event. */
export type Alteration = { "kind": "skip" } | { "kind": "set", 
/** Members of the payload that differ; the others stay (RFC 7396). */
payload: JsonValue, };

/** Which event to find others for. */
export type AlternativesRequest = { 
/** The game. */
id: string, 
/** The event, by its number in the log. */
seq: number, 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** What could have happened in the place of an event. */
export type AlternativesView = { 
/** The event's number in the log. */
seq: number, 
/** Its type. */
kind: string, 
/** Its own payload. */
payload: JsonValue, 
/** The payloads that the rules allow in its place; none for what the service derives. */
payloads: Array<JsonValue>, 
/** Whether it is there all the same when it is left out: the service derives it of the others. */
followsAgain: boolean, };

/** Why an operation failed. Faces translate `code`; they never match on text. */
export type ApiError = { 
/** Stable code, for example `not_connected`. */
code: string, 
/** What failed, on what, in English. */
message: string, 
/** What the reader can do. */
hint: string | null, 
/** Whether the same call can succeed later. */
retry: Retry, 
/** Values for the translated text. */
context: { [key in string]: string }, };

/** An event pushed to every face. */
export type ApiEvent = { "type": "job", 
/** The job as it is now. */
job: JobView, } | { "type": "invalidate", 
/** Which. */
tags: Array<Tag>, };

/** How much of the audit record to list. */
export type AuditListRequest = { 
/** 1 to 1000 entries, newest first. */
limit: number, };

/** One act. */
export type AuditView = { 
/** Its number, without gaps. */
seq: number, 
/** Unix time in milliseconds. */
at: number, 
/** Who. */
actor: string, 
/** Did what, for example `backup.create`. */
verb: string, 
/** To what. */
subject: string, 
/** With what outcome. */
outcome: string, 
/** SHA-256 over the entry and the hash before it, hex. */
hash: string, };

/** A backup set in detail. */
export type BackupDetail = { 
/** What the list shows. */
summary: BackupView, 
/** Class by class. */
parts: Array<ClassPart>, 
/** Every verification run, newest first. */
verifications: Array<VerificationView>, 
/** What is known of the invariants of backups; empty before a verification judged them. */
invariants: Array<InvariantStatus>, 
/** How the set was made consistent: `oplog` or `change_stream`. */
mechanism: string, 
/** MongoDB's version at the time. */
serverVersion: string, 
/** The product's version that wrote it. */
toolVersion: string, 
/** The data-key epoch that sealed it. */
keyEpoch: number, 
/** Who served the scan: `primary`, or members as `host:port`; empty where that was not kept. */
readFrom: Array<string>, };

/** A request for a backup set. */
export type BackupRequest = { 
/** The classes to take; empty means all six. */
classes: Array<DataClass>, 
/** How. */
method: Method, 
/** How much it may slow the service down; absent: as configured. */
impact?: Impact, };

/** A backup set in a list. */
export type BackupView = { 
/** ULID of the set. */
id: string, 
/** How it was taken. */
method: Method, 
/** The set whose data it took over and changed, for any method but a full of the database. */
base: string | null, 
/** Set when it is a full although less was asked for. */
instead: InsteadView | null, 
/** True when a restore took it of what it was about to replace. */
preImage: boolean, 
/** The point in time that it was made of, as it was asked for; absent for a backup of the
 * database. */
pointInTime: string | null, 
/** The database it was taken from. */
database: string, 
/** Unix time in milliseconds at which the job began. */
startedAt: number, 
/** Unix time in milliseconds of its ledger entry. */
committedAt: number, 
/** The one cluster time of the set, `"T,I"`. */
clusterTime: string, 
/** The same as Unix time in milliseconds. */
consistentAt: number, 
/** The classes it holds. */
classes: Array<DataClass>, 
/** True when it holds all six. */
complete: boolean, 
/** Documents in all. */
documents: number, 
/** Bytes before compression. */
bytes: number, 
/** Bytes that it added to the store. */
storedBytes: number, 
/** The best verification known. */
verification: VerificationView | null, 
/** The newest of its pins. */
pinned: PinView | null, };

/** Which game to look through, through whose eyes, and for what. */
export type BisectRequest = { 
/** The game. */
game: string, 
/** `god`, `audience`, or a player's id. */
viewer: string, 
/** What to look for. */
wanted: Wanted, 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** An event at which it is so. */
export type BisectStep = { 
/** Its number; none where the whole log breaks the rule. */
seq: number | null, 
/** Its type; none where the viewer may not see the event. */
event: string | null, 
/** Unix time in milliseconds; none where the viewer may not see the event. */
at: number | null, 
/** The member before, as JSON; none where there was none, or a rule is looked for. */
before: string | null, 
/** The member after. */
after: string | null, 
/** How the rule is broken, in English; none where a member is looked for. */
detail: string | null, 
/** The same, for other languages. */
sentence: Sentence | null, };

/** Where it is so. */
export type BisectView = { 
/** What was looked for. */
wanted: Wanted, 
/** The last event there is. */
lastSeq: number, 
/** In order; the first is the first event at which it is so. */
steps: Array<BisectStep>, };

/** A collection of a set, or its Redis keys. */
export type BrowseCollection = { 
/** The class it is filed under. */
class: DataClass, 
/** The collection's name; `$redis` for Redis keys. */
name: string, 
/** What it holds. */
content: Content, 
/** Documents or keys. */
documents: number, 
/** Their bytes before compression. */
bytes: number, };

/** A page of documents in the order of their keys. */
export type BrowsePage = { 
/** The documents that fit, none when nothing fitting was met so far. */
documents: Array<DocumentRow>, 
/** Where to go on; none at the end. */
cursor: string | null, 
/** Documents looked at for this page. */
scanned: number, 
/** Their bytes. */
scannedBytes: number, 
/** Documents that the collection holds in this set. */
total: number, 
/** Whether the filter was looked up by key, so that only what lies near it was read. */
byKey: boolean, };

/** A request for a page of a collection's documents. */
export type BrowseRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The class that the collection is filed under. */
class: DataClass, 
/** The collection's name; `$redis` for Redis keys. */
collection: string, 
/** Only what names this game. */
game: string | null, 
/** Only what names this player. */
player: string | null, 
/** Only documents with all these values. */
filters: Array<FieldFilter>, 
/** Where the page before ended. */
cursor: string | null, 
/** Most documents of the page, 1 to 200. */
limit: number, 
/** Whether each row carries its document in full. */
full: boolean, };

/** A request about one thing. */
export type ById = { 
/** Its id; where the thing is a backup set, `latest` too. */
id: string, };

/** A quest card. */
export type Card = "success" | "fail";

/** A value on both sides; none where it does not exist yet, or may not be seen. */
export type Change<T> = { 
/** On the first side. */
before: T | null, 
/** On the second. */
after: T | null, };

/** What one class takes. */
export type ClassBytes = { 
/** The class. */
class: DataClass, 
/** Bytes of all objects that its sets refer to. */
bytes: number, 
/** Bytes of those that its newest set refers to. */
newestBytes: number, 
/** Bytes that older sets keep beside these, for each day that they reach back. */
churnPerDay: number, };

/** What a policy comes to for one class. */
export type ClassForecast = { 
/** The class. */
class: DataClass, 
/** Runs by method. */
runs: Array<RunCount>, 
/** Sets that expire in that time. */
expired: number, 
/** Sets that are left at its end. */
left: number, 
/** Bytes that they are expected to take, where the class has been backed up before. */
bytes: number | null, };

/** A class inside a backup set. */
export type ClassPart = { 
/** The class. */
class: DataClass, 
/** Its collections. */
collections: Array<CollectionPart>, 
/** Redis keys kept. */
redisKeys: number, 
/** BSON and Redis bytes before compression. */
bytes: number, 
/** Bytes that this backup added to the store. */
storedBytes: number, };

/** The policy of one class. */
export type ClassPolicy = { 
/** How it is taken. */
method: TierMethod, 
/** How often. */
every: Frequency, 
/** How often a chain begins anew with a synthetic full; for increments and differentials. */
full_every?: Frequency, 
/** How long it is kept. */
keep: Keep, };

/** One data class against its target. */
export type ClassStatus = { 
/** The class. */
class: DataClass, 
/** Its newest committed backup. */
lastBackup: string | null, 
/** When that is consistent, Unix time in milliseconds. */
lastAt: number | null, 
/** How it was taken. */
method: Method | null, 
/** The best verification of that backup. */
verification: VerificationView | null, 
/** Seconds of data at risk now. */
rpoSeconds: number | null, 
/** The most that the policy allows, in seconds; none for what is taken on change. */
rpoTargetSeconds: number | null, 
/** Where that stands. */
rpo: RpoState, 
/** How the policy takes the class. */
policyMethod: TierMethod, 
/** How often the policy takes it. */
policyEvery: Frequency, 
/** Documents live now. */
documents: number, 
/** Bytes that its newest backup refers to in the store. */
storedBytes: number, };

/** What would change in one collection. */
export type CollectionChange = { 
/** The class. */
class: DataClass, 
/** The collection. */
collection: string, 
/** How it comes back. */
method: RestoreMethod, 
/** Documents live now. */
liveDocuments: number, 
/** Documents after the restore. */
restoredDocuments: number, 
/** Documents that would come back. */
added: number, 
/** Documents that would go: they are newer than the backup. */
removed: number, 
/** Documents that would change. */
changed: number, 
/** Indexes of the collection; they are built where it is replaced whole. */
indexes: number, };

/** What differs in one collection. */
export type CollectionDifference = { 
/** The class that the collection belongs to. */
class: DataClass, 
/** The collection. */
collection: string, 
/** Documents equal byte for byte. */
equal: number, 
/** In the backup, not live. */
missing: number, 
/** Live, not in the backup. */
extra: number, 
/** In both, not equal. */
different: number, 
/** Up to 50 ids of each kind, as canonical Extended JSON. */
examples: Array<DifferenceExample>, 
/** Names of indexes or options that differ. */
metadata: Array<string>, };

/** A collection inside a class. */
export type CollectionPart = { 
/** The collection's name. */
name: string, 
/** Documents. */
documents: number, 
/** Bytes of BSON. */
bytes: number, 
/** Secondary indexes kept beside the documents. */
indexes: number, 
/** Segments, reused ones included. */
segments: number, 
/** Segments that were in the store already. */
reusedSegments: number, };

/** The outcome of a comparison. */
export type CompareOutcome = { 
/** The set compared. */
backup: string, 
/** True when nothing differs. */
equal: boolean, 
/** Collection by collection. */
collections: Array<CollectionDifference>, };

/** A request to compare a backup with live data. */
export type CompareRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The classes to compare; empty means all of the set. */
classes: Array<DataClass>, };

/** A request to connect to a game service and a store. */
export type ConnectRequest = { 
/** MongoDB's connection string. */
mongodbUri: Secret, 
/** Redis's URL; empty without Redis. */
redisUrl: Secret, 
/** The game database. */
database: string, 
/** The store; created when there is no vault in it yet. */
storeUrl: string, 
/** The vault's passphrase. */
passphrase: Secret, 
/** What kind of service it is. */
environment: Environment, };

/** The game service's servers, without their credentials. */
export type ConnectionSettings = { 
/** MongoDB's hosts. */
mongodbAddress: string, 
/** The game database. */
database: string, 
/** Redis's host; empty without Redis. */
redisAddress: string, 
/** True when a password is kept for either. */
hasPassword: boolean, };

/** What a set keeps under one name. */
export type Content = "documents" | "view" | "keys";

/** Objects and their bytes. */
export type Counted = { 
/** How many. */
objects: number, 
/** Their bytes. */
bytes: number, };

/** What a reading by sample tells of what it did not read. */
export type CoverageView = { 
/** Segments in reach, each counted once. */
segments: number, 
/** Of them, those that were read, chosen by chance. */
read: number, 
/** Whether all were. */
complete: boolean, 
/** How likely damage of some sizes was to be found. */
chances: Array<DamageChance>, 
/** The fewest damaged segments of which one is found with a probability of 95 %; none when even
 * damage to all could be missed. */
foundFrom: number | null, };

/** How often sets are copied into a store. */
export type Cycle = "day" | "week" | "month";

/** How likely damage of one size is found. */
export type DamageChance = { 
/** Damaged segments. */
damaged: number, 
/** The probability that at least one of them was read, in ten thousandths, rounded down. */
perTenThousand: number, };

/** A kind of damage. */
export type DamageKind = "delete_games" | "damage_field" | "wrong_statistic" | "missing_event" | "dangling_reference";

/** One piece of damage. */
export type DamageLabel = { 
/** What kind. */
kind: DamageKind, 
/** The collection. */
collection: string, 
/** The document. */
id: string, 
/** What was done, in English. */
detail: string, };

/** What was damaged. */
export type DamageOutcome = { 
/** Piece by piece. */
labels: Array<DamageLabel>, };

/** A request to damage the sandbox's data. */
export type DamageRequest = { 
/** What kind. */
kind: DamageKind, 
/** How many pieces, 1 to 1000. */
count: number, };

/** What an operation can do to the service's data; decides how much a face asks before it calls. */
export type Danger = "safe" | "changes" | "destroys";

/** The six classes of data, each with a policy of its own. */
export type DataClass = "accounts" | "rooms" | "active" | "history" | "statistics" | "configuration";

/** A key that objects are sealed under. */
export type DataKeyEntry = { 
/** Its number, from 1. */
epoch: number, 
/** When it was made, Unix time in milliseconds. */
createdAt: number, };

/** What was added on one day. */
export type DayGrowth = { 
/** Unix time in milliseconds of its beginning in UTC. */
day: number, 
/** Bytes that sets added to the store. */
bytes: number, 
/** Sets taken. */
backups: number, };

/** A difference as a file. */
export type DiffExport = { 
/** The name that suits the file. */
fileName: string, 
/** The whole file. */
text: string, };

/** Which two moments to compare, and in which form to write down what differs. */
export type DiffExportRequest = { 
/** The moments, and through whose eyes. */
diff: DiffRequest, 
/** The form. */
format: DiffFormat, 
/** The language; JSON has none. */
language: Language, };

/** The form of a file that tells a difference. */
export type DiffFormat = "json" | "markdown" | "html";

/** How a member differs. */
export type DiffKind = "same" | "changed" | "added" | "removed";

/** A member of two documents. */
export type DiffNode = { 
/** Its name, or its place in a list from 0. */
name: string, 
/** How it differs. */
kind: DiffKind, 
/** The type on the first side: `object`, `array`, `string`, `number`, `boolean`, `null`; none
 * where it is missing. */
beforeType: string | null, 
/** The type on the second side. */
afterType: string | null, 
/** The value on the first side as JSON; none where it has members of its own that are below. */
before: string | null, 
/** The value on the second side. */
after: string | null, 
/** Members of a value that is an object or a list on both sides, or exists on one only. */
members: Array<DiffNode>, };

/** Which two moments to compare, and through whose eyes. */
export type DiffRequest = { 
/** The first. */
before: GameAt, 
/** The second. */
after: GameAt, 
/** `god`, `audience`, or a player's id. */
viewer: string, };

/** One of the two moments, as the viewer may see it. */
export type DiffSide = { 
/** What the list shows of the game. */
row: GameRow, 
/** The backup that the game was read out of; none means the database, or a snapshot. */
backup: string | null, 
/** The snapshot that the game was read out of. */
snapshot: SnapshotPlace | null, 
/** Where it was read, and what is otherwise in it. */
place: GamePlace, 
/** The event after which this is the state. */
seq: number, 
/** The last event there is. */
lastSeq: number, 
/** The event itself; none where the viewer may not see it, and in a snapshot. */
event: EventView | null, 
/** The key moments of the whole game, in order; a snapshot's are among its snapshots. */
moments: Array<MomentAt>, 
/** The table. */
seats: Array<SeatView>, 
/** The whole state. */
state: JsonValue, };

/** What differs between two moments. */
export type DiffView = { 
/** `god`, `audience`, or a player's id. */
viewer: string, 
/** Whether both are moments of the same game. */
sameGame: boolean, 
/** What the difference means for the result and what is counted from it. */
outcome: Outcome, 
/** The facts of the game that differ. */
facts: Array<WeightedFact>, 
/** Every member of the two states. */
structure: Array<DiffNode>, 
/** The first moment. */
before: DiffSide, 
/** The second. */
after: DiffSide, };

/** One document that differs. */
export type DifferenceExample = { 
/** `missing`, `extra` or `different`. */
kind: DifferenceKind, 
/** The document's `_id` as canonical Extended JSON. */
id: string, };

/** How a document differs. */
export type DifferenceKind = "missing" | "extra" | "different";

/** A request for one document. */
export type DocumentRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The class that the collection is filed under. */
class: DataClass, 
/** The collection's name; `$redis` for Redis keys. */
collection: string, 
/** The row's key. */
key: string, };

/** A document in a page. */
export type DocumentRow = { 
/** Names the document within its collection of this set. */
key: string, 
/** Its `_id` as canonical Extended JSON; a Redis key as text. */
id: string, 
/** Bytes of BSON. */
bytes: number, 
/** Its first fields but `_id`, in their order. */
fields: Array<FieldPreview>, 
/** Canonical Extended JSON, where it was asked for and can be written. */
json: string | null, };

/** One document in full. */
export type DocumentView = { 
/** The row's key. */
key: string, 
/** Its `_id` as canonical Extended JSON; a Redis key as text. */
id: string, 
/** Bytes of BSON. */
bytes: number, 
/** Canonical Extended JSON, for a Redis key the line that an export writes; none where a text in
 * it is not UTF-8. */
json: string | null, 
/** Its fields. */
tree: Array<TreeNode>, 
/** Whether the tree leaves out what is beyond its limit of nodes. */
cut: boolean, 
/** The game that it is about, where the collection tells. */
game: string | null, };

/** An event of the log that is not in a what-if course. */
export type DroppedEvent = { 
/** Its number in the log. */
seq: number, 
/** Its type. */
kind: string, 
/** The rule that it would break; none where an edit took it out. */
rule: string | null, 
/** Why, in English. */
detail: string, 
/** The same, for other languages. */
sentence: Sentence, };

/** The form of a dump. */
export type DumpFormat = "mongodump" | "archive";

/** One event of a log that is to be otherwise. */
export type Edit = { 
/** The event, by its number in the log. */
seq: number, 
/** What becomes of it. */
change: Alteration, };

/** A request that asks for nothing in particular. */
export type Empty = Record<string, never>;

/** How a game ended. */
export type EndReason = "three_fails" | "five_rejections" | "assassination_hit" | "assassination_miss" | "three_successes_no_merlin";

/** One server or store. */
export type EndpointView = { 
/** Whether it answers. */
health: Health, 
/** Where it is, without credentials. */
address: string, 
/** Version and role, for example `6.0.5 · primary`, or what is wrong, in English. */
detail: string, 
/** The same where it is words, for other languages. */
sentence?: Sentence, };

/** What kind of service is connected; decides how loudly the window warns. */
export type Environment = "sandbox" | "development" | "test" | "production";

/** Where an event of a what-if course comes from. */
export type EventOrigin = { 
/** How. */
origin: Origin, 
/** The event of the log that it is or stands for. */
of: number | null, };

/** An event in a game's timeline, as the viewer may see it. */
export type EventView = { 
/** Its number. */
seq: number, 
/** Its type, for example `TeamVoteClosed`. */
kind: string, 
/** Unix time in milliseconds. */
at: number, 
/** Who did it. */
actor: string, 
/** The key moment it makes, `K1` to `K7`. */
moment: string | null, 
/** The payload the viewer may see. */
payload: JsonValue, 
/** Where it comes from in a what-if course; none in a log. */
origin?: EventOrigin, };

/** A set whose time is over. */
export type ExpiredBackup = { 
/** The set. */
backup: string, 
/** Unix time in milliseconds at which it was committed. */
takenAt: number, 
/** Unix time in milliseconds at which its time was over for every class that it holds. */
expiredAt: number, 
/** The classes it holds. */
classes: Array<DataClass>, 
/** Why it stays all the same; none: it goes. */
kept: KeepReason | null, };

/** What an export wrote. */
export type ExportOutcome = { 
/** The set. */
backup: string, 
/** The database it was taken from. */
database: string, 
/** The form of the dump. */
format: DumpFormat, 
/** Where the dump lies. */
path: string, 
/** The file of the Redis keys, where there are any. */
redisPath: string | null, 
/** Collection by collection. */
collections: Array<ExportedCollection>, 
/** Redis keys written. */
redisKeys: number, 
/** Documents in all. */
documents: number, 
/** Bytes of BSON in all, before compression. */
bytes: number, 
/** Seconds that it took. */
seconds: number, };

/** A request for a dump of a backup. */
export type ExportRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The classes to export; empty means all of the set. */
classes: Array<DataClass>, 
/** The form of the dump. */
format: DumpFormat, 
/** The folder or file to write, absolute; nothing may be there but an empty folder. */
path: string, 
/** Whether the files are compressed. */
gzip: boolean, };

/** A collection in a dump. */
export type ExportedCollection = { 
/** The collection. */
collection: string, 
/** Its documents. */
documents: number, 
/** Their bytes. */
bytes: number, 
/** Its indexes, that of `_id` included. */
indexes: number, };

/** Something of the game that differs. Members that do not differ are absent. */
export type Fact = { "kind": "rules" } | { "kind": "player", 
/** The seat. */
seat: number, 
/** The player. */
player: Change<PlayerId>, } | { "kind": "role", 
/** The seat. */
seat: number, 
/** The role. */
role: Change<Role> | null, 
/** The side, which loyalty cards can turn. */
side: Change<Side> | null, 
/** What the viewer was told about the player. */
mark: Change<Mark> | null, } | { "kind": "proposal", 
/** The quest, 1 to 5. */
quest: number, 
/** The attempt, 1 to 5. */
attempt: number, 
/** Who proposed. */
leader: Change<number> | null, 
/** The team, in order of seats. */
team: Change<Array<number>> | null, 
/** Who gets Excalibur. */
excaliburTo: Change<number> | null, 
/** The single votes. */
votes: Array<SeatChange<Vote>>, 
/** Who has voted, in order of seats. */
voted: Change<Array<number>> | null, 
/** The votes counted. */
tally: Change<Tally> | null, 
/** The result of the vote. */
result: Change<VoteResult> | null, } | { "kind": "quest", 
/** The quest, 1 to 5. */
quest: number, 
/** Who went, in order of seats. */
team: Change<Array<number>> | null, 
/** The single cards, as played. */
cards: Array<SeatChange<Card>>, 
/** Who has played a card, in order of seats. */
played: Change<Array<number>> | null, 
/** Who held Excalibur. */
excalibur: Change<number> | null, 
/** Whether the holder of Excalibur has decided. */
decided: Change<boolean> | null, 
/** Whose card Excalibur switched. */
switched: Change<number> | null, 
/** Fail cards counted. */
fails: Change<number> | null, 
/** The result. */
result: Change<QuestResult> | null, } | { "kind": "lady_use", 
/** The quest after which it happens. */
quest: number, 
/** Who examined. */
holder: Change<number> | null, 
/** Who was examined. */
target: Change<number> | null, 
/** The side shown. */
loyalty: Change<Side> | null, 
/** The side claimed. */
claim: Change<Side> | null, } | { "kind": "lady_holder", 
/** The seat. */
holder: Change<number>, } | { "kind": "loyalty", 
/** The quest it applies from. */
quest: number, 
/** The card. */
card: Change<LoyaltyCard>, } | { "kind": "assassination", 
/** Who shoots. */
assassin: Change<number> | null, 
/** Who was shot. */
target: Change<number> | null, } | { "kind": "winner", 
/** The side. */
winner: Change<Side> | null, 
/** The reason. */
reason: Change<EndReason> | null, } | { "kind": "score", 
/** Successes. */
successes: Change<number> | null, 
/** Failures. */
failures: Change<number> | null, } | { "kind": "phase", 
/** The phase. */
phase: Change<Phase> | null, 
/** The quest at hand; 0 before the first. */
quest: Change<number> | null, 
/** The attempt at hand; 0 before the first. */
attempt: Change<number> | null, } | { "kind": "leader", 
/** The seat. */
leader: Change<number>, } | { "kind": "vote_track", 
/** How many. */
rejections: Change<number>, } | { "kind": "paused", 
/** Paused or not. */
paused: Change<boolean>, } | { "kind": "connection", 
/** The seat. */
seat: number, 
/** Whether connected. */
connected: Change<boolean> | null, 
/** Whether a bot plays. */
bot: Change<boolean> | null, 
/** Whether the player has looked at the role. */
acknowledged: Change<boolean> | null, };

/** A field and the value that it must have. */
export type FieldFilter = { 
/** Name, dotted for what lies inside documents and arrays; `_id` is looked up by key. */
field: string, 
/** Extended JSON, or plain text. Text without quotes also means the number or the object id that
 * it spells; a `*` at its end means any text that begins so. */
value: string, };

/** One field of a row. */
export type FieldPreview = { 
/** The field's name. */
name: string, 
/** Its type, by MongoDB's own name for it: `string`, `long`, `objectId` … */
kind: string, 
/** The value, cut where it is long. */
text: string, };

/** The form of a file of games. */
export type FileForm = "interchange" | "suveene" | "proavalon";

/** A rule that a game breaks. */
export type FindingView = { 
/** The invariant, for example `V-MAJORITY`. */
id: string, 
/** `F`, `E`, `W` or `I`. */
severity: string, 
/** The event it shows at. */
seq: number | null, 
/** The repair class: `AUTO`, `HUMAN`, `QUAR` or `NONE`. */
repair: string, 
/** What was found, in English. */
detail: string, 
/** The same, for other languages. */
sentence: Sentence, };

/** What a follower wrote before it was stopped. */
export type FollowOutcome = { 
/** The log it wrote last. */
log: string, 
/** Up to which cluster time the store has it. */
to: string, 
/** Operations written. */
operations: number, 
/** Chunks written. */
chunks: number, 
/** Bytes stored, before compaction. */
storedBytes: number, };

/** The word for what never expires. */
export type Forever = "forever";

/** How often a class is due. Hours, days and weeks are those of UTC; a week begins on Monday. */
export type Frequency = "event" | "hour" | "day" | "week" | "change";

/** A moment of a game. */
export type GameAt = { 
/** The game. */
game: string, 
/** The event after which to look; absent means the last. A snapshot has one moment alone. */
seq: number | null, 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** Which games to list. */
export type GameListRequest = { 
/** Live or finished. */
status: GameStatus, 
/** Part of a game's, room's or player's id; empty for all. */
search: string, 
/** Where the last page ended. */
cursor: string | null, 
/** 1 to 200. */
limit: number, };

/** A page of games. */
export type GamePage = { 
/** The rows. */
games: Array<GameRow>, 
/** Where the next page begins. */
cursor: string | null, 
/** How many match in all. */
total: number, };

/** Where a game is read: at most one place is named, and none means the database. */
export type GamePlace = { 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** A game in a list. */
export type GameRow = { 
/** The game. */
id: string, 
/** Its room. */
roomId: string, 
/** Live or finished. */
status: GameStatus, 
/** Players. */
players: number, 
/** The phase's stable name, for example `TEAM_VOTING`. */
phase: string, 
/** Quest at hand, 1 to 5. */
quest: number, 
/** Results of the resolved quests, in order. */
quests: Array<QuestMark>, 
/** Rejections in this quest. */
voteTrack: number, 
/** Last event. */
seq: number, 
/** Unix time in milliseconds. */
startedAt: number | null, 
/** Unix time in milliseconds of the last event. */
updatedAt: number, 
/** Who won. */
winner: Side | null, 
/** How, for example `three_fails`. */
reason: string | null, };

/** Which game to show, when, and through whose eyes. */
export type GameShowRequest = { 
/** The game. */
id: string, 
/** The event after which to look; absent means the last. A snapshot has one moment alone. */
seq: number | null, 
/** `god`, `audience`, or a player's id. */
viewer: string, 
/** Leave out the events and the findings, which are the same at every moment: for going through a
 * game of which they are known. */
momentOnly?: boolean, 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** Where a game stands. */
export type GameStatus = "live" | "finished";

/** A game at one moment, as the viewer may see it. */
export type GameView = { 
/** What the list shows. */
row: GameRow, 
/** `god`, `audience`, or a player's id. */
viewer: string, 
/** The backup that the game was read out of; none means the database, or a snapshot. */
backup: string | null, 
/** The snapshot that the game was read out of. */
snapshot: SnapshotPlace | null, 
/** The opened file that the game was read out of. */
file: string | null, 
/** What of the event log the game was read out of. */
eventLog: LogPlace | null, 
/** What is otherwise in it; none for the game as it was. */
whatIf: WhatIfView | null, 
/** The event after which this is the state. */
seq: number, 
/** The last event there is. */
lastSeq: number, 
/** The phase at `seq`. */
phase: string, 
/** The quest at `seq`, 0 before the first. */
quest: number, 
/** The attempt at `seq`. */
attempt: number, 
/** Rejections in this quest at `seq`. */
voteTrack: number, 
/** The table. */
seats: Array<SeatView>, 
/** The board. */
quests: Array<QuestView>, 
/** All events, as the viewer may see them; none of a snapshot, nor when the moment alone is asked for. */
events: Array<EventView>, 
/** What the event at `seq` changed; out of a snapshot, what did since the one before. */
changes: Array<WeightedFact>, 
/** What the rules say about the log; none when the moment alone is asked for. */
findings: Array<FindingView>, 
/** Who won, at `seq`. */
winner: Side | null, 
/** How, at `seq`. */
reason: string | null, 
/** The whole state as the viewer may see it. */
state: JsonValue, };

/** What makes points restorable again from now on. */
export type GapCure = "follow" | "backup" | "none";

/** Why more would be lost than the policy allows. */
export type GapReason = "not_taken" | "backup_failed" | "backup_damaged";

/** Whether something at hand answers. */
export type Health = "ok" | "attention" | "down" | "absent";

/** How a job treats the service that it reads from. */
export type Impact = { "mode": "off" } | { "mode": "gentle" } | { "mode": "fixed", 
/** Bytes of BSON a second. */
maxRead: number, };

/** What an import wrote. */
export type ImportOutcome = { 
/** The dump. */
path: string, 
/** The database that it was taken from. */
from: string, 
/** The database written. */
database: string, 
/** Collection by collection. */
collections: Array<ImportedCollection>, 
/** What the dump holds besides, left out. */
skipped: Array<string>, 
/** Redis keys written. */
redisKeys: number, 
/** Documents in all. */
documents: number, 
/** Bytes of BSON in all. */
bytes: number, 
/** Seconds that it took. */
seconds: number, };

/** A request to read a dump into a database. */
export type ImportRequest = { 
/** The form of the dump. */
format: DumpFormat, 
/** The folder or file, absolute. */
path: string, 
/** True refuses files that are not compressed; whether they are is seen either way. */
gzip: boolean, 
/** Which database of the dump; absent means its only one. */
from: string | null, 
/** The database to write, which must be empty; absent means one of the same name. */
database: string | null, 
/** Whether the Redis keys beside the dump are written too; none of them may exist. */
redis: boolean, };

/** A collection written. */
export type ImportedCollection = { 
/** The collection. */
collection: string, 
/** Its documents. */
documents: number, 
/** Their bytes. */
bytes: number, 
/** Its indexes, that of `_id` included. */
indexes: number, };

/** A full that was taken although less was asked for. */
export type InsteadView = { 
/** What was asked for. */
asked: Method, 
/** Stable code of why: `no_base`, `oplog_overrun`, `part_without_base`. */
reason: string, };

/** What is known of an invariant of one set, from the newest verification that could tell. */
export type InvariantStatus = { 
/** The invariant and its verdict. */
invariant: InvariantView, 
/** Unix time in milliseconds of that verification. */
at: number, 
/** The level that it reached. */
level: Level | null, };

/** What is known of an invariant. */
export type InvariantVerdict = "holds" | "broken" | "not_judged";

/** An invariant of backups, judged for one set. */
export type InvariantView = { 
/** Its id in the catalogue, `B-…`. */
id: string, 
/** How bad it is when it does not hold. */
severity: Severity, 
/** What may be done then. */
repair: Repair, 
/** What is known of it. */
verdict: InvariantVerdict, 
/** Stable code of why it was not judged: `needs_l2`, `needs_l3`, `needs_l4`, `sampled`,
 * `class_absent`, `damaged`. */
reason: string | null, 
/** How often it is broken. */
count: number, 
/** Up to ten findings, in English. */
details: Array<string>, 
/** The same, for other languages; none of a verification by a version before there were any. */
sentences: Array<Sentence>, };

/** A job was started; its progress comes as events. */
export type JobStarted = { 
/** The job. */
jobId: string, };

/** Where a job stands. `Interrupted` is what a job of a killed process becomes at the next start. */
export type JobState = "queued" | "running" | "cancelling" | "done" | "done_with_problems" | "failed" | "cancelled" | "interrupted";

/** A job as it is shown. */
export type JobView = { 
/** ULID. */
id: string, 
/** The use case. */
verb: Verb, 
/** Where it stands. */
state: JobState, 
/** What it works on: a backup's id, a database's name. */
subject: string, 
/** Who started it. */
actor: string, 
/** Unix time in milliseconds. */
startedAt: number, 
/** Unix time in milliseconds, once ended. */
finishedAt: number | null, 
/** The last progress told. */
progress: Progress | null, 
/** Why it failed. */
error: Problem | null, 
/** The verb's own outcome as JSON, once ended. */
outcome: JsonValue | null, 
/** The last lines of its log, newest last. */
log: Array<LogLine>, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/** How long a set is kept: days, or `"forever"`. */
export type Keep = number | Forever;

/** Why a set is kept although its time is over. */
export type KeepReason = { "rule": "pinned" } | { "rule": "young" } | { "rule": "last_verified", 
/** The class. */
class: DataClass, } | { "rule": "last_of_class", 
/** The class. */
class: DataClass, } | { "rule": "last_complete" } | { "rule": "base_of", 
/** That set. */
backup: string, };

/** A request to add a way to open the vault. */
export type KeyAddRequest = { 
/** What is added. */
key: NewKey, 
/** What its owner calls it; may be empty. */
label: string, };

/** A way to open the vault was added. */
export type KeyAdded = { 
/** Its id. */
id: string, 
/** The recovery key, where one was made. It is told this once and kept nowhere. */
recoveryKey: string | null, 
/** The keys as they are now. */
present: KeyList, };

/** A way to open the vault. */
export type KeyEntry = { 
/** Its id; stays when the passphrase behind it is changed. */
id: string, 
/** Its kind: `passphrase`, `recovery`, `transit`, `aws-kms`,
 * `tencent-kms` or `keyring`. */
provider: string, 
/** What its owner calls it. */
label: string, 
/** When it was made, Unix time in milliseconds; none where that was not recorded. */
createdAt: number | null, 
/** What its provider needs to know again, by name; nothing secret. */
parameters: { [key in string]: string }, 
/** True for the one that the vault is open with. */
inUse: boolean, };

/** The keys of a vault. */
export type KeyList = { 
/** Rises with each change of the keyring. */
revision: number, 
/** The ways to open the vault, oldest first. */
keys: Array<KeyEntry>, 
/** Data keys, oldest first; what is new is sealed under the last. */
dataKeys: Array<DataKeyEntry>, };

/** A request to put another passphrase in the place of one. */
export type KeyPassphraseRequest = { 
/** Which one; none means the one in use, else the only one. */
id: string | null, 
/** The new passphrase. */
passphrase: Secret, };

/** The keys were changed. */
export type KeysChanged = { 
/** True when the root key is new: an old copy of the keyring with an old key opens nothing new. */
rootRenewed: boolean, 
/** The keys that the root key stayed for, because what they stand for was not at hand. */
notAtHand: Array<KeyEntry>, 
/** The keys as they are now. */
present: KeyList, };

/** A language that texts are told in. */
export type Language = "zh-CN" | "en";

/** Levels of the verification ladder that a backup can have reached. */
export type Level = "L0" | "L1" | "L2" | "L3" | "L4" | "L5";

/** One line of a job's log. */
export type LogLine = { 
/** Unix time in milliseconds. */
at: number, 
/** Stable code of the line; the window translates it with `context`. */
code: string, 
/** Values for the translated text. */
context: { [key in string]: string }, };

/** What of the event log a game was read out of. */
export type LogPlace = { 
/** Events that the log told. */
events: number, 
/** Events from before the log, out of the newest backup. */
kept: number, 
/** How far the log reaches, Unix time in seconds. */
until: number, };

/** A card of the loyalty deck. */
export type LoyaltyCard = "blank" | "switch";

/** What a player's role tells about another player at the start. */
export type Mark = "evil" | "merlin_or_morgana" | "lancelot";

/** How a backup is taken. */
export type Method = "full" | "incremental" | "differential" | "synthetic";

/** A key moment of a game. */
export type MomentAt = { 
/** The event that makes it. */
seq: number, 
/** `K1` to `K7`. */
moment: string, };

/** How players are told in a file. */
export type Names = "keep" | "seats";

/** A way to open the vault that is to be added. */
export type NewKey = { "provider": "passphrase", 
/** The passphrase. */
passphrase: Secret, } | { "provider": "recovery" } | { "provider": "transit" } | { "provider": "aws_kms" } | { "provider": "tencent_kms" } | { "provider": "keyring" };

/** One object that is not as it must be. */
export type ObjectProblem = { 
/** The object's key in the store, or the collection that a trial restore did not bring back. */
object: string, 
/** Stable kind: `missing`, `size`, `hash`, `decrypt`, `decode`, `ledger`, `manifest`,
 * `restore`. */
kind: string, 
/** What was found, in English. */
detail: string, };

/** A file of games. */
export type OpenRequest = { 
/** The file's name, for people. */
name: string, 
/** All of its text, 16 MiB at most. */
text: string, };

/** A request to open a store alone. */
export type OpenVaultRequest = { 
/** The store. */
storeUrl: string, 
/** The vault's passphrase. */
passphrase: Secret, };

/** An opened file. */
export type OpenedFile = { 
/** What its games are asked for by: the same for the same content. */
file: string, 
/** Its name. */
name: string, 
/** Its form. */
form: FileForm, 
/** Its games, in order. */
games: Array<OpenedGame>, 
/** What could not be read of it, in English, line by line. */
unreadable: Array<string>, };

/** A game of an opened file. */
export type OpenedGame = { 
/** What a list shows of it. */
row: GameRow, 
/** Rules of severity F or E that it breaks. */
broken: number, 
/** What its source does not tell; it stays unknown. */
unknown: UnknownInputs, };

/** A forecast of the time at which the oplog forgets what the newest backup stands on. */
export type OplogForecast = { 
/** Seconds that the oplog reaches back at present. */
reachSeconds: number, 
/** The backup that the next increment would follow. */
backup: string | null, 
/** Unix time in milliseconds at which the oplog forgets it, at the rate of writes of its present
 * reach; none while nothing has been forgotten yet. */
forgottenAt: number | null, 
/** What that means. */
state: OplogState, };

/** Whether increments can follow the newest backup. */
export type OplogState = "no_backup" | "reaches" | "soon" | "overrun";

/** Where an event of a course comes from. */
export type Origin = "log" | "changed" | "derived";

/** Whether what is counted of a game differs. Judged by what the viewer may see. */
export type Outcome = { 
/** Who won differs, or whether anybody has. */
winner: boolean, 
/** Games and wins of players, by role and by table size, differ. */
statistics: boolean, 
/** Ratings differ. */
rating: boolean, };

/** The overview. */
export type Overview = { 
/** The sentence on top. */
restorability: Restorability, 
/** Class by class. */
classes: Array<ClassStatus>, 
/** Points of the last 24 hours, oldest first. */
points: Array<RestorePoint>, 
/** The last 24 hours with their gaps. */
timeline: RestoreTimeline, 
/** The newest sets. */
recent: Array<BackupView>, 
/** Bytes in the store. */
storeBytes: number, 
/** Objects in the store. */
storeObjects: number, 
/** Games being played. */
liveGames: number, 
/** Finished games. */
finishedGames: number, 
/** Game-server instances with a heartbeat. */
instances: number, 
/** Players known. */
players: number, 
/** How long increments can still follow; none where the oplog cannot be read. */
oplog: OplogForecast | null, };

/** What a caller must be allowed to do before an operation runs. */
export type Permission = "read_status" | "read_games" | "read_audit" | "backup" | "plan_restore" | "restore" | "export" | "manage_retention" | "control_jobs" | "change_settings" | "connect" | "manage_keys" | "damage_sandbox";

/** Where a game stands. */
export type Phase = "LOBBY" | "DEALT" | "TEAM_BUILDING" | "TEAM_VOTING" | "QUEST" | "EXCALIBUR" | "LADY" | "ASSASSINATION" | "ENDED" | "ABORTED";

/** A request to pin a backup set. */
export type PinRequest = { 
/** The set, or `latest`. */
id: string, 
/** Why it is to be kept. */
reason: string, };

/** Why a set is kept whatever the policy says. */
export type PinView = { 
/** The reason given. */
reason: string, 
/** Who gave it. */
actor: string, 
/** Unix time in milliseconds. */
at: number, };

/** A player's account. */
export type PlayerId = string;

/** Points between `from_ms` and `to_ms` cannot be restored. */
export type PointGap = { 
/** Unix time in milliseconds. */
fromMs: number, 
/** Unix time in milliseconds; none where it goes on. */
toMs: number | null, 
/** Why. */
reason: PointGapReason, 
/** What helps from now on. */
cure: GapCure, 
/** What changed, for people: `avalon.games: drop`. */
changes: Array<string>, };

/** Why points cannot be restored. */
export type PointGapReason = "not_followed" | "oplog_overrun" | "no_base" | "damaged" | "replaced" | "definitions" | "unknown";

/** Every point from `from` to `to` can be restored. */
export type PointRange = { 
/** Cluster time, `T,I`. */
from: string, 
/** The same as Unix time in milliseconds. */
fromMs: number, 
/** Cluster time. */
to: string, 
/** The same as Unix time in milliseconds. */
toMs: number, };

/** The points in time that can be restored. */
export type Points = { 
/** Ascending, apart from each other. */
ranges: Array<PointRange>, 
/** What lies between them and behind the last, ascending. */
gaps: Array<PointGap>, 
/** The job that follows at the moment. */
followedBy: string | null, };

/** The policy of all classes, spelled alike in the configuration and in the contract. What is absent
 * is the default. */
export type Policy = { 
/** Players' accounts. */
accounts: ClassPolicy, 
/** Rooms and their events. */
rooms: ClassPolicy, 
/** Games being played. */
active: ClassPolicy, 
/** Finished games. */
history: ClassPolicy, 
/** Counters and ratings. */
statistics: ClassPolicy, 
/** The service's configuration. */
configuration: ClassPolicy, 
/** Days that what a restore replaced is kept. */
pre_image_days: number, 
/** Bytes that the store shall not exceed; absent: no limit. Only told, never enforced by
 * removing anything early. */
quota_bytes?: number, };

/** What a policy comes to. */
export type PolicyForecast = { 
/** Days looked ahead. */
days: number, 
/** Class by class. */
classes: Array<ClassForecast>, 
/** Bytes of all classes at the end, as far as they are known. */
bytes: number, 
/** The same under the policy that is in force. */
currentBytes: number, 
/** The quota of the policy. */
quotaBytes: number | null, };

/** Where the policy in force comes from. */
export type PolicyOrigin = "default" | "console" | "file";

/** A change of the policy. */
export type PolicySetRequest = { 
/** The new policy; `null` goes back to the default. */
policy: Policy | null, };

/** A question what a policy comes to. */
export type PolicySimulateRequest = { 
/** The policy; `null` means the one in force. */
policy: Policy | null, 
/** 1 to 3660 days. */
days: number, };

/** The policy in force. */
export type PolicyView = { 
/** The policy. */
policy: Policy, 
/** Where it comes from; one of the file cannot be changed here. */
origin: PolicyOrigin, 
/** The job that carries it out, where one does. */
carried_out_by: string | null, };

/** A request for the backup of a point in time. */
export type PrepareRequest = { 
/** RFC 3339 with offset (all that happened up to the end of that second), a cluster time `T,I`,
 * or `event:GAME:SEQ` (right after that event of that game). */
at: string, };

/** One thing that a probe tried. */
export type ProbeStepView = { 
/** Stable name: `read_after_write`, `stat`, `put_if_absent`, `overwrite`, `list`,
 * `no_versions`, `delete`. */
name: string, 
/** True when the store behaved as wished. */
ok: boolean, 
/** What was seen when it did not, in English. */
detail: string | null, };

/** What a store really does. */
export type ProbeView = { 
/** The store. */
store: StoreName, 
/** Where it is. */
location: string, 
/** True when a vault can live there. */
usable: boolean, 
/** What was tried, in order. */
steps: Array<ProbeStepView>, };

/** Something that went wrong or was found wrong, in terms a reader can act on. */
export type Problem = { 
/** Stable code; the window translates it. */
code: string, 
/** What failed, on what, in English. */
message: string, 
/** What the reader can do. */
hint: string | null, 
/** Values for the translated text. */
context: { [key in string]: string }, };

/** How far a running job is. */
export type Progress = { 
/** Stable code of the phase, for example `scan`, `delta`, `commit`; the window translates it. */
phase: string, 
/** What is done, in `unit`. */
done: number, 
/** What there is to do, where known. */
total: number | null, 
/** What `done` and `total` count. */
unit: Unit, 
/** Units per second over the last seconds. */
ratePerSecond: number, 
/** Seconds left at that rate. */
etaSeconds: number | null, 
/** The thing at hand, for example a collection's name. */
detail: string | null, 
/** Set while the job is held back for the service's sake. */
throttling: Throttling | null, };

/** What a prune did, or would do. */
export type PruneOutcome = { 
/** True when nothing was written. */
dryRun: boolean, 
/** Marked a day before or earlier, and deleted. */
deleted: Counted, 
/** Marked before, and needed or stored anew since: kept. */
spared: Counted, 
/** Marked before, and kept by the store, which refuses to delete: a lock, or credentials without
 * the right. */
locked: Counted, 
/** Marked: deleted by a prune a day later. */
marked: Counted, 
/** Not needed, and too young to be marked. */
young: Counted, 
/** Unix time in milliseconds, by the store's clock, from which what is marked may be deleted. */
dueAt: number | null, };

/** A request to delete what nothing refers to. */
export type PruneRequest = { 
/** Tell what would be done and write nothing. */
dryRun: boolean, };

/** The result of a quest. */
export type QuestMark = "success" | "fail";

/** How a quest went. */
export type QuestResult = "success" | "fail";

/** One quest's place on the board. */
export type QuestView = { 
/** 1 to 5. */
quest: number, 
/** Players it takes. */
teamSize: number, 
/** Fails that fail it. */
failsNeeded: number, 
/** Its result. */
result: QuestMark | null, 
/** Fail cards shown. */
fails: number | null, 
/** Seats that went. */
team: Array<number>, };

/** What may be done about a finding. */
export type Repair = "AUTO" | "HUMAN" | "QUAR" | "NONE";

/** An object that was damaged and is sound now. */
export type RepairedObject = { 
/** Its key in the store. */
object: string, 
/** What was wrong, as in [`ObjectProblem`]. */
kind: string, 
/** Stable code of how it came back: `copied`, `moved`, `chained`, `relisted`, `registered`,
 * `blank`. */
cure: string, };

/** What a replication did. */
export type ReplicateOutcome = { 
/** Where to. */
to: StoreName, 
/** Where that is. */
location: string, 
/** What the store really does; tried before its first use. */
probe: ProbeView | null, 
/** The sets. */
backups: Array<ReplicatedBackup>, 
/** Objects written. */
objects: number, 
/** Their bytes. */
bytes: number, 
/** True when every set asked for is there. */
ok: boolean, };

/** A request to copy sets into another store. */
export type ReplicateRequest = { 
/** Where to. */
to: StoreName, 
/** Ids of sets, or `latest`; empty for what the store's cycle asks for. */
backups: Array<string>, 
/** Every set of the primary instead. */
all: boolean, };

/** A set and what became of its copy. */
export type ReplicatedBackup = { 
/** The set. */
backup: string, 
/** Stable code: `copied`, `present`, `removed`, `failed`. */
result: string, 
/** Objects written. */
objects: number, 
/** Their bytes. */
bytes: number, 
/** Objects that lay there already. */
present: number, 
/** Why it failed. */
problem: ObjectProblem | null, };

/** Whether and to when data can be brought back right now. */
export type Restorability = { 
/** True when a committed, complete set exists and the store answers. */
possible: boolean, 
/** Newest point, Unix time in milliseconds. */
to: number | null, 
/** The set that gives it. */
backup: string | null, 
/** Expected seconds of a full restore, from the last measured rate. */
estimateSeconds: number | null, 
/** Stable code of why not, or of what to improve: `no_backup`, `store_down`, `incomplete`, `unverified`, `stale`. */
reason: string | null, };

/** A request to carry out a plan. */
export type RestoreApplyRequest = { 
/** The plan. */
planId: string, 
/** The plan's `confirmName`, typed by the person who answers for it. */
confirmName: string, };

/** A stretch in which more would be lost than the policy allows. */
export type RestoreGap = { 
/** Unix time in milliseconds. */
from: number, 
/** Unix time in milliseconds. */
to: number, 
/** Why. */
reason: GapReason, 
/** The job that failed. */
job: string | null, };

/** How a collection comes back. */
export type RestoreMethod = "whole" | "documents";

/** What a restore did, with its proof. */
export type RestoreOutcome = { 
/** The set restored. */
backup: string, 
/** The database written to. */
database: string, 
/** The pre-image set that undoes this restore, when live data were replaced. */
preImage: string | null, 
/** Collection by collection. */
collections: Array<RestoredCollection>, 
/** Redis keys rebuilt. */
redisKeys: number, 
/** True when every digest matched. */
verified: boolean, 
/** Seconds from apply to done. */
seconds: number, 
/** Seconds for which the game service was paused. */
pausedSeconds: number, };

/** What a restore would do; nothing has been written. */
export type RestorePlan = { 
/** Names this plan; applying needs it. */
id: string, 
/** The set. */
backup: string, 
/** Cluster time of the set as Unix time in milliseconds. */
consistentAt: number, 
/** The database written to. */
database: string, 
/** The server written to, without credentials. */
server: string, 
/** True when live data of the service are replaced: then the name must be typed. */
inPlace: boolean, 
/** What must be typed to confirm. */
confirmName: string, 
/** Collection by collection. */
changes: Array<CollectionChange>, 
/** Redis keys to rebuild. */
redisKeys: number, 
/** Live games that would be paused. */
liveGames: number, 
/** Bytes of BSON to write. */
bytes: number, 
/** Expected seconds. */
estimateSeconds: number, 
/** Reasons for care, worst first. */
warnings: Array<Problem>, };

/** A stretch of the restorability bar. */
export type RestorePoint = { 
/** The set. */
backup: string, 
/** Unix time in milliseconds. */
at: number, 
/** Whether its last verification was good; none when never verified. */
verified: boolean | null, };

/** A stretch whose every moment can be restored; of a backup alone the one moment. */
export type RestoreRange = { 
/** Unix time in milliseconds. */
from: number, 
/** Unix time in milliseconds, the same for a single moment. */
to: number, 
/** The set that it is, or that it begins from. */
backup: string | null, 
/** Whether the set's last verification was good; none when never verified. */
verified: boolean | null, };

/** A request for a restore plan. */
export type RestoreRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The classes to restore; empty means all of the set. */
classes: Array<DataClass>, 
/** The database to restore into; absent means the one it came from. */
database: string | null, 
/** A named target server of the configuration; absent means the service's own. */
target: string | null, 
/** Replace collections whole, also where only few documents differ. */
whole: boolean, };

/** What can be restored over time. */
export type RestoreTimeline = { 
/** Unix time in milliseconds at which it begins. */
from: number, 
/** Unix time in milliseconds at which it ends: now. */
to: number, 
/** What can be restored, oldest first. */
ranges: Array<RestoreRange>, 
/** What cannot, oldest first. */
gaps: Array<RestoreGap>, };

/** The proof for one collection: for one that was replaced over all its documents, else over those
 * that were written. */
export type RestoredCollection = { 
/** The collection. */
collection: string, 
/** How it came back. */
method: RestoreMethod, 
/** Documents that were removed alone; those of a replaced collection are not counted. */
removed: number, 
/** Documents expected by the manifest. */
expectedDocuments: number, 
/** Documents read back. */
documents: number, 
/** Order-independent digest expected, hex. */
expectedDigest: string, 
/** The same over what was read back, hex. */
digest: string, 
/** Indexes built. */
indexes: number, };

/** A request to remove what a retention plan named. */
export type RetentionApplyRequest = { 
/** The plan. */
planId: string, 
/** How many sets were shown to go, confirmed by the person who answers for it. */
confirmBackups: number, };

/** What a retention removed. */
export type RetentionOutcome = { 
/** Sets removed from the list. */
removed: Array<string>, 
/** Sets that the plan named and that stay: pinned or needed since. */
spared: Array<string>, 
/** Bytes that a prune frees later. */
freedBytes: number, };

/** What a retention would remove. */
export type RetentionPlan = { 
/** ULID of the plan. */
id: string, 
/** Sets in the store. */
backups: number, 
/** Sets that go, oldest first. */
goes: Array<ExpiredBackup>, 
/** Sets whose time is over and that stay, oldest first. */
stays: Array<ExpiredBackup>, 
/** Objects that only the sets that go refer to; a prune deletes them later. */
freedObjects: number, 
/** Their bytes. */
freedBytes: number, };

/** Whether the same call can succeed later. */
export type Retry = "permanent" | "transient";

/** A character card. Spelt in upper case on the wire. */
export type Role = "MERLIN" | "PERCIVAL" | "SERVANT" | "ASSASSIN" | "MORGANA" | "MORDRED" | "OBERON" | "MINION" | "LANCELOT_GOOD" | "LANCELOT_EVIL";

/** How much of a class is at risk, against what the policy allows. */
export type RpoState = "met" | "at_risk" | "late" | "never";

/** How often a class is taken in one way. */
export type RunCount = { 
/** How. */
method: TierMethod, 
/** Whether it is made of what is in the store and what changed. */
synthetic: boolean, 
/** How often. */
runs: number, };

/** A set of filters of the snapshots that was given a name. */
export type SavedView = { 
/** Its name; no other view has it. */
name: string, 
/** The filters as the window's address spells them. */
query: string, };

/** What was started since the policy began to be carried out. */
export type ScheduleOutcome = { 
/** Jobs that were started. */
started: number, 
/** Times at which it could not be told what is due, or a job could not be started. */
failures: number, };

/** What changed for a seat. */
export type SeatChange<T> = { 
/** The seat. */
seat: number, 
/** On the first side. */
before: T | null, 
/** On the second. */
after: T | null, };

/** A seat at the table as the viewer may see it. */
export type SeatView = { 
/** 0 to n − 1, clockwise. */
seat: number, 
/** The player. */
playerId: string, 
/** The player's nickname, where the account has one. */
nick: string | null, 
/** The role's stable name, where the viewer may know it. */
role: string | null, 
/** The side, where the viewer may know it. */
side: Side | null, 
/** What the viewer's own role marks this seat with: `evil`, `merlin_or_morgana`. */
mark: string | null, 
/** Leads now. */
leader: boolean, 
/** Is on the team at hand. */
onTeam: boolean, 
/** The vote, once the votes are closed or the viewer may see it: true approves. */
vote: boolean | null, 
/** Has voted (value may be hidden). */
voted: boolean, 
/** The quest card, where the viewer may see it: true succeeds. */
card: boolean | null, 
/** Has played a card (value may be hidden). */
played: boolean, 
/** Holds the Lady of the Lake. */
lady: boolean, 
/** Holds Excalibur. */
excalibur: boolean, 
/** Is connected. */
connected: boolean, };

/** A password, a passphrase, or a URI that may hold one. Neither printed nor serialised. */
export type Secret = string;

/** A sentence, or a part of one, that can be put into another language. */
export type Sentence = { 
/** The English text with a name in braces for each value, for example
 * `{player} plays a second card`. It is also the id of its translations. Empty in what was
 * stored before there were forms. */
form: string, 
/** The values by name. */
values: { [key in string]: SentenceValue }, };

/** What stands at a place of a sentence. */
export type SentenceValue = string | Sentence;

/** Why a store is not apart from what it is to outlive. */
export type SeparationWarning = { 
/** The store. */
store: StoreName, 
/** Stable code: `with_mongodb`, `same_place`, `same_disk`, `same_credentials`. */
code: string, 
/** What it is not apart from: MongoDB's host, or another store's name. */
from: string, 
/** A sentence, in English. */
message: string, };

/** What is connected. */
export type ServiceStatus = { 
/** `sandbox`, `development`, `test` or `production`. */
environment: string, 
/** The game database's name. */
database: string, 
/** MongoDB. */
mongodb: EndpointView, 
/** Redis. */
redis: EndpointView, 
/** The primary store. */
store: EndpointView, };

/** A change of settings; what is absent stays. */
export type SettingsRequest = { 
/** The language of the window. */
language?: Language, 
/** The theme of the window. */
theme?: Theme, 
/** IANA name of the zone that times are shown in. */
timeZone?: string, 
/** All views of the snapshots. */
snapshotViews?: Array<SavedView>, };

/** The settings as they are shown. */
export type SettingsView = { 
/** The language of the window. */
language: Language, 
/** The theme of the window. */
theme: Theme, 
/** IANA name of the zone that times are shown in. */
timeZone: string, 
/** Views of the snapshots, in the order in which they were kept. */
snapshotViews: Array<SavedView>, 
/** The game service; none before the first run and when only a vault is open. */
connection: ConnectionSettings | null, 
/** The primary store; none before the first run. */
store: StoreSettings | null, };

/** How far the first run has come. */
export type SetupStage = "choose" | "ready";

/** Whether something is connected, and whether the sandbox can be used. */
export type SetupStatus = { 
/** How far the first run has come. */
stage: SetupStage, 
/** True when the private servers can be started here. */
sandboxAvailable: boolean, 
/** Why not, or why what was connected before is not now; in English. */
reason: string | null, };

/** How bad a finding is. */
export type Severity = "I" | "W" | "E" | "F";

/** Which game to share, and what of it. */
export type ShareRequest = { 
/** The game. */
id: string, 
/** `god`, `audience`, or a player's id: the file holds what they see and nothing else. */
viewer: string, 
/** The language of the file. */
language: Language, 
/** How players are told. */
names: Names, 
/** The backup to read the game out of, or `latest`. */
backup: string | null, 
/** The snapshot of the game to read it out of: one moment alone. */
snapshot: string | null, 
/** The opened file to read the game out of. */
file?: string, 
/** Read the game out of the event log: each event as it was when it was written. */
eventLog?: boolean, 
/** What is to be otherwise in it, in memory alone; for the viewer `god`. */
whatIf?: Array<Edit>, };

/** A game as one HTML file that replays it. */
export type ShareView = { 
/** The name that suits the file. */
fileName: string, 
/** The whole file. */
html: string, };

/** A side of the game. */
export type Side = "good" | "evil";

/** Which game to take a snapshot of. */
export type SnapshotCreateRequest = { 
/** The game. */
game: string, 
/** The event to cut after; absent means the last. */
seq: number | null, };

/** A snapshot that was asked for. */
export type SnapshotCreated = { 
/** The snapshot. */
row: SnapshotRow, 
/** Whether it is new; false when the same had been taken before. */
created: boolean, };

/** What is wrong with a snapshot. */
export type SnapshotFault = "missing" | "broken" | "differs" | "misplaced" | "orphan";

/** Something wrong with a snapshot. */
export type SnapshotFinding = { 
/** The game. */
game: string, 
/** The snapshot; of a missing one, the id that it would have. */
snapshot: string, 
/** What it was taken for, or is to be. */
kind: SnapshotType, 
/** What is wrong. */
fault: SnapshotFault, 
/** Id of the rule that is broken. */
rule: string, 
/** What exactly, in English. */
detail: string, 
/** The same, for other languages. */
sentence: Sentence, 
/** Whether the game's log can make it again. */
repairable: boolean, 
/** Whether it was made again, and is sound now. */
repaired: boolean, };

/** Which snapshots to list; what is absent leaves all. */
export type SnapshotListRequest = { 
/** A game's id. */
game: string | null, 
/** A room's id. */
room: string | null, 
/** A player's id. */
player: string | null, 
/** Types; none means all. */
kinds: Array<SnapshotType>, 
/** Not before this Unix time in milliseconds. */
from: number | null, 
/** Before this Unix time in milliseconds. */
to: number | null, 
/** The beginning of a snapshot's, game's or room's id; one that few begin with. */
text: string | null, 
/** Where the last page ended. */
cursor: string | null, 
/** 1 to 200. */
limit: number, };

/** A snapshot of a game as a moment of it. */
export type SnapshotMoment = { 
/** UUID. */
id: string, 
/** The event that it was cut after. */
seq: number, 
/** What it was taken for. */
kind: SnapshotType, 
/** When it was taken, Unix time in milliseconds. */
at: number, };

/** A page of snapshots, newest first. */
export type SnapshotPage = { 
/** The rows. */
snapshots: Array<SnapshotRow>, 
/** Where the next page begins. */
cursor: string | null, 
/** How many match in all; told with the first page. */
total: SnapshotTotal | null, 
/** The job that takes snapshots as games are played, if one is at work. */
followedBy: string | null, };

/** The snapshot that a game is shown out of. */
export type SnapshotPlace = { 
/** UUID. */
id: string, 
/** What it was taken for. */
kind: SnapshotType, 
/** When it was taken, Unix time in milliseconds. */
at: number, 
/** Whether it holds the whole state; a document of somebody else's tells no more than its
 * fields. */
whole: boolean, 
/** All snapshots of the game that open, in the order of the events that they were cut after. */
moments: Array<SnapshotMoment>, 
/** How many snapshots of the game do not open. */
unreadable: number, };

/** A snapshot in a list: what is in plain of it. */
export type SnapshotRow = { 
/** UUID. */
id: string, 
/** The game. */
game: string, 
/** Its room. */
room: string | null, 
/** What it was taken for. */
kind: SnapshotType, 
/** Unix time in milliseconds. */
at: number, 
/** Version of the game's rules. */
version: string | null, 
/** The event that it was cut after; none when the body does not open. */
atSeq: number | null, 
/** Bytes of the sealed body. */
bytes: number, 
/** When it goes, Unix time in milliseconds; all snapshots of a game go together. */
expiresAt: number | null, };

/** Which snapshot to show. */
export type SnapshotShowRequest = { 
/** UUID. */
id: string, };

/** How many snapshots match. */
export type SnapshotTotal = { 
/** Counted up to 10,000. */
count: number, 
/** Whether there are more. */
capped: boolean, };

/** What a snapshot was taken for. */
export type SnapshotType = "game_created" | "roles_assigned" | "before_team_assignment" | "team_assigned" | "mission_executed" | "merlin_guess_started" | "game_over" | "interval" | "manual" | "player" | "pre_image";

/** What came of holding snapshots against the games' logs. */
export type SnapshotVerifyOutcome = { 
/** Games with snapshots. */
games: number, 
/** Snapshots that were opened and held against the log. */
snapshots: number, 
/** Findings in all. */
problems: number, 
/** Of these, how many were put right. */
repaired: number, 
/** The first findings. */
findings: Array<SnapshotFinding>, };

/** Which snapshots to hold against the games' logs. */
export type SnapshotVerifyRequest = { 
/** Of this game alone; absent: of all that have one. */
game: string | null, 
/** Whether to make again what the logs can make again. */
repair: boolean, };

/** A snapshot in full. */
export type SnapshotView = { 
/** What is in plain of it. */
row: SnapshotRow, 
/** The event that it was cut after. */
atSeq: number, 
/** The snapshot that its body is a delta to; none for a keyframe. */
base: string | null, 
/** Whether it holds the whole state, which has the hash that it gives; a document of somebody
 * else's tells no more than its fields. */
whole: boolean, 
/** The document, in the structure of the specification. */
document: JsonValue, };

/** A request to check all of a store. */
export type StoreCheckRequest = { 
/** The store; the one that is connected when left out. */
store?: StoreName, };

/** The last check of a whole store. */
export type StoreChecked = { 
/** Unix time in milliseconds. */
at: number, 
/** True when nothing was wrong, or everything was repaired. */
ok: boolean, 
/** How many problems it left. */
problems: number, };

/** A store of the configuration. */
export type StoreName = "primary" | "replica" | "offsite";

/** A request about one store. */
export type StoreProbeRequest = { 
/** The store. */
store: StoreName, };

/** What a repair of a store did, or would do. */
export type StoreRepairOutcome = { 
/** The store. */
store: StoreName, 
/** The store that healed it. */
from: StoreName, 
/** True when nothing was written. */
dryRun: boolean, 
/** Objects looked at. */
objects: number, 
/** Bytes read while looking. */
bytes: number, 
/** What is sound again, or would be. */
repaired: Array<RepairedObject>, 
/** What nothing heals. */
left: Array<ObjectProblem>, 
/** True when nothing is wrong any more. */
ok: boolean, };

/** A request to repair one store from another. */
export type StoreRepairRequest = { 
/** The store that is damaged. */
store: StoreName, 
/** The store that heals it. */
from: StoreName, 
/** Tell what would be done and write nothing. */
dryRun: boolean, };

/** The primary store, without its credentials. */
export type StoreSettings = { 
/** Where it is. */
url: string, 
/** What wraps its data keys, for example `passphrase`. */
keyProvider: string, };

/** Statistics of a store. */
export type StoreStatistics = { 
/** Sets listed. */
backups: number, 
/** Objects that they refer to. */
objects: number, 
/** Their bytes. */
storedBytes: number, 
/** Objects that no set refers to; a prune deletes them. */
unusedObjects: number, 
/** Their bytes. */
unusedBytes: number, 
/** Bytes of all the sets' documents before compression, each set counted in full. */
logicalBytes: number, 
/** Logical bytes for each stored one: what sharing and compression save together. */
deduplication: number, 
/** By type of object. */
byType: Array<TypeBytes>, 
/** By class. */
byClass: Array<ClassBytes>, 
/** What was added, day by day, oldest first. */
growth: Array<DayGrowth>, 
/** Bytes added a day over the last 30, without the first backup. */
bytesPerDay: number, 
/** The quota of the policy. */
quotaBytes: number | null, 
/** Days until it is reached if nothing is removed. */
daysUntilQuota: number | null, };

/** A store and how it is doing. */
export type StoreView = { 
/** Its name. */
name: StoreName, 
/** Where it is, without credentials. */
url: string, 
/** Whether this is the store that is read and written at the moment. */
connected: boolean, 
/** How often sets are copied there; none for the primary. */
every: Cycle | null, 
/** Bytes a second in each direction; none without a limit. */
bandwidth: number | null, 
/** Whether it answers and its ledgers are sound; `absent` while nothing was copied there. */
health: Health, 
/** What is wrong, in English; empty when nothing is. */
detail: string, 
/** Sets listed there. */
backups: number, 
/** Bytes that its sets added to it. */
bytes: number, 
/** The newest moment that can be restored from it, Unix time in milliseconds. */
newest: number | null, 
/** When a set was last copied there, Unix time in milliseconds. */
replicatedAt: number | null, 
/** Sets that a replication would copy now. */
behind: number, 
/** Whether its cycle's time has come. */
due: boolean, 
/** The last check of all of it. */
checked: StoreChecked | null, 
/** What it is not apart from. */
warnings: Array<SeparationWarning>, };

/** Names a part of what the window has cached. A read provides tags; a change invalidates them. */
export type Tag = "service" | "overview" | "backups" | "policy" | "data" | "games" | "jobs" | "audit" | "keys" | "settings" | "setup";

/** The votes of a closed proposal. */
export type Tally = { 
/** How many approved. */
approvals: number, 
/** How many rejected. */
rejections: number, };

/** The theme of the window. */
export type Theme = "light" | "dark" | "system";

/** How a job is held back for the sake of the service that it reads from. */
export type Throttling = { 
/** Bytes of BSON a second that it may read at the moment. */
bytesPerSecond: number, 
/** Latency of the service's server over the last seconds, in milliseconds; none at a fixed rate. */
latencyMs: number | null, 
/** The latency that it keeps to, in milliseconds; none at a fixed rate. */
goalMs: number | null, };

/** How a class is taken when it is due. */
export type TierMethod = "full" | "incremental" | "differential" | "event_log";

/** A value with its type and what it holds. */
export type TreeNode = { 
/** The field's name, or its place in an array. */
name: string, 
/** Its type, by MongoDB's own name for it; JSON's for parts of Redis values. */
kind: string, 
/** The value; for documents and arrays how many they hold. */
text: string, 
/** What a document or an array holds. */
children: Array<TreeNode>, };

/** Objects of one type. */
export type TypeBytes = { 
/** `manifest`, `page`, `segment` or `delta`. */
kind: string, 
/** How many. */
objects: number, 
/** Their bytes. */
bytes: number, };

/** What a number of [`Progress`] counts. */
export type Unit = "bytes" | "documents" | "objects" | "operations" | "snapshots" | "games" | "steps";

/** How much the source of a game does not tell. */
export type UnknownInputs = { 
/** Votes. */
votes: number, 
/** Cards on quests. */
cards: number, 
/** Whom the assassin named. */
target: boolean, 
/** When things happened; all events carry the time of the record. */
times: boolean, };

/** The use case that a job runs. */
export type Verb = "backup" | "verify" | "restore" | "compare" | "check" | "export" | "import" | "retention" | "prune" | "follow" | "listen" | "snapshot_verify" | "prepare" | "replicate" | "store_repair" | "schedule" | "sandbox";

/** A verification that has been run. */
export type VerificationView = { 
/** The level reached, none when even L0 failed. */
level: Level | null, 
/** The level reached for everything: what only a sample was read for proves no more than the
 * structure. */
proven: Level | null, 
/** Unix time in milliseconds. */
at: number, 
/** True when nothing was wrong. */
ok: boolean, 
/** How many problems it found. */
problems: number, 
/** What of the bytes was read, where a sample was. */
coverage: CoverageView | null, 
/** Ids of the invariants of backups that it found broken. */
findings: Array<string>, };

/** The outcome of a verification. */
export type VerifyOutcome = { 
/** The set verified. */
backup: string, 
/** The level reached, none when even L0 failed. */
level: Level | null, 
/** True when nothing was wrong. */
ok: boolean, 
/** Objects looked at. */
objects: number, 
/** Bytes read. */
bytes: number, 
/** What was wrong. */
problems: Array<ObjectProblem>, 
/** How much of the segments was read, from L2 on. */
coverage: CoverageView | null, 
/** The invariants of backups; none for a whole store. */
invariants: Array<InvariantView>, };

/** A request to verify a backup. */
export type VerifyRequest = { 
/** A set's id, or `latest`. */
backup: string, 
/** The level to reach. */
level: Level, 
/** Percent of the objects to read, above 0 and up to 100. */
samplePercent: number, };

/** A vote on a team. */
export type Vote = "approve" | "reject";

/** What the votes on a team came to. */
export type VoteResult = "approved" | "rejected";

/** What a game waits for. */
export type Waits = { 
/** `over` when for nothing; else the kind of the step, for example `vote` or `play_card`. */
turn: string, 
/** Whom for: seats from 0. */
seats: Array<number>, };

/** What to look for. */
export type Wanted = { "kind": "field", 
/** Its names from the outside in, with dots between; places in lists from 0, for example
 * `quests.2.result`. */
path: string, } | { "kind": "rule", 
/** The invariant, for example `V-COUNT`. */
id: string, };

/** How much a fact matters. */
export type Weight = "cosmetic" | "course" | "statistic" | "outcome";

/** A fact with how much it matters. */
export type WeightedFact = { 
/** How much it matters. */
weight: Weight, 
/** What it is. */
fact: Fact, };

/** How a game would have gone. */
export type WhatIfView = { 
/** What is to be otherwise. */
edits: Array<Edit>, 
/** The first event at which the course differs from the log. */
from: number, 
/** Events of the log that are not in the course, in order. */
dropped: Array<DroppedEvent>, 
/** What the course waits for at its end. */
waits: Waits, 
/** What is otherwise at the end, for the result and what is counted from it. */
outcome: Outcome, 
/** The facts of the game that differ at the end. */
facts: Array<WeightedFact>, };
