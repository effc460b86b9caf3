import type {
  BundledSdk,
  EntityType,
  GroupMode,
  PackMetadata,
  PackNeeds,
  Role,
  Severity,
  StackPermission,
  Tags,
  UpdateKind,
  UpdateStatus,
  WebhookFormat,
} from "@quillon/contract";
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from "kysely";
import type { Created, Id, Int8, Json } from "./columns.ts";
import type { ResultTables } from "./result-tables.ts";

/** The database's columns by table. ARCHITECTURE.md says which room owns a table. */

/** Who started an update, and from where. */
interface UpdateClient {
  login: string;
  tokenName: string;
  address: string;
}

export interface Schema extends ResultTables {
  instance: { master_key_fingerprint: string; blob_store: string | null; created_at: Created };
  master_keys: { fingerprint: string; root_key: Buffer; created_at: Created };
  organizations: {
    id: Id;
    name: string;
    changes: Generated<string>;
    default_permission: Generated<StackPermission>;
    created_at: Created;
  };
  users: {
    id: Id;
    login: string;
    name: string;
    email: Generated<string>;
    site_admin: Generated<boolean>;
    created_at: Created;
    made_by: string | null;
    made_in: string | null;
  };
  members: { organization_id: string; user_id: string; role: Role; created_at: Created };
  tokens: {
    id: Id;
    hash: Buffer;
    user_id: string;
    name: Generated<string>;
    description: string;
    organization_id: string | null;
    team_id: string | null;
    role: Role | null;
    projects: string[] | null;
    created_by: string | null;
    expires_at: Date | null;
    last_used_at: Date | null;
    session: Generated<boolean>;
    session_of: string | null;
    created_at: Created;
  };
  teams: {
    id: Id;
    organization_id: string;
    name: string;
    display_name: string;
    description: string;
    created_at: Created;
  };
  team_members: { organization_id: string; team_id: string; user_id: string; admin: Generated<boolean> };
  team_stacks: { team_id: string; stack_id: string; permission: Exclude<StackPermission, "none"> };
  stacks: {
    id: Id;
    organization_id: string;
    project: string;
    name: string;
    tags: JSONColumnType<Tags>;
    data_key: Buffer;
    version: Generated<number>;
    last_update_id: string | null;
    lease_epoch: Generated<string>;
    lease_update_id: string | null;
    created_by: string | null;
    created_at: Created;
    renaming: ColumnType<{ id: string; stack: string; project?: string } | null, never, string | null>;
    backend: ColumnType<string | null, string | undefined, never>;
    backend_project: ColumnType<string | null, string | undefined, never>;
    backend_stack: ColumnType<string | null, string | undefined, never>;
  };
  removed_stack_keys: {
    organization_id: string;
    project: string;
    name: string;
    stack_id: string;
    data_key: Buffer;
    created_by: string | null;
    team_ids: string[];
    removed_at: Created;
  };
  deleted_stacks: {
    id: string;
    organization_id: string;
    project: string;
    name: string;
    tags: JSONColumnType<Tags>;
    data_key: Buffer;
    version: number;
    last_update_id: string | null;
    lease_epoch: string;
    created_by: string | null;
    created_at: Date;
    deleted_by: string | null;
    deleted_at: Created;
    expired: Generated<boolean>;
  };
  removed_stacks: {
    id: string;
    organization_id: string;
    project: string;
    name: string;
    created_by: string | null;
    team_ids: string[];
    removed_by: Int8;
    unfinished: boolean;
  };
  updates: {
    id: Id;
    /** Null while its stack is deleted, so no query about stacks finds it then. */
    stack_id: ColumnType<string, string, string | null>;
    deleted_stack_id: ColumnType<string | null, never, string | null>;
    kind: UpdateKind;
    dry_run: boolean;
    status: Generated<UpdateStatus>;
    version: Generated<number>;
    requested_by: string | null;
    message: Generated<string>;
    environment: Json<Record<string, string>>;
    config: Json<unknown>;
    required_policies: Json<unknown>;
    tag_sets: ColumnType<Tags[], string | undefined, never>;
    lease_hash: Buffer | null;
    lease_epoch: Int8 | null;
    lease_expires_at: Date | null;
    /** The access token. Not a foreign key: a token that is gone must stay one that was revoked. */
    started_with: string | null;
    resource_changes: Json<Record<string, number>> | null;
    created_at: Created;
    started_at: Date | null;
    ended_at: Date | null;
    settled: Generated<boolean>;
    settling: Json<unknown> | null;
    client: Json<UpdateClient> | null;
    summary_sequence: Int8 | null;
    receipted: Generated<boolean>;
    compacted_at: Date | null;
    emptied: Generated<boolean>;
    basis: Json<unknown> | null;
  };
  checkpoints: {
    update_id: string;
    /** As its update's. */
    stack_id: ColumnType<string, string, string | null>;
    version: number;
    /** Either this or `blob`, or neither for a state that was removed because it was old. */
    body: Buffer | null;
    blob: string | null;
    /** Of the blob. Older versions did not write it. */
    blob_sha256: string | null;
    resource_count: number;
    saved_at: Generated<Date>;
    /** What its rows in `state_changes` are, which the state has besides `body` or `blob`. */
    changes: "deltas" | "journal" | null;
    sequence: Int8 | null;
    base_sequence: Int8 | null;
    text_sha256: string | null;
    /** Of those rows, of their blobs too. */
    change_bytes: Generated<Int8>;
  };
  state_changes: { update_id: string; sequence: Int8; body: string | null; blob: string | null };
  /** A trigger of `updates` makes it. */
  removed_updates: { id: string };
  engine_events: { update_id: string; sequence: Int8; body: string | null; blob: string | null };
  /** Triggers of `stacks` and `checkpoints` make it, and say that it must be looked at again. */
  stack_places: {
    stack_id: string;
    organization_id: string;
    changes: Generated<number>;
    selectors: Buffer | null;
    selected: Generated<string>;
    resources: Generated<number>;
  };
  /** Triggers of `stack_places` add to it. */
  place_counts: {
    organization_id: string;
    selectors: Buffer | null;
    selected: string;
    stacks: Int8;
    resources: Int8;
  };
  receipts: {
    update_id: string;
    organization_id: string;
    stack_id: string;
    project: string;
    stack: string;
    kind: UpdateKind;
    dry_run: boolean;
    outcome: "succeeded" | "failed" | "cancelled" | "expired";
    ended_at: Date;
    made_at: Created;
    status: "complete" | "incomplete" | "missing" | "not-applicable";
    imported: boolean;
    body: string;
    signature: Buffer;
  };
  receipt_rules: { organization_id: string; required: boolean };
  receipt_lifts: { stack_id: string; lifted_at: Date };
  exception_rules: {
    organization_id: string;
    last_number: Generated<number>;
    approval: Generated<boolean>;
    longest_hours: number | null;
    end_required: Generated<boolean>;
    forbidden_from: Severity | null;
  };
  exception_requests: {
    id: Id;
    organization_id: string;
    pack: string;
    match: Json<{ policies: string[]; targets: string[] }[]>;
    reason: string;
    seconds: number | null;
    digest: Buffer;
    status: Generated<"draft" | "pending" | "ready" | "applied" | "closed">;
    description: Generated<string>;
    created_by: string | null;
    created_at: Created;
    approved_by: string | null;
    approved_at: Date | null;
    approval_comment: string | null;
    closed_by: string | null;
    closed_at: Date | null;
    close_comment: string | null;
    lapse_recorded: Generated<boolean>;
    bytes: GeneratedAlways<number>;
  };
  exception_request_events: {
    request_id: string;
    number: number;
    step: "made" | "submitted" | "approved" | "unapproved" | "commented" | "closed" | "applied";
    status_before: "draft" | "pending" | "ready" | null;
    status_after: "draft" | "pending" | "ready" | "applied" | "closed" | null;
    comment: Generated<string>;
    created_by: string | null;
    created_at: Created;
  };
  policy_exceptions: {
    id: Id;
    organization_id: string;
    number: number;
    pack: string;
    policies: string[];
    match: Json<{ policies: string[]; targets: string[] }[]>;
    reason: string;
    digest: Buffer;
    expires_at: Date | null;
    created_by: string | null;
    created_at: Created;
    removed_by: string | null;
    removed_at: Date | null;
    request_id: string | null;
    tell_at: Date | null;
    opening: Generated<boolean>;
    bytes: GeneratedAlways<number>;
  };
  policy_exception_stacks: {
    exception_id: string;
    organization_id: string;
    project: string;
    stack: string;
    last_needed_at: Date | null;
  };
  policy_packs: { id: Id; organization_id: string; name: string };
  policy_pack_versions: {
    id: Id;
    pack_id: string;
    version: number;
    tag: string | null;
    status: "reserved" | "completed" | "removed";
    metadata: Json<PackMetadata>;
    reserved_by: string | null;
    reserved_until: Date;
    blob: string | null;
    sha256: string | null;
    size: Int8 | null;
    /** Null where it is not known. */
    needs: Json<PackNeeds> | null;
    sdk: Json<BundledSdk> | null;
    bill: string | null;
    source_blob: string | null;
    source_sha256: string | null;
    source_size: Int8 | null;
    /** The database computes it from the metadata. */
    display_name: ColumnType<string, never, never>;
    /** The severity or null for each policy. The database computes it from the metadata, too. */
    severities: ColumnType<Record<string, string | null>, never, never>;
    policy_titles: ColumnType<Record<string, string>, never, never>;
    /** From the metadata, too. Null for a version that was published without one. */
    runtime: ColumnType<string | null, never, never>;
    completed_at: Date | null;
    removed_by: string | null;
    removed_at: Date | null;
    created_at: Created;
  };
  bundled_packages: {
    version_id: string;
    name: string;
    version: string;
    license: string | null;
    purl: string | null;
  };
  policy_groups: {
    id: Id;
    organization_id: string;
    name: string;
    is_default: Generated<boolean>;
    entity_type: Generated<EntityType>;
    mode: Generated<GroupMode>;
    /** JSON of a selector or a stackMatchRule, as it was sent. */
    stack_rule: string | null;
    /** JSON, as it was sent. */
    account_rule: string | null;
    agent_pool_id: string | null;
    changed: ColumnType<string, never, string>;
    changed_by: string | null;
    created_at: Created;
  };
  policy_group_stacks: { group_id: string; stack_id: string };
  policy_group_accounts: { group_id: string; name: string };
  policy_group_reads: { group_id: string; user_id: string; changed: Int8; read_at: Date };
  policy_group_packs: {
    group_id: string;
    pack_id: string;
    version_id: string;
    /** JSON, as it was sent. */
    config: string | null;
    changed: Int8;
    follows: Generated<boolean>;
    environments: ColumnType<string[], string | undefined, string>;
  };
  update_blobs: { name: string; created_at: Created };
  archive_blobs: { name: string; created_at: Created };
  audit_log: {
    id: Generated<string>;
    organization_id: string;
    at: Created;
    user_id: string | null;
    login: string;
    name: string;
    /** Not a foreign key, like `updates.started_with`. */
    token_id: string | null;
    token_name: Generated<string>;
    source_ip: string;
    event: string;
    description: string;
    before: string | null;
    after: string | null;
    /** Null until the event was given its place among those that are followed. */
    sequence: Int8 | null;
  };
  turns: { name: string; holder: string; until: Date };
  webhooks: {
    id: Id;
    organization_id: string;
    stack_id: string | null;
    name: string;
    display_name: string;
    active: boolean;
    format: WebhookFormat;
    filters: string[];
    groups: string[];
    url: Buffer;
    secret: Buffer | null;
    created_at: Created;
  };
  webhook_deliveries: {
    id: Id;
    webhook_id: string;
    kind: string;
    payload: string;
    state: Generated<"pending" | "delivered" | "failed">;
    created_at: Generated<Date>;
    sent_at: Date | null;
    /** In milliseconds. */
    duration: number | null;
    request_headers: Generated<string>;
    response_code: number | null;
    response_headers: Generated<string>;
    response_body: Generated<string>;
  };
}
