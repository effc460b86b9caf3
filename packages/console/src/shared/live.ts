import { useDocumentVisibility } from "@mantine/hooks";
import { pathOf } from "@quillon/contract/client";
import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

/** What the server tells of a stack: something may have changed, a run was started or has ended, or a run has new events. */
export type Change = { kind: "start" } | { kind: "run" | "events"; updateID: string };

interface Stack {
  orgName: string;
  projectName: string;
  stackName: string;
}

/** When the server can't tell, is read so often, and asked again whether it can. */
const SLOWLY_MS = 12_000;
const SHORTEST_MS = 1000;
/** What takes long to read is read less often: after so many times the time that it took. */
const PAUSE = 4;

/**
 * Keeps a page that shows a stack, or a run of it, as it is now: on each change that the server tells, reads the queries again whose keys
 * begin with one of `keysOf`. A page that is not to be seen is told nothing, because a browser has few connections to a host.
 *
 * @param stack none while nothing can change.
 */
export function useLive(stack: Stack | undefined, keysOf: (change: Change) => readonly QueryKey[]): void {
  const queries = useQueryClient();
  const isSeen = useDocumentVisibility() === "visible";
  const keys = useEffectEvent(keysOf);
  const path =
    stack &&
    pathOf("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/changes", {
      orgName: stack.orgName,
      projectName: stack.projectName,
      stackName: stack.stackName,
    });
  useEffect(() => {
    if (path === undefined || !isSeen) return;
    const { readAgain, stop } = inTurn((key) => readKey(queries, key));
    const leave = follow(path, {
      changed: (change) => readAgain(keys(change)),
      // What is shown is not theirs to see any more. The requests that fail now say why, or ask who is there.
      ended: () => void keys({ kind: "start" }).map((queryKey) => queries.resetQueries({ queryKey })),
    });
    return () => {
      leave();
      stop();
    };
  }, [path, isSeen, queries]);
}

async function readKey(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  // What was asked before the change may be answered with what was before it.
  const isAsked = queries.isFetching({ queryKey }) > 0;
  await queries.invalidateQueries({ queryKey });
  if (isAsked) await queries.invalidateQueries({ queryKey });
}

/** @returns ends it. */
export function follow(path: string, told: { changed: (change: Change) => void; ended: () => void }): () => void {
  let isTold = false;
  const leave = () => {
    clearInterval(slowly);
    source.close();
  };
  const open = () => {
    const source = new EventSource(path);
    source.addEventListener("start", ({ data }) => {
      isTold = true;
      if (JSON.parse(data).missed) told.changed({ kind: "start" });
    });
    for (const kind of ["run", "events"] as const)
      source.addEventListener(kind, ({ data }) => told.changed({ kind, updateID: JSON.parse(data).updateID }));
    source.addEventListener("end", () => {
      leave();
      told.ended();
    });
    source.addEventListener("error", () => {
      isTold = false;
      // Refused. Else the browser connects again by itself.
      if (source.readyState === EventSource.CLOSED) told.changed({ kind: "start" });
    });
    return source;
  };
  let source = open();
  const slowly = setInterval(() => {
    if (isTold) return;
    if (source.readyState === EventSource.CLOSED) source = open();
    else told.changed({ kind: "start" });
  }, SLOWLY_MS);
  return leave;
}

/** Reads what has changed, at most once a second and one time after the other: what changes meanwhile waits until then. */
export function inTurn(read: (key: QueryKey) => Promise<unknown>) {
  const waiting = new Map<string, QueryKey>();
  let isReading = false;
  let isStopped = false;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const next = async () => {
    if (isReading || isStopped || waiting.size === 0) return;
    isReading = true;
    const keys = [...waiting.values()];
    waiting.clear();
    const began = performance.now();
    await Promise.allSettled(keys.map(read));
    const after = Math.max(SHORTEST_MS, PAUSE * (performance.now() - began));
    if (isStopped) return;
    pause = setTimeout(() => {
      isReading = false;
      void next();
    }, after);
  };
  return {
    readAgain(keys: readonly QueryKey[]): void {
      for (const key of keys) waiting.set(JSON.stringify(key), key);
      void next();
    },
    stop(): void {
      isStopped = true;
      clearTimeout(pause);
    },
  };
}
