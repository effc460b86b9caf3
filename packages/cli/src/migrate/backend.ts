import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { JsonText } from "@quillon/contract/client";
import type { Backend } from "../scan/backend.ts";
import { listStacks } from "../scan/listing.ts";
import { type Pulumi, PulumiFailed } from "../scan/pulumi.ts";
import { NotRead, type Source, type SourceStack } from "./source.ts";
import type { Untyped } from "./state.ts";
import type { Tags } from "./tags.ts";

/** Entries of a history that the CLI prints at once. */
const PAGE = 100;

/** A bucket or a folder, which the Pulumi CLI reads. */
export function backendSource(pulumi: Pulumi, backend: Backend): Source {
  return {
    kind: "backend",
    shown: backend.known,
    list: async () => (await listStacks(pulumi, backend)).stacks,
    read: ({ name }) => readStack(pulumi, name, backend),
    history: ({ name }) => readHistory(pulumi, name),
  };
}

async function readStack(pulumi: Pulumi, name: string, { folder }: Backend): Promise<SourceStack> {
  const busy = folder && (await isLocked(folder, name)) ? "update" : undefined;
  const state = (await printed(pulumi, ["stack", "export", "--stack", name])) as Untyped;
  if (typeof state?.deployment !== "object" || state.deployment === null)
    throw new NotRead("The Pulumi CLI has not printed a state.");
  const tags = await printed(pulumi, ["stack", "tag", "ls", "--json", "--stack", name]).catch((error: unknown) => {
    if (!(error instanceof NotRead)) throw error;
    return error;
  });
  return {
    state,
    ...(tags instanceof NotRead ? { tags: {}, tagsProblem: tags.message } : { tags: (tags ?? {}) as Tags }),
    ...(busy && { busy }),
    secretConfig: [],
  };
}

/** Whether an update has locked a stack of a folder. The locks of buckets can't be seen by the CLI. */
async function isLocked(folder: string, name: string): Promise<boolean> {
  const locks = await readdir(join(folder, ".pulumi", "locks", ...name.split("/"))).catch(() => []);
  return locks.some((file) => file.endsWith(".json"));
}

async function readHistory(pulumi: Pulumi, name: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const paged = ["--page-size", String(PAGE), "--page", String(page)];
    const list = await printed(pulumi, [
      "stack",
      "history",
      "--json",
      "--show-secrets=false",
      "--stack",
      name,
      ...paged,
    ]);
    if (!Array.isArray(list)) throw new NotRead("The Pulumi CLI has not printed a history.");
    all.push(...list);
    if (list.length < PAGE) return all;
  }
}

/** What the CLI prints as JSON. @throws NotRead with its words. */
async function printed(pulumi: Pulumi, args: readonly string[]): Promise<unknown> {
  try {
    return JsonText.parse((await pulumi(args)).toString());
  } catch (error) {
    if (error instanceof PulumiFailed) throw new NotRead(error.message, { cause: error });
    if (error instanceof SyntaxError) throw new NotRead("The Pulumi CLI has not printed JSON.", { cause: error });
    throw error;
  }
}
