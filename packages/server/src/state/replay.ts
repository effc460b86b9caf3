import { hash } from "node:crypto";
import { newError } from "@quillon/contract";
import { type JournalEntry, MOST_REBUILT } from "./journal-entry.ts";
import { migrated } from "./migrate.ts";
import { withoutAliases, withoutDangling } from "./references.ts";
import { Steps } from "./steps.ts";
import { StoredObject } from "./stored-resource.ts";

/** What a state says of where it comes from. */
export interface Origin {
  /** RFC 3339. */
  time: string;
  /** Of the engine. Undefined when nobody knows. */
  version: string | undefined;
}

/**
 * The state that the entries of a journal make of the one that they began with, as the CLI itself does it:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/journal.go. An entry may name what is not there, when one before it was
 * never sent, because the engine was killed: then it changes nothing, and so does a migration of states that does not fit.
 *
 * @param base the text `{"version":N,"features":[…],"deployment":{…}}`.
 * @param entries in the order of their numbers.
 * @returns the new text, in pieces.
 * @throws journal_refused when the base is rebuilt more often than may be stored, because requests were faster than the count.
 */
export function replay(base: Buffer, entries: Iterable<JournalEntry>, origin: Origin): Replayed {
  return written(journalOf(base, entries).made(), origin);
}

/** Whether each migration of states fits what the entries before it have made. Parameters and errors are those of `replay`. */
export function fits(base: Buffer, entries: Iterable<JournalEntry>): boolean {
  return journalOf(base, entries).fits;
}

function journalOf(base: Buffer, entries: Iterable<JournalEntry>): Journal {
  const state = StoredObject.of(base);
  const journal = new Journal(deploymentOf(state.object("deployment")), state.texts("features").includes(BYTES));
  for (const entry of entries) journal.add(entry);
  return journal;
}

export interface Replayed {
  pieces: Buffer[];
  resourceCount: number;
}

interface Deployment {
  manifest: StoredObject | undefined;
  resources: readonly StoredObject[];
  pending: readonly StoredObject[];
  secretsProviders: Buffer | undefined;
  metadata: Buffer | undefined;
  snippets: readonly StoredObject[];
  extensions: ReadonlyMap<string, Buffer>;
  features: ReadonlySet<string>;
}

const BYTES = "byteString";

function deploymentOf(sent: StoredObject | undefined): Deployment {
  const extensions = sent?.object("extensions");
  return {
    manifest: sent?.object("manifest"),
    resources: sent?.objects("resources") ?? [],
    pending: sent?.objects("pending_operations") ?? [],
    secretsProviders: sent?.json("secrets_providers"),
    metadata: sent?.json("metadata"),
    snippets: sent?.objects("snippets") ?? [],
    extensions: new Map(extensions?.keys().map((key) => [key, extensions.json(key) ?? Buffer.from("null")])),
    features: new Set(),
  };
}

class Journal {
  #base: Deployment;
  /** Strings of other bytes than UTF-8 may be in secrets, where only who encrypted them sees them. */
  #hasBytes: boolean;
  #isRefresh = false;
  #rebuilt = 0;
  #steps = new Steps();
  #fits = true;

  constructor(base: Deployment, hasBytes: boolean) {
    this.#base = base;
    this.#hasBytes = hasBytes;
  }

  add(entry: JournalEntry): void {
    const { sent } = entry;
    if (sent.isTrue("requiresByteString")) this.#hasBytes = true;
    switch (entry.kind) {
      case "begin":
        this.#steps.begin(entry);
        break;
      case "success":
        this.#steps.succeed(entry);
        if (sent.isTrue("isRefresh")) this.#isRefresh = true;
        break;
      case "refresh-success":
        this.#steps.refresh(entry);
        this.#isRefresh = true;
        break;
      case "failure":
        this.#steps.begun.delete(entry.operation);
        break;
      case "outputs":
        this.#steps.replace(entry);
        break;
      case "extension-parameterize":
        this.#steps.extensions.set(sent.text("extensionRef"), sent.json("extension") ?? Buffer.from("null"));
        break;
      case "write":
        this.#base = deploymentOf(sent.object("newSnapshot"));
        break;
      case "secrets-manager":
        this.#base = { ...this.#base, secretsProviders: sent.json("secretsProvider") };
        break;
      case "snippets":
        this.#base = { ...this.#base, snippets: sent.objects("snippets") };
        break;
      case "rebuilt-base-state":
        if (++this.#rebuilt > MOST_REBUILT)
          throw newError("journal_refused", { problem: "rebuilt", most: MOST_REBUILT });
        this.#base = this.made();
        this.#steps = new Steps();
        break;
      case "state-migration":
        this.#fits = this.#migrate(sent) && this.#fits;
        break;
    }
  }

  /** Whether all migrations of states did. */
  get fits(): boolean {
    return this.#fits;
  }

  /** As the CLI itself does it: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/journal_state_migration.go */
  #migrate(sent: StoredObject): boolean {
    const base = this.#base;
    const steps = this.#steps;
    if (base.pending.length > 0 || steps.begun.size > 0) return false;
    const to = migrated(sent, base.resources, (ref) => base.extensions.has(ref) || steps.extensions.has(ref));
    if (!to || ![...to.ofMade.keys()].every((operation) => steps.has(operation))) return false;
    this.#base = { ...base, resources: to.resources };
    steps.move(to);
    return true;
  }

