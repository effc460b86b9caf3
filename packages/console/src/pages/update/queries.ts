import { ApiError } from "@quillon/contract/client";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Run } from "../../shared/runs.tsx";

/** A run by the names in its path: of its stack, and its id or the version that it made. */
export interface RunName {
  orgName: string;
  projectName: string;
  stackName: string;
  updateID: string;
}

export const WHILE_RUNNING = 2000;
/** In milliseconds. A receipt is made soon after its run has ended. */
const RECEIPT_COMES_WITHIN = 60_000;

export const isRunning = ({ status }: Run) => status === "running";

export const runQuery = (params: RunName) =>
  queryOptions({
    queryKey: ["run", params],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}", { params }),
    refetchInterval: ({ state: { data } }) =>
      data && (isRunning(data) || awaitsReceipt(data)) ? WHILE_RUNNING : false,
  });

function awaitsReceipt({ receipt, kind, endedAt }: Run): boolean {
  if (receipt || !endedAt || kind === "import" || kind === "rename") return false;
  return Date.now() - Date.parse(endedAt) < RECEIPT_COMES_WITHIN;
}

/** What the engine said of one kind, as far as it was read. */
export const eventsQuery = (
  params: RunName,
  run: Run,
  payload: "diagnosticEvent" | "policyRemediationEvent" | "summaryEvent",
) =>
  infiniteQueryOptions({
    // The status is a part of the key, so that what a run reported last is read once more when it has ended.
    queryKey: ["run", params, payload, run.status],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/events", {
        params,
        query: { payload, ...(continuationToken && { continuationToken }) },
      }),
    initialPageParam: undefined as string | undefined,
    // While the run goes on there is always a next page, which may be empty.
    getNextPageParam: ({ events, continuationToken }) => (events.length > 0 && continuationToken) || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: isRunning(run) && WHILE_RUNNING,
  });

export const exceptionsQuery = (params: RunName) =>
  queryOptions({
    queryKey: ["run", params, "exceptions"],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/exceptions", {
        params,
      }),
  });

/** What a receipt says, as far as this page shows it. Receipts of earlier versions have less. */
export interface ReceiptText {
  says: string;
  reasons: string[];
  client?: {
    login: string | null;
    address: string | null;
    token?: { name: string | null };
    commit: string | null;
    dirty?: boolean;
    pulumi: string | null;
  };
  packs?: {
    pack: string;
    version: number;
    tag: string | null;
    archiveSha256: string | null;
    configSha256: string | null;
    analysed: number;
    stackAnalysed: boolean;
    unanalysed: { count: number; first: string[] };
  }[];
  resources?: number;
  states?: { changed?: number; notCompared?: string };
  events?: { received?: number; missing: number; ended: boolean };
  made: string;
}

/** Undefined when there is none. */
export const receiptQuery = (orgName: string, run: Run) =>
  queryOptions({
    queryKey: ["run", run.updateID, "receipt", run.receipt ?? ""],
    async queryFn(): Promise<{ text: ReceiptText; signature: string } | null> {
      try {
        const { receipt, signature } = await api.call("GET /api/quillon/orgs/{orgName}/receipts/{updateID}", {
          params: { orgName, updateID: run.updateID },
        });
        return { text: JSON.parse(receipt) as ReceiptText, signature };
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
