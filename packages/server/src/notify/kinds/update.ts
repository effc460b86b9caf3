import type { UpdateKind, WebhookFilterName } from "@quillon/contract";
import { type About, byWhom, type Kind, senderOf, stackName, stackUrl } from "./kind.ts";

/** How an update has ended. */
export interface EndedUpdate {
  kind: UpdateKind;
  dryRun: boolean;
  status: "succeeded" | "failed" | "cancelled";
  version: number;
  id: string;
}

export interface UpdateEvent extends EndedUpdate {
  resourceChanges: Record<string, number>;
}

const ended = { succeeded: "succeeded", failed: "failed", cancelled: "was cancelled" };

export const updateKind: Kind<UpdateEvent> = {
  name: (update) => (isPreview(update) ? "stack_preview" : "stack_update"),
  filters: (update) => {
    const kind = isPreview(update) ? "preview" : update.kind;
    if (kind === "rename") return [];
    return [`${kind}_${update.status === "succeeded" ? "succeeded" : "failed"}` satisfies WebhookFilterName];
  },
  message: (about, update) => ({
    payload: { ...updateFields(about, update), resourceChanges: update.resourceChanges },
    title: `${titleOf(update)} of stack ${stackName(about)} ${ended[update.status]}`,
    facts: [...changesOf(update), ...byWhom(about)],
    lines: [],
    link: updateUrl(about, update),
  }),
};

/** What every payload about an update has. */
export function updateFields(about: About, update: EndedUpdate) {
  return {
    ...senderOf(about),
    updateUrl: updateUrl(about, update),
    kind: update.kind === "preview" ? "update" : update.kind,
    result: update.status === "succeeded" ? "succeeded" : "failed",
    isPreview: isPreview(update),
  };
}

/** The page that the CLI's link opens, too. */
export function updateUrl(about: About, update: EndedUpdate): string {
  return isPreview(update)
    ? stackUrl(about, "previews", update.id)
    : stackUrl(about, "updates", String(update.version));
}

export function isPreview({ kind, dryRun }: EndedUpdate): boolean {
  return dryRun || kind === "preview";
}

export function titleOf(update: EndedUpdate): string {
  const { kind, version } = update;
  const name = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
  if (isPreview(update)) return kind === "preview" ? "Preview" : `Preview of ${kind}`;
  return `${name} ${version}`;
}

function changesOf({ resourceChanges }: UpdateEvent): [string, string][] {
  const counts = Object.entries(resourceChanges).filter(([op]) => op !== "same");
  return counts.length > 0 ? [["Changes", counts.map(([op, count]) => `${count} ${op}`).join(", ")]] : [];
}
