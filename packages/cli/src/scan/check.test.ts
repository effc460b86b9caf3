import { ApiError, type Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { checkStack, projectIn } from "./check.ts";
import { PulumiFailed } from "./pulumi.ts";

const state = JSON.stringify({
  version: 3,
  deployment: {
    resources: [{ urn: "urn:pulumi:dev::pets::pulumi:pulumi:Stack::pets-dev", type: "pulumi:pulumi:Stack" }],
  },
});

test.each([
  [state, "pets"],
  ['{"version":3,"deployment":{"resources":[]}}', undefined],
  ["", undefined],
])("the project in %s", (text, project) => {
  expect(projectIn(Buffer.from(text))).toBe(project);
});

const pulumi = async () => Buffer.from(state);
const fetch = () => Promise.reject(new Error("The archive can't be fetched."));
const pack = { name: "names", version: 1, versionTag: "1.0.0", displayName: "", packLocation: "", environments: [] };
const dev = { name: "organization/pets/dev", project: "pets", stack: "dev" };
const known = { project: "pets", stack: "dev", here: { project: "pets", stack: "dev-2" }, since: "" };

/** A server that answers this to each question. */
function serverOf(answer: object | Error, asked: unknown[] = []) {
  const call = async (...request: unknown[]) => {
    asked.push(request);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: { call } as unknown as Client, orgName: "acme" };
}

test("a stack that is known is asked for by its name in Quillon, and one that is not by its own, of which nothing is stored", async () => {
  const asked: unknown[] = [];
  const server = serverOf({ requiredPolicies: [] }, asked);
  expect(await checkStack(dev, known, { pulumi, server, fetch })).toMatchObject({
    packs: [],
    results: [],
    stored: true,
  });
  await checkStack({ name: "dev", project: undefined, stack: "dev" }, undefined, { pulumi, server, fetch });
  const params = { orgName: "acme", projectName: "pets", stackName: "dev-2" };
  expect(asked).toEqual([
    ["GET /api/stacks/{orgName}/{projectName}/{stackName}/tags", { params }],
    ["GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks", { params }],
    [
      "PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check",
      { params, body: { packs: [], results: [], leftOut: 0 } },
    ],
    [
      "GET /api/quillon/orgs/{orgName}/elsewhere/policypacks",
      { params: { orgName: "acme" }, query: { project: "pets", stack: "dev" } },
    ],
  ]);
});

test.each<[what: string, more: Partial<Parameters<typeof checkStack>[2]>, problem: RegExp]>([
  ["its state", { pulumi: () => Promise.reject(new PulumiFailed("no state")) }, /^no state$/],
  ["its name", { server: serverOf(new ApiError(400, "invalid_input", "The stack's name.")) }, /^The stack's name\.$/],
  ["a pack", {}, /^The archive can't be fetched\.$/],
  [
    "a pack with environments",
    { server: serverOf({ requiredPolicies: [{ ...pack, environments: ["prod"] }] }) },
    /configured with Pulumi ESC environments/,
  ],
])("a stack can't be checked because of %s", async (_, more, problem) => {
  const server = serverOf({ requiredPolicies: [pack] });
  const check = await checkStack(dev, undefined, { pulumi, server, fetch, ...more });
  expect(check).toEqual({ packs: [], results: [], problem: expect.stringMatching(problem) });
});

test.each([new TypeError("fetch failed"), new ApiError(401, "unauthorized", "No.")])(
  "that the server can't be asked ends all: %s",
  async (error) => {
    await expect(checkStack(dev, undefined, { pulumi, server: serverOf(error), fetch })).rejects.toBe(error);
  },
);
