import { ApiError, type Client } from "@quillon/contract/client";
import { beforeEach, expect, test } from "vitest";
import { type Migrated, migrate } from "./migrate.ts";
import { NotRead, type Source, type SourceStack } from "./source.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "theirs" };
const urn = "urn:pulumi:prod::web::a:b:C::c";

let there: SourceStack;
/** What Quillon has of the stack. */
let here: { version: number; tags: Record<string, string>; state?: object } | undefined;
let calls: string[];
/** Called with each route, before it does something. */
let interfere: (route: string) => void;

beforeEach(() => {
  const deployment = {
    resources: [{ urn, outputs: { s: SECRET } }],
    secrets_providers: { type: "service", state: {} },
  };
  there = { state: { version: 3, deployment }, tags: { team: "web" }, version: 7, secretConfig: [] };
  here = undefined;
  calls = [];
  interfere = () => {};
});

const source: Source = {
  kind: "service",
  shown: "https://api.example.com",
  list: async () => [{ name: "old/web/prod", project: "web", stack: "prod" }],
  read: async () => structuredClone(there),
  history: async () => [],
  decrypt: async (_, ciphertexts) => new Map(ciphertexts.map((one) => [one, `plain ${one}`])),
};

/** A server that has one stack at most. */
const client = {
  async call(route: string, { body }: { body?: never }) {
    const what = route.replace("/api/stacks/{orgName}/{projectName}", "");
    calls.push(what);
    interfere(what);
    if (what === "POST ") {
      here = { version: 0, tags: (body as unknown as { tags: Record<string, string> }).tags };
      return {};
    }
    if (!here) throw new ApiError(404, "stack_not_found", "There is no such stack.");
    const now = here;
    const handlers: Record<string, () => unknown> = {
      "GET /{stackName}": () => now,
      "PATCH /{stackName}/tags": () => Object.assign(now, { tags: body }),
      "POST /{stackName}/tags": () => {
        const { name, value } = body as unknown as { name: string; value: string };
        now.tags[name] = value;
      },
      "POST /{stackName}/batch-encrypt": () => {
        const { plaintexts } = body as unknown as { plaintexts: string[] };
        return { ciphertexts: plaintexts.map((one) => `ours of ${one}`) };
      },
      "POST /{stackName}/import": () => Object.assign(now, { version: now.version + 1, state: body }),
    };
    return handlers[what]?.();
  },
} as unknown as Client;

async function run(applies = true, of = source): Promise<string> {
  const target = { client, url: "https://quillon.example.com", orgName: "acme" };
  const { stacks }: Migrated = await migrate({ source: of, target, filter: {}, applies });
  return `${stacks[0]?.status}${stacks[0]?.problem ? `: ${stacks[0].problem}` : ""}`;
}

test("a stack is looked at, and then moved with its tags, its secrets encrypted anew", async () => {
  expect(await run(false)).toBe("move");
  expect(calls).toEqual(["GET /{stackName}"]);
  expect(await run()).toBe("moved");
  expect(here?.tags).toMatchObject({ team: "web", "quillon:moved-from": expect.stringMatching(/^moved 1 /) });
  expect(here?.state).toEqual({
    version: 3,
    deployment: {
      resources: [{ urn, outputs: { s: { ...SECRET, ciphertext: "ours of plain theirs" } } }],
      secrets_providers: {
        type: "service",
        state: { url: "https://quillon.example.com", owner: "acme", project: "web", stack: "prod" },
      },
    },
  });
  expect([await run(), here?.version]).toEqual(["moved", 1]);
});

test("a state by another key is stored as it is", async () => {
  there.state.deployment.secrets_providers = { type: "awskms", state: { k: 1 } };
  expect(await run()).toBe("moved");
  expect(here?.state).toEqual(there.state);
  expect(calls).not.toContain("POST /{stackName}/batch-encrypt");
});

test("of a stack that was only made, only the stack is made", async () => {
  there.state.deployment = {};
  expect([await run(), here?.version]).toEqual(["moved", 0]);
});

test.each(["POST ", "POST /{stackName}/batch-encrypt", "POST /{stackName}/import", "POST /{stackName}/tags"])(
  "when the connection breaks at %s, the next run goes on",
  async (broken) => {
    interfere = (route) => {
      if (route === broken) throw new TypeError("fetch failed");
    };
    await expect(run()).rejects.toThrow("fetch failed");
    interfere = () => {};
    expect(await run()).toBe("moved");
    expect(here?.state).toMatchObject({ version: 3 });
  },
);

test.each<[what: string, change: () => void]>([
  ["has another state", () => Object.assign(there.state.deployment, { resources: [] })],
  ["has another version", () => Object.assign(there, { version: 8 })],
  ["is being updated", () => Object.assign(there, { busy: "update" })],
])("a stack that %s after it was copied is not moved, until it stays the same", async (_, change) => {
  interfere = (route) => {
    if (route === "POST /{stackName}/import") change();
  };
  expect(await run()).toBe("changed");
  expect(here?.tags["quillon:moved-from"]).toMatch(/^begun /);
  interfere = () => {};
  delete there.busy;
  expect(await run()).toBe("moved");
});

test("what Quillon refuses of one stack is said of it", async () => {
  interfere = (route) => {
    if (route === "POST ") throw new ApiError(403, "forbidden", "You may not.");
  };
  expect(await run()).toBe("failed: You may not.");
  interfere = () => {
    throw new ApiError(401, "unauthenticated", "Who are you?");
  };
  await expect(run()).rejects.toThrow("Who are you?");
});

test("a stack that can't be read, or whose project nobody knows, stays where it is", async () => {
  const unread = { ...source, read: async () => Promise.reject(new NotRead("It is damaged.")) };
  expect(await run(true, unread)).toBe("unreadable: It is damaged.");
  there.state.deployment = {};
  const older = { ...source, list: async () => [{ name: "prod", project: undefined, stack: "prod" }] };
  expect(await run(true, older)).toMatch(/^unreadable: Neither its name/);
  expect(calls).toEqual([]);
});

test("a filter that fits no stack is an error, and a source without stacks is none", async () => {
  const target = { client, url: "", orgName: "acme" };
  const of = { target, filter: { stacks: ["dev"] }, applies: false };
  await expect(migrate({ source, ...of })).rejects.toThrow("has such a name. It has, for example, old/web/prod.");
  expect(await migrate({ source: { ...source, list: async () => [] }, ...of })).toEqual({ stacks: [], references: [] });
});
