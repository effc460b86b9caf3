import { ApiError } from "@quillon/contract/client";
import { errorMessage } from "../error-message.ts";
import type { StackParams } from "../stack-params.ts";
import { decide, type Secrets, type Status, secretsFrom } from "./decide.ts";
import { type ListedSource, NotRead, type Source, type SourceStack } from "./source.ts";
import { digestOf, factsOf, isEmpty, type StateFacts } from "./state.ts";
import { tagsToMove } from "./tags.ts";
import { begin, encryptedHere, end, findHere, type Here, importHere, type Target } from "./target.ts";

/** What is said of a stack. */
export interface MovedStack {
  /** As the source names it. */
  from: string;
  project?: string;
  stack: string;
  status: Status;
  secrets: Secrets;
  /** What encrypts them where the stack comes from, such as `service` or `awskms`. */
  provider?: string;
  resources: number;
  references: string[];
  /** The names of tags that can't come along. */
  tagsLeft: string[];
  /** The names of secrets in its configuration, which the source's key has encrypted. */
  secretConfig: string[];
  environment?: string;
  /** Why it is not moved, or not whole. */
  problem?: string;
}

export interface Moving {
  source: Source;
  target: Target;
  /** Whether stacks are moved, and not only looked at. */
  applies: boolean;
}

/**
 * Looks at a stack, and moves it if nothing is in the way. What it has begun, the next run goes on with.
 *
 * @throws Error when the source or Quillon does not answer, or knows the caller no more: then nothing can be said of any stack.
 */
export async function moveStack(listed: ListedSource, moving: Moving): Promise<MovedStack> {
  const { source, target, applies } = moving;
  let read: SourceStack;
  try {
    read = await source.read(listed);
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    return { ...unread(listed), problem: error.message };
  }
  const facts = factsOf(read.state);
  const project = listed.project ?? facts.project;
  if (project === undefined)
    return { ...unread(listed), problem: "Neither its name nor its state says of which project it is." };
  const params = { orgName: target.orgName, projectName: project, stackName: listed.stack };
  const told = tell(listed, { read, facts, project, source });
  try {
    const from = `${source.shown} ${listed.name}`;
    const here = await findHere(target.client, params);
    const digest = digestOf(read.state);
    const status = decide({
      ...{ from, digest, isBusy: read.busy !== undefined, secrets: told.secrets },
      ...(here && { here }),
    });
    const ready = status === "move" || status === "again";
    if (!applies || !ready) return { ...told, status };
    return {
      ...told,
      ...(await copy({ ...{ listed, read, facts, digest, from, params }, ...(here && { here }) }, moving)),
    };
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof NotRead) || (error as ApiError).status === 401) throw error;
    return { ...told, status: "failed", problem: errorMessage(error) };
  }
}

function unread({ name, project, stack }: ListedSource): MovedStack {
  const nothing = { secrets: "none" as const, resources: 0, references: [], tagsLeft: [], secretConfig: [] };
  return { from: name, ...(project !== undefined && { project }), stack, status: "unreadable", ...nothing };
}

interface Looked {
  read: SourceStack;
  facts: StateFacts;
  project: string;
  source: Source;
}

function tell({ name, stack }: ListedSource, { read, facts, project, source }: Looked): MovedStack {
  const { environment, secretConfig, tagsProblem } = read;
  const secrets = secretsFrom(source.kind, facts);
  return {
    ...{ from: name, project, stack, status: "move", secrets },
    ...(facts.provider && { provider: facts.provider.type }),
    ...{ resources: facts.resources, references: facts.references, tagsLeft: tagsToMove(read.tags).left },
    // Those by a passphrase or a KMS stay as they are, like those of the state.
    secretConfig: secrets === "kept" ? [] : secretConfig,
    ...(environment && { environment }),
    ...(tagsProblem && { problem: `Its tags can't be read: ${tagsProblem}` }),
  };
}

interface Copy {
  listed: ListedSource;
  read: SourceStack;
  facts: StateFacts;
  digest: string;
  from: string;
  params: StackParams;
  here?: Here;
}

async function copy(
  { listed, read, facts, digest, from, params, here }: Copy,
  { source, target }: Moving,
): Promise<{ status: Status }> {
  const { client } = target;
  const plaintexts =
    facts.ciphertexts.length > 0 && secretsFrom(source.kind, facts) === "anew"
      ? await source.decrypt?.(listed, facts.ciphertexts)
      : undefined;
  await begin(client, params, { here, tags: tagsToMove(read.tags).tags, from });
  if (!isEmpty(facts) || here) {
    const isByService = facts.provider?.type === "service";
    const secrets = { state: read.state, plaintexts: plaintexts ?? new Map<string, string>() };
    await importHere(client, params, isByService ? await encryptedHere(target, params, secrets) : read.state);
  }
  const after = await source.read(listed);
  const isSame = after.busy === undefined && after.version === read.version && digestOf(after.state) === digest;
  if (!isSame) return { status: "changed" };
  await end(client, params, { digest, from });
  return { status: "moved" };
}
