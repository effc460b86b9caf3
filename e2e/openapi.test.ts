import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPython, pythonWith } from "./harness/python.ts";
import { openWorld, type World } from "./harness/world.ts";

const SEED = process.env.QUILLON_FUZZ_SEED ?? (process.env.CI ? "1" : String(Date.now() % 2 ** 31));
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
].join(",");

/** Schemathesis makes requests from the API's OpenAPI document, valid ones and others, and holds the replies against it. */
describe.skipIf(!hasPython())("the served OpenAPI document", () => {
  let world: World;
  let updateToken: string;

  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `token ${world.adminToken}`, "content-type": "application/json" };
    const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const reply = await fetch(world.server.url + path, { headers, ...sent });
    expect(reply.status).toBe(200);
    return (await reply.json()) as { updateID: string; token: string };
  };

  beforeAll(async () => {
    world = await openWorld();
    await ask("/api/stacks/acme/web", { stackName: "dev" });
    const { updateID } = await ask("/api/stacks/acme/web/dev/update", { metadata: {} });
    updateToken = (await ask(`/api/stacks/acme/web/dev/update/${updateID}`, { journalVersion: 1 })).token;
    writeFileSync(join(world.dir, "openapi.json"), JSON.stringify(await ask("/api/openapi/pulumi-spec.json")));
    const named = { orgName: "acme", projectName: "web", stackName: "dev", updateKind: "update", updateID };
    const parameters = Object.entries(named).map(([name, value]) => `"path.${name}" = "${value}"`);
    writeFileSync(join(world.dir, "schemathesis.toml"), ["[parameters]", ...parameters, ""].join("\n"));
  });

  afterAll(() => world?.close());

  test.each([
    // First, because another request may end the update.
    ["of the routes of a running update", "--include-path-regex updateID", () => `update-token ${updateToken}`],
    // Not of the stream of changes, because OpenAPI 3.1 can describe it only as a whole, and Schemathesis reads each event of it.
    ["of all routes", "--exclude-path-regex '/changes$'", () => `token ${world.adminToken}`],
  ])("says what is answered to any request %s, and none is a 5xx", async (_, which, authorization) => {
    const python = pythonWith("schemathesis==4.32.5");
    const said = await world.admin.ok(
      [
        `${python} -m schemathesis.cli --config-file schemathesis.toml run openapi.json --url ${world.server.url}`,
        `-H "Authorization: ${authorization()}" ${which} --phases fuzzing -n 3 --seed ${SEED} --checks ${CHECKS}`,
        "--continue-on-failure --warnings off --generation-database none",
      ].join(" "),
    );
    expect(said).toMatch(/[1-9]\d* generated, [1-9]\d* passed/);
  });
});
