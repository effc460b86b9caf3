import type { Client } from "@quillon/contract/client";
import { readPages } from "../pages.ts";
import type { ListedStack } from "./history.ts";
import type { KnownRun } from "./match.ts";

/** A stack as the server knows it. */
export interface KnownStack {
  /** Its names in the backend. */
  project: string;
  stack: string;
  here: { project: string; stack: string };
  since: string;
}

/** The one that a backend lists. In the older layout a stack's name says all. */
export function findKnown(known: readonly KnownStack[], { project, stack }: ListedStack): KnownStack | undefined {
  return known.find((one) => one.stack === stack && (project === undefined || one.project === project));
}

/** The server, and of which organization it is asked. */
export interface Server {
  client: Client;
  orgName: string;
}

export function readKnown({ client, orgName }: Server, backend: string): Promise<KnownStack[]> {
  return readPages(async (continuationToken) => {
    const query = { backend, ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/elsewhere", { params: { orgName }, query });
    return { items: page.stacks, continuationToken: page.continuationToken };
  });
}

/** The real updates of a stack that ended at this moment or after it, or have not ended. */
export async function readRuns(
  { client, orgName }: Server,
  here: KnownStack["here"],
  from: number,
): Promise<KnownRun[]> {
  const params = { orgName, projectName: here.project, stackName: here.stack };
  return readPages(async (continuationToken) => {
    const page = await client.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates", {
      params,
      query: continuationToken ? { continuationToken } : {},
    });
    const isOver = page.updates.some(({ endedAt }) => endedAt !== undefined && Date.parse(endedAt) < from);
    return {
      items: page.updates.filter(({ kind, dryRun }) => kind === "update" && !dryRun).map(runOf),
      continuationToken: isOver ? undefined : page.continuationToken,
    };
  });
}

interface Listed {
  updateID: string;
  startedAt: string;
  endedAt?: string;
  status: string;
  receipt?: string;
  resourceChanges?: Record<string, number>;
}

function runOf({ updateID, startedAt, endedAt, status, receipt, resourceChanges }: Listed): KnownRun {
  return {
    id: updateID,
    start: Date.parse(startedAt),
    end: endedAt === undefined ? undefined : Date.parse(endedAt),
    status,
    receipt,
    ...(resourceChanges && { changes: resourceChanges }),
  };
}

/** Why a receipt is what it is. */
export async function readReasons({ client, orgName }: Server, updateID: string): Promise<string[]> {
  const params = { orgName, updateID };
  const { receipt } = await client.call("GET /api/quillon/orgs/{orgName}/receipts/{updateID}", { params });
  return (JSON.parse(receipt) as { reasons: string[] }).reasons;
}
