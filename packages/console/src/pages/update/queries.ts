import { ApiError } from "@quillon/contract/client";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Run } from "../../shared/runs.tsx";

/** A run by the names in its path: of its stack, and its id or the version that it made. */
export interface RunName {
  orgName: string;
  projectName: string;
  stackName: string;
  updateID: string;
}

const AT_LEAST_EACH = 30_000;
/** In milliseconds. A receipt is made soon after its run has ended. */
const RECEIPT_COMES_WITHIN = 60_000;

/** Requests with which what is new in a run is read, at most. Each brings up to 1,000 events. */
const PARTS = 10;

const isRunning = ({ status }: Run) => status === "running";

export const runQuery = (params: RunName) =>
  queryOptions({
    queryKey: ["run", params],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}", { params }),
    // The server tells of the newest runs of a stack. An older one may still go on.
    refetchInterval: ({ state: { data } }) => (data && goesOn(data) ? AT_LEAST_EACH : false),
  });

/** Whether more may come of the run. */
export const goesOn = (run: Run) => isRunning(run) || awaitsReceipt(run);

function awaitsReceipt({ receipt, kind, endedAt }: Run): boolean {
  if (receipt || !endedAt || kind === "import" || kind === "rename") return false;
  return Date.now() - Date.parse(endedAt) < RECEIPT_COMES_WITHIN;
}

/** What the engine said of one kind, as far as it was read. */
interface EventsRead {
  events: unknown[];
  /** Where to read on; null when there is no more. */
  next: string | null | undefined;
}

/** To read it again is to read what comes after what was read. Events may have come late, so once the run has ended all is read. */
export const eventsQuery = (params: RunName, run: Run, payload: Payload) =>
  queryOptions({
    // The status is a part of the key, so that what a run reported last is read once more when it has ended.
    queryKey: ["run", params, payload, run.status],
    async queryFn({ client, queryKey }): Promise<EventsRead> {
      let { events, next } = client.getQueryData<EventsRead>(queryKey) ?? { events: [], next: undefined };
      for (let part = 0; part < PARTS && next !== null; part += 1) {
        const read = await readEvents(params, payload, next);
        next = read.continuationToken;
        events = [...events, ...read.events];
        if (!isRunning(run) || read.events.length === 0) break;
      }
      return { events, next };
    },
    placeholderData: keepPreviousData,
    staleTime: isRunning(run) ? 0 : Number.POSITIVE_INFINITY,
  });

type Payload = "diagnosticEvent" | "policyRemediationEvent" | "summaryEvent";

const readEvents = (params: RunName, payload: Payload, continuationToken: string | undefined) =>
  api.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/events", {
    params,
    query: { payload, ...(continuationToken && { continuationToken }) },
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
