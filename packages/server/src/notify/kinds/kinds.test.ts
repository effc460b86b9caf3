import { type WebhookFilterName, webhookFilterNames } from "@quillon/contract";
import { expect, test } from "vitest";
import type { FindingChange, HealthChange, TopFinding } from "../../findings/index.ts";
import {
  type Kind,
  packHealthKind,
  policyExceptionKind,
  policyGroupKind,
  policyPackKind,
  policyViolationKind,
  receiptKind,
  receiptStreakKind,
  stackKind,
  type UpdateEvent,
  updateKind,
} from "./index.ts";

const about = {
  url: "https://quillon.example",
  organization: "acme",
  stack: { project: "web", name: "dev" },
  user: { login: "ada", name: "Ada" },
};
const update = (change: Partial<UpdateEvent> = {}): UpdateEvent => ({
  kind: "update",
  dryRun: false,
  status: "succeeded",
  version: 4,
  id: "u1",
  resourceChanges: { create: 2, same: 5 },
  ...change,
});
const finding = (change: Partial<TopFinding> = {}): TopFinding => ({
  id: "f1",
  pack: "rules",
  tag: "1.0.0",
  policy: "no-public-bucket",
  urn: "urn:pulumi:dev::web::aws:s3:Bucket::logs",
  level: "mandatory",
  severity: "high",
  message: "It is public.",
  ...change,
});
const change = (how: FindingChange["how"], mandatory: boolean, top: TopFinding[], count = top.length) => ({
  how,
  mandatory,
  count,
  top,
});

test.each<[Partial<UpdateEvent>, string, string[]]>([
  [{}, "stack_update", ["update_succeeded"]],
  [{ status: "failed" }, "stack_update", ["update_failed"]],
  [{ status: "cancelled" }, "stack_update", ["update_failed"]],
  [{ dryRun: true }, "stack_preview", ["preview_succeeded"]],
  [{ kind: "preview", dryRun: true, status: "failed" }, "stack_preview", ["preview_failed"]],
  [{ kind: "destroy" }, "stack_update", ["destroy_succeeded"]],
  [{ kind: "destroy", dryRun: true }, "stack_preview", ["preview_succeeded"]],
  [{ kind: "refresh", status: "failed" }, "stack_update", ["refresh_failed"]],
  [{ kind: "import" }, "stack_update", ["import_succeeded"]],
  [{ kind: "rename" }, "stack_update", []],
])("The update %j is of the kind %s and has the filters %j", (changed, kind, filters) => {
  expect(updateKind.name(update(changed))).toBe(kind);
  expect(updateKind.filters(update(changed))).toEqual(filters);
});

test("An update's payload is Pulumi's", () => {
  expect(updateKind.message(about, update({ kind: "refresh" }), [])).toEqual({
    payload: {
      user: { name: "Ada", githubLogin: "ada", avatarUrl: "" },
      organization: { name: "acme", githubLogin: "acme", avatarUrl: "" },
      projectName: "web",
      stackName: "dev",
      updateUrl: "https://quillon.example/acme/web/dev/updates/4",
      kind: "refresh",
      result: "succeeded",
      isPreview: false,
      resourceChanges: { create: 2, same: 5 },
    },
    title: "Refresh 4 of stack acme/web/dev succeeded",
    facts: [
      ["Changes", "2 create"],
      ["By", "Ada"],
    ],
    lines: [],
    link: "https://quillon.example/acme/web/dev/updates/4",
  });
});

test.each<[Partial<UpdateEvent>, "complete" | "incomplete" | "missing" | "not-applicable", string[]]>([
  [{}, "complete", []],
  [{}, "not-applicable", []],
  [{}, "incomplete", ["receipt_incomplete"]],
  [{ status: "failed" }, "missing", ["receipt_incomplete"]],
  [{ dryRun: true }, "incomplete", []],
  [{ kind: "preview", dryRun: true }, "missing", []],
])("The update %j whose receipt is %s has the filters %j", (changed, status, filters) => {
  expect(receiptKind.filters({ update: update(changed), status, reasons: [] })).toEqual(filters);
});

test("What is open again because of exceptions is told with them, and with no update", () => {
  const changes = [change("reopened", true, [finding()], 7)];
  const ids = Array.from({ length: 7 }, (_, index) => `EXC-${index + 1}`);
  const event = { exceptions: { ids, because: "removed" as const }, changes };
  expect(policyViolationKind.filters(event)).toEqual(["policy_violation_mandatory"]);
  const { payload, title, facts } = policyViolationKind.message(about, event, ["policy_violation_mandatory"]);
  expect(payload).toMatchObject({
    stackName: "dev",
    policyExceptions: ids,
    policyExceptionsAre: "removed",
    opened: 0,
    reopened: 7,
    violations: [{ change: "reopened", policyName: "no-public-bucket" }],
  });
  expect(payload).not.toHaveProperty("updateUrl");
  expect(title).toBe("Policy violations in stack acme/web/dev: 7 reopened");
  expect(facts).toEqual([
    ["Policy exceptions", "EXC-1, EXC-2, EXC-3, EXC-4, EXC-5 and 2 more, removed"],
    ["By", "Ada"],
  ]);
});

