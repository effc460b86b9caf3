import { isTargeted, type RecordedPack, type Unreceipted } from "../updates/index.ts";
import type { ReceiptStatus, Run } from "./receipt.ts";

/** All that a receipt is written from. */
export interface ReceiptFacts {
  status: ReceiptStatus;
  reasons: readonly string[];
  update: Unreceipted;
  /** These are not there when the server could not find them out. */
  required?: readonly RecordedPack[];
  run?: Run;
  received?: number;
  states?: { changed: number } | { notCompared: string };
  madeAt: Date;
}

/**
 * The text that is signed: JSON, which nobody has to write again to check the signature. All of it was said by the client,
 * except what was required, who the client was, and the times.
 */
export function writeReceipt({
  status,
  reasons,
  update,
  required,
  run,
  received,
  states,
  madeAt,
}: ReceiptFacts): string {
  const { environment, client } = update;
  return JSON.stringify({
    receipt: 1,
    says: says(status, update.basis),
    status,
    reasons,
    organization: { id: update.organizationId, name: update.organization },
    stack: { id: update.stackId, project: update.project, name: update.stack },
    update: {
      id: update.id,
      kind: update.kind,
      dryRun: update.dryRun,
      outcome: update.outcome,
      stateVersion: update.version,
      created: update.createdAt,
      started: update.startedAt,
      ended: update.endedAt,
      targeted: isTargeted(environment),
    },
    ...(update.basis && { basis: update.basis }),
    client: {
      login: client?.login ?? null,
      address: client?.address ?? null,
      token: { id: update.tokenId, name: client?.tokenName ?? null },
      commit: environment["git.head"] ?? null,
      dirty: environment["git.dirty"] === "true",
      pulumi: environment["pulumi.version"] ?? null,
    },
    ...(run && required && { packs: required.map((pack) => packOf(pack, run)) }),
    ...(run && {
      resources: run.expected,
      states: { ...states, ...(run.changed && { unanalysed: run.changed }) },
      events: { received, missing: run.events.missing, ended: run.events.ended },
    }),
    made: madeAt,
  });
}

function says(status: ReceiptStatus, basis: Unreceipted["basis"]): string {
  if (status === "not-applicable") return "not applicable";
  const { requirements, ran } = basis ?? {};
  return [
    `${status}, as reported by the client`,
    ...(ran ? [`afterwards, of a run at ${ran.from}`] : []),
    ...(requirements ? [`which ran from a file of requirements made at ${requirements.made}`] : []),
  ].join(", ");
}

function packOf(
  { pack, version, tag, archiveSha256, configSha256, levels, exceptions, exceptionsBy }: RecordedPack,
  run: Run,
) {
  const did = run.packs.find((one) => one.pack === pack);
  return {
    pack,
    version,
    tag,
    archiveSha256,
    configSha256,
    levels,
    ...(exceptions && {
      exceptionsBy,
      exceptions: exceptions.map(({ id, reason, expiresAt }) => ({ id, reason, ...(expiresAt && { expiresAt }) })),
    }),
    analysed: did?.analysed ?? 0,
    stackAnalysed: did?.stackAnalysed ?? false,
    unanalysed: { count: did?.unanalysed ?? 0, first: did?.first ?? [] },
  };
}