  made(): Deployment {
    const base = this.#base;
    const resources = [...this.#steps.made(), ...this.#steps.left(base.resources)];
    const pending = [
      ...this.#steps.begun.values(),
      // A resource that may have been made stays known until somebody looks.
      ...base.pending.filter((operation) => operation.text("type") === "creating"),
    ];
    const all = [...resources, ...pending.flatMap((operation) => operation.object("resource") ?? [])];
    const features = new Set(all.flatMap(featuresOf));
    if (this.#hasBytes && all.length > 0) features.add(BYTES);
    if (base.snippets.length > 0) features.add("snippets-prototype");
    const { resources: normal, fix } = withoutAliases(this.#isRefresh ? withoutDangling(resources) : resources);
    const extensions = new Map([...this.#steps.extensions, ...base.extensions]);
    const snippets = base.snippets.map((snippet) => withReferences(snippet, fix));
    return { ...base, resources: normal, pending, features, extensions, snippets };
  }
}

/** What a CLI must know to read a resource: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/stack/deployment.go#L161 */
function featuresOf(resource: StoredObject): string[] {
  const features: string[] = [];
  if (resource.isTrue("refreshBeforeUpdate")) features.push("refreshBeforeUpdate");
  if (resource.text("viewOf") !== "") features.push("views");
  if ((resource.object("resourceHooks")?.keys().length ?? 0) > 0) features.push("hooks");
  if (resource.isTrue("taint")) features.push("taint");
  if (resource.texts("replaceWith").length > 0) features.push("replaceWith");
  if (resource.text("extensionRef") !== "") features.push("extensionParameterization");
  if (resource.text("snippetID") !== "") features.push("snippets-prototype");
  return features;
}

function withReferences(snippet: StoredObject, fix: (urn: string) => string): StoredObject {
  const references = snippet.object("references");
  if (!references?.keys().some((key) => fix(references.text(key)) !== references.text(key))) return snippet;
  const fixed = references.keys().map((key) => [key, fix(references.text(key))]);
  return snippet.with({ references: Object.fromEntries(fixed) });
}

/** In the order of the CLI. A CLI that knows none of the features reads version 3. */
function written(made: Deployment, origin: Origin): Replayed {
  const features = [...made.features].sort();
  const head = `{"version":${features.length > 0 ? 4 : 3},${features.length > 0 ? `"features":${JSON.stringify(features)},` : ""}`;
  const pieces: Buffer[] = [Buffer.from(`${head}"deployment":{"manifest":${JSON.stringify(manifestOf(made, origin))}`)];
  const add = (key: string, value: Buffer | undefined) => {
    if (value) pieces.push(Buffer.from(`,"${key}":`), value);
  };
  const list = (key: string, all: readonly StoredObject[]) => {
    if (all.length === 0) return;
    pieces.push(Buffer.from(`,"${key}":[`));
    all.forEach((one, index) => {
      if (index > 0) pieces.push(Buffer.from(","));
      pieces.push(one.bytes);
    });
    pieces.push(Buffer.from("]"));
  };
  add("secrets_providers", made.secretsProviders);
  list("resources", made.resources);
  list("pending_operations", made.pending);
  add("metadata", made.metadata ?? Buffer.from("{}"));
  list("snippets", made.snippets);
  if (made.extensions.size > 0)
    add("extensions", StoredObject.of(Buffer.from("{}")).with(Object.fromEntries(made.extensions)).bytes);
  pieces.push(Buffer.from("}}"));
  return { pieces, resourceCount: made.resources.length };
}

function manifestOf({ manifest }: Deployment, { time, version = manifest?.text("version") ?? "" }: Origin): object {
  return { time, magic: version === "" ? "" : hash("sha256", version), version };
}
