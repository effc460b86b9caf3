import type { Checked, NamedException } from "@quillon/contract";
import type { Generated } from "kysely";
import type { Id, Int8, Json } from "./columns.ts";

/** The columns of the tables that hold what policies found, and what is counted from it. */
export interface ResultTables {
  policy_reports: {
    update_id: string;
    sequence: Int8;
    kind: "violated" | "remediated" | "not-evaluated";
    pack: string;
    tag: string;
    policy: string;
    urn: string;
    level: string;
    severity: string;
    message: string;
    exceptions: Json<NamedException[]> | null;
    /** Those that match it and were not applied. */
    unapplied: Json<NamedException[]> | null;
    part: Generated<number | null>;
  };
  policy_analyses: {
    update_id: string;
    sequence: Int8;
    pack: string;
    tag: string;
    urn: string;
    passed: string[];
    failed: string[];
    part: Generated<number | null>;
  };
  resource_steps: {
    update_id: string;
    sequence: Int8;
    urn: string;
    was: string | null;
    kind: "registered" | "unchanged" | "imported" | "deployed" | "deleted" | "failed";
    parent: string | null;
    part: Generated<number | null>;
  };
  /** Of the policies, as `countReports` gives them. */
  run_counts: { update_id: string; policies: Json<unknown> };
  findings: {
    id: Id;
    organization_id: string;
    stack_id: string;
    pack: string;
    policy: string;
    urn: string;
    urn_digest: Buffer;
    tag: string;
    level: string;
    severity: string;
    message: string;
    status: Generated<"open" | "in_progress" | "by_design" | "ignored">;
    ended: "fixed" | "withdrawn" | "excepted" | null;
    priority: Generated<"p0" | "p1" | "p2" | "p3" | "p4">;
    priority_set: Generated<boolean>;
    assigned_to: string | null;
    first_seen_at: Date;
    first_seen_tag: string;
    last_seen_at: Date;
    last_seen_update: string | null;
    resolved_at: Date | null;
    reopened: Generated<number>;
    modified_at: Date;
    /** Of the triage as ignored or by design. */
    reason: string | null;
    expires_at: Date | null;
    triaged_by: string | null;
    triaged_at: Date | null;
    triaged_level: string | null;
    triaged_severity: string | null;
    comment: string | null;
    commented_by: string | null;
    commented_at: Date | null;
    /** Of an event of the audit log. */
    withdrawn_by: Int8 | null;
    /** Those because of which it ended as `excepted`. */
    exceptions: Json<NamedException[]> | null;
  };
  /** Written by triggers of `findings` only. */
  finding_times: {
    id: Int8;
    organization_id: string;
    stack_id: string;
    pack: string;
    policy: string;
    closed: boolean;
    status: string;
    level: string;
    severity: string;
    /** Generated from the severity. */
    severity_rank: number;
    priority: string;
    resource_type: string;
    assigned_to: string | null;
    came_back: boolean;
    /** Generated from the status. */
    is_open: boolean;
    first_seen_at: Date;
    modified_at: Date;
    last_seen_at: Date;
    count: number;
  };
  /** Written by triggers of `findings` only. */
  finding_counts: {
    id: Int8;
    organization_id: string;
    stack_id: string;
    pack: string;
    policy: string;
    closed: boolean;
    status: string;
    level: string;
    severity: string;
    /** Generated from the severity. */
    severity_rank: number;
    priority: string;
    resource_type: string;
    assigned_to: string | null;
    count: number;
    first_modified_at: Date;
    last_modified_at: Date;
    first_seen_at: Date;
    last_seen_at: Date;
  };
  evaluations: {
    organization_id: string;
    stack_id: string;
    pack: string;
    urn_digest: Buffer;
    by_stack: boolean;
    urn: string;
    governed: boolean;
    tag: string;
    passed: string[];
    failed: string[];
    excepted: Generated<string[]>;
    evaluated_at: Date;
    update_id: string;
  };
  pack_scores: {
    stack_id: string;
    pack: string;
    version: number;
    tag: string;
    /** JSON, as it was sent. */
    config: string | null;
    environments: Generated<string[]>;
    group_id: string | null;
    evaluated_at: Date | null;
    broken: Generated<boolean>;
    stale: Generated<boolean>;
    withdrawn: Generated<boolean>;
    policies: Generated<number>;
    passing: Generated<number>;
    not_exercised: Generated<number>;
    governed: Generated<number>;
    clean: Generated<number>;
    excepted: Generated<number>;
    excepted_resources: Generated<number>;
  };
  policy_scores: {
    stack_id: string;
    pack: string;
    policy: string;
    severity: string;
    framework: string;
    state: "passes" | "fails" | "excepted" | "not-exercised";
    governed: number;
    failing: number;
    excepted: Generated<number>;
  };
  stack_scores: { stack_id: string; governed: number; clean: number; outdated: Generated<boolean> };
  score_blocks: { id: Int8; organization_id: string; stacks: number; governed: number; clean: number };
  score_sums: { block_id: Int8; kind: string; name: string; pack: string };
  scored_stacks: {
    stack_id: string;
    block_id: Int8 | null;
    packs: Generated<string[]>;
    evaluated: Date | null;
    reported: Generated<boolean>;
    stale: Generated<boolean>;
  };
  stack_checks: { stack_id: string; checked_at: Date; checked_by: string | null; said: Json<Checked> };
  reconciliations: { id: Id; organization_id: string; packs: string[]; audit_id: Int8 | null; after: string };
  finding_rules: {
    organization_id: string;
    critical_days: number | null;
    high_days: number | null;
    medium_days: number | null;
    low_days: number | null;
  };
  scored_days: { day: string; scored_at: Generated<Date> };
  score_days: {
    day: string;
    organization_id: string;
    stack_id: string;
    pack: string;
    tag: string;
    passing: number;
    policies: number;
    governed: number;
    clean: number;
    excepted: Generated<number>;
    excepted_resources: Generated<number>;
  };
  resource_days: { day: string; organization_id: string; stack_id: string; governed: number; clean: number };
  pack_health: {
    organization_id: string;
    stack_id: string;
    pack: string;
    version: number;
    tag: string;
    runs: Int8;
    failed: Int8;
    failing: boolean;
    worked_at: Date | null;
    failed_at: Date | null;
    failed_update: string | null;
    failed_dry_run: Generated<boolean>;
    stage: "install" | "load" | "configure" | "run" | null;
    message: string | null;
    certain: Generated<boolean>;
  };
  predictions: {
    stack_id: string;
    source: string;
    pack: string;
    policy: string;
    urn: string;
    urn_digest: Buffer;
    tag: string;
    level: string;
    severity: string;
    message: string;
    first_seen_at: Date;
    last_seen_at: Date;
    update_id: string;
    exceptions: Json<NamedException[]> | null;
    unapplied: Json<NamedException[]> | null;
  };
}