test("A message about a receipt says why it is not complete, and leads to it", () => {
  const reasons = Array.from({ length: 7 }, (_, index) => `Pack p${index} analysed nothing.`);
  expect(receiptKind.message(about, { update: update(), status: "missing", reasons }, [])).toMatchObject({
    payload: { receiptStatus: "missing", reasons: reasons.slice(0, 5), stackName: "dev" },
    title: "Update 4 of stack acme/web/dev has no complete receipt of its policies",
    facts: [
      ["Receipt", "missing"],
      ["By", "Ada"],
    ],
    lines: reasons.slice(0, 5),
    link: "https://quillon.example/acme/web/dev/updates/4?tab=receipt",
  });
});

const failure = { stage: "load", message: "Error: no settings here", certain: true } as const;
const ofHealth = (changed: Partial<HealthChange>) => ({
  change: { pack: "rules", version: 2, tag: "1.1.0", failure, workedBefore: undefined, ...changed },
  update: update({ dryRun: true }),
  stack: about.stack,
});

test.each<[Partial<HealthChange>, string, string]>([
  [{}, "pack_failed", "Policy pack rules 1.1.0 of acme could not be loaded"],
  [
    { failure: { ...failure, stage: "install", certain: false } },
    "pack_failed",
    "Policy pack rules 1.1.0 of acme could not be downloaded or installed, as it seems",
  ],
  [
    { failure: { ...failure, stage: "configure" } },
    "pack_failed",
    "Policy pack rules 1.1.0 of acme could not be configured",
  ],
  [
    { failure: { ...failure, stage: "run" } },
    "pack_failed",
    "Policy pack rules 1.1.0 of acme could not run its policies",
  ],
  [{ failure: undefined }, "pack_recovered", "No stack fails because of policy pack rules 1.1.0 of acme any more"],
])("The change %j of a pack's health has the filter %s", (changed, filter, title) => {
  expect(packHealthKind.filters(ofHealth(changed))).toEqual([filter]);
  expect(packHealthKind.message(about, ofHealth(changed), []).title).toBe(title);
});

test("A message about a pack that fails names the run and says why", () => {
  const { stack: _, ...ofOrganization } = about;
  expect(packHealthKind.message(ofOrganization, ofHealth({ workedBefore: "1.0.0" }), [])).toMatchObject({
    payload: {
      action: "failed",
      policyPackName: "rules",
      policyPackVersionTag: "1.1.0",
      projectName: "web",
      stackName: "dev",
      updateUrl: "https://quillon.example/acme/web/dev/previews/u1",
      ...failure,
      workedBeforeVersionTag: "1.0.0",
    },
    facts: [
      ["Run", "Preview of update of stack acme/web/dev"],
      ["By", "Ada"],
    ],
    lines: [
      failure.message,
      "Version 1.0.0 worked there. This says how to revert to it: quillon pack health acme/rules",
    ],
    link: "https://quillon.example/acme/insights/policypacks/rules?tab=health",
  });
});

test("A message about updates in a row says how many and since when", () => {
  const event = { update: update(), updates: 3, since: new Date(0) };
  expect(receiptStreakKind.filters(event)).toEqual(["receipt_streak"]);
  expect(receiptStreakKind.message(about, event, [])).toMatchObject({
    payload: { updatesInARow: 3, since: "1970-01-01T00:00:00.000Z", stackName: "dev" },
    title: "The last 3 updates of stack acme/web/dev have no complete receipt of their policies",
    link: "https://quillon.example/acme/web/dev/updates/4?tab=receipt",
  });
});

const told = (changes: FindingChange[], wanted?: WebhookFilterName[]) => {
  const event = { update: update(), changes };
  return policyViolationKind.message(about, event, wanted ?? policyViolationKind.filters(event));
};

test.each<[FindingChange[], string[]]>([
  [[], []],
  [[change("opened", true, [finding()])], ["policy_violation_mandatory"]],
  [[change("fixed", false, [finding()])], ["policy_violation_advisory"]],
  [
    [change("opened", true, [finding()]), change("reopened", false, [finding()]), change("fixed", true, [finding()])],
    ["policy_violation_mandatory", "policy_violation_advisory"],
  ],
])("An update that changes nothing has no message about violations, any other has one (%#)", (changes, filters) => {
  expect(policyViolationKind.filters({ update: update(), changes })).toEqual(filters);
});

