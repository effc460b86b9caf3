import type { Role } from "@quillon/contract";
import { type Recorder, recordAudit } from "../audit/index.ts";
import type { Tx } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { listOrganizationIds } from "./organization-queries.ts";

/** A token as the audit log shows it: never its value. */
interface AuditedToken {
  id: string | undefined;
  /** Whose it is: a login, `team crew`, or `the organization`. */
  of: string;
  name?: string | undefined;
  description: string;
  role?: Role | null | undefined;
  projects?: readonly string[] | null | undefined;
  expires?: Date | null | undefined;
}

export function tokenCreated(token: AuditedToken) {
  return { event: "Access Token Created", description: describe(token), after: jsonOf(token) } as const;
}

export function tokenRevoked(token: AuditedToken) {
  return { event: "Access Token Revoked", description: describe(token), before: jsonOf(token) } as const;
}

function describe({ of, name, id }: AuditedToken): string {
  return `Access token ${name || id} of ${of}`;
}

function jsonOf({ id, of, name, description, role, projects, expires }: AuditedToken): string {
  return writeJson({
    id,
    of,
    ...(name && { name }),
    description,
    ...(role && { role }),
    ...(projects && { projects }),
    ...(expires && { expires: expires.toISOString() }),
  });
}

/** Records what happened to a person's own token: in every organization of the person, because it acts in all of them. */
export async function recordOfPerson(
  tx: Tx<Omit<Recorder, "org">>,
  userId: string,
  event: Parameters<typeof recordAudit>[1],
): Promise<void> {
  for (const id of await listOrganizationIds(tx.db, userId)) await recordAudit({ ...tx, org: { id } }, event);
}
