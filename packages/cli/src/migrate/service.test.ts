import { ApiError, type Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { serviceSource } from "./service.ts";
import { NotRead } from "./source.ts";

/** A service that answers these routes, by the end of their names. */
function sourceOf(answers: Record<string, unknown>, organization?: string) {
  const call = async (route: string) => {
    const [, answer] = Object.entries(answers).find(([end]) => route.endsWith(end)) ?? [];
    if (answer === undefined) throw new ApiError(404, "not_found", "There is none.");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { call } as unknown as Client;
  return serviceSource(client, { url: "https://api.example.com", ...(organization && { organization }) });
}

const stack = { name: "old/web/prod", organization: "old", project: "web", stack: "prod" };
const plain = {
  "/{stackName}": { version: 7, tags: { team: "web" } },
  "/export": { version: 3, deployment: { a: 1 } },
};
const config = { "web:a": { string: "x" }, "web:b": { string: "x", secret: true } };

test.each<[what: string, answers: object, read: object]>([
  ["never updated", {}, { version: 7, tags: { team: "web" }, secretConfig: [] }],
  ["with secrets in its configuration", { "/latest": { info: { config } } }, { secretConfig: ["web:b"] }],
  [
    "that is updated now",
    { "/{stackName}": { version: 7, currentOperation: { kind: "destroy" } } },
    { busy: "destroy", tags: {} },
  ],
  [
    "with an environment",
    { "/{stackName}": { version: 7, config: { environment: "web/e" } } },
    { environment: "web/e" },
  ],
  ["without a state", { "/export": { version: 3, deployment: null } }, { state: { version: 3, deployment: {} } }],
])("a stack %s", async (_, answers, read) => {
  expect(await sourceOf({ ...plain, ...answers }).read(stack)).toMatchObject(read);
});

test("what a service refuses of a stack is of that stack, but not that it does not know who asks", async () => {
  const refusing = (status: number) => sourceOf({ ...plain, "/export": new ApiError(status, "x", "No.") }).read(stack);
  await expect(refusing(403)).rejects.toThrow(new NotRead("No."));
  await expect(refusing(401)).rejects.toThrow(ApiError);
});

test("of several organizations one must be named", async () => {
  const of = (...orgs: string[]) => ({
    "/stacks": { stacks: orgs.map((orgName) => ({ orgName, projectName: "web", stackName: "prod" })) },
  });
  expect(await sourceOf(of("old")).list()).toEqual([stack]);
  await expect(sourceOf(of("old", "new")).list()).rejects.toThrow("new, old. Name one of them with --from-org.");
});