test("One message has the counts of an update, and its five worst violations", () => {
  const many = ["low", "critical", "medium", "high"].map((severity) =>
    finding({ id: severity, severity, level: "advisory" }),
  );
  const message = told([
    change("opened", false, many, 40),
    change("reopened", true, [finding({ id: "again", severity: "low" })]),
    change("fixed", true, [finding({ id: "gone", severity: "critical" })], 3),
  ]);
  const payload = message.payload as Record<string, unknown> & { violations: { id: string }[] };
  expect(payload).toMatchObject({ opened: 40, reopened: 1, fixed: 3, enforcementLevel: "mandatory" });
  expect(payload.violations.map(({ id }) => id)).toEqual(["again", "critical", "high", "medium", "low"]);
  expect(message.title).toBe("Policy violations in stack acme/web/dev: 40 opened, 1 reopened, 3 fixed");
  expect(message.lines[0]).toBe(
    "reopened, mandatory, low: no-public-bucket (rules 1.0.0) on aws:s3:Bucket logs: It is public.",
  );
});

test("A message about an exception says why there is one, of which pack it is and when it ends, and leads to it", () => {
  const told = {
    organizationId: "o1",
    number: 7,
    pack: "rules",
    reason: "Replaced in March.",
    expiresAt: new Date("2030-01-31T12:00:00Z"),
    ended: false,
    stacks: ["web/a", "web/b", "web/c", "web/d", "web/e", "web/f"],
    stackCount: 101,
  };
  const { stack: _, user: __, ...ofServer } = about;
  expect(policyExceptionKind.filters(told)).toEqual(["policy_exception_ending"]);
  expect(policyExceptionKind.message(ofServer, told, [])).toEqual({
    payload: {
      organization: { name: "acme", githubLogin: "acme", avatarUrl: "" },
      action: "ending",
      exceptionId: "EXC-7",
      policyPackName: "rules",
      reason: "Replaced in March.",
      expiresAt: "2030-01-31T12:00:00.000Z",
      stacks: told.stacks,
      stackCount: 101,
    },
    title: "Policy exception EXC-7 of acme ends at 2030-01-31T12:00:00.000Z",
    facts: [
      ["Policy pack", "rules"],
      ["Stacks", "web/a, web/b, web/c, web/d, web/e and 96 more"],
      ["Ends", "2030-01-31T12:00:00.000Z"],
    ],
    lines: ["Replaced in March."],
    link: "https://quillon.example/acme/insights/exceptions/EXC-7",
  });
  expect(policyExceptionKind.filters({ ...told, ended: true })).toEqual(["policy_exception_ended"]);
  expect(policyExceptionKind.message(ofServer, { ...told, ended: true }, [])).toMatchObject({
    payload: { action: "ended" },
    title: "Policy exception EXC-7 of acme has ended",
  });
});

test("Who asks for one level is told nothing of the other", () => {
  const changes = [
    change("opened", true, [finding({ id: "must" })]),
    change("opened", false, [finding({ id: "should", level: "advisory" })]),
  ];
  const { payload, title } = told(changes, ["policy_violation_advisory"]);
  expect(payload).toMatchObject({ opened: 1, enforcementLevel: "advisory", violations: [{ id: "should" }] });
  expect(title).toContain("1 opened");
});

test.each<[string, Kind<never>, object, string, object]>([
  ["stack_created", stackKind, { action: "created" }, "Stack acme/web/dev was made", { action: "created" }],
  ["stack_deleted", stackKind, { action: "deleted" }, "Stack acme/web/dev was removed", { action: "deleted" }],
  [
    "stack_renamed",
    stackKind,
    { action: "renamed", before: "web/old" },
    "Stack acme/web/dev got another name",
    { action: "renamed", previousName: "web/old" },
  ],
  [
    "policy_pack_published",
    policyPackKind,
    { action: "published", pack: "rules", versions: ["1.0.0"] },
    "Policy pack rules 1.0.0 of acme was published",
    { action: "published", policyPackName: "rules", versionTags: ["1.0.0"] },
  ],
  [
    "policy_group_changed",
    policyGroupKind,
    { action: "updated", group: "prod", changes: ["policy pack rules 1.0.0 enabled"] },
    "Policy group prod of acme was changed",
    { action: "updated", policyGroupName: "prod", changes: ["policy pack rules 1.0.0 enabled"] },
  ],
])("%s", (...[filter, kind, data, title, payload]) => {
  expect(kind.filters(data as never)).toEqual([filter]);
  expect(webhookFilterNames).toContain(filter);
  expect(kind.message(about, data as never, [])).toMatchObject({ title, payload });
});
