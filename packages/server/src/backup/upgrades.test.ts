import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { claimBlobs } from "../actions/claim-blobs.ts";
import { diskBlobs } from "../blobs/disk.ts";
import { claimInstance } from "../db/instance.ts";
import { migrate, migrateTo } from "../db/migrate.ts";
import { buildApp } from "../http/app.ts";
import { deriveKeys } from "../keys.ts";
import { Metrics } from "../metrics.ts";
import { Sender } from "../outbound/sender.ts";
import { findUserId, insertToken, newToken } from "../people/index.ts";
import { FACTS, KEEPING_STACKS } from "../testing/app.ts";
import { inThisThread } from "../testing/database.ts";
import { SECRET, UPGRADE_FOLDER, UPGRADE_KEY, writeUpgradeBackup } from "../testing/upgrade-content.ts";
import { openWorkers } from "../testing/workers.ts";
import { fill } from "./restore.ts";
import { verify } from "./verify.ts";

if (process.env.QUILLON_WRITE_UPGRADE) await writeUpgradeBackup(manifest.version);
const files = (await readdir(UPGRADE_FOLDER)).filter((name) => name.endsWith(".backup"));

test("this version has left a backup, and none is large", async () => {
  expect(files).toContain(`${manifest.version}.backup`);
  for (const file of files) expect((await stat(join(UPGRADE_FOLDER, file))).size, file).toBeLessThanOrEqual(200_000);
});

test.each(files)("%s is restored and brought to this version, and all of it can be read", async (name) => {
  const send = await restored(name);
  const { stacks } = await send("GET /api/user/stacks?organization=acme");
  expect(stacks).toHaveLength(1);
  await readStack(stacks[0].stackName);
  const groups = (await send("GET /api/orgs/acme/policygroups")).policyGroups;
  expect(groups.map((group: { name: string }) => group.name)).toContain("platform");
  const conditions = [{ colId: "policyName", filter: "length", filterType: "text", type: "equals" }];
  const filterModel = { type: "AND", conditions };
  const { policyIssues } = await send("POST /api/orgs/acme/policyresults/issues", { filterModel });
  expect(policyIssues).toMatchObject([{ policyName: "length" }]);
  const [removed] = (await send("GET /api/quillon/orgs/acme/deleted-stacks")).stacks;
  await send(`POST /api/quillon/orgs/acme/deleted-stacks/${removed.id}/restore`);
  await readStack(removed.stack);

  async function readStack(stack: string) {
    const path = `/api/stacks/acme/web/${stack}`;
    const { deployment } = await send(`GET ${path}/export`);
    const { ciphertext } = deployment.resources[1].inputs.secret;
    const { plaintext } = await send(`POST ${path}/decrypt`, { ciphertext });
    expect(Buffer.from(plaintext, "base64").toString()).toBe(SECRET);
    expect((await send(`GET ${path}/updates`)).updates).toHaveLength(2);
  }
});

/** @returns what asks a server on it, as its administrator. */
async function restored(name: string) {
  const folder = await mkdtemp(join(tmpdir(), "quillon-upgrade-"));
  const pglite = await PGlite.create();
  const { db, destroy } = inThisThread(pglite);
  onTestFinished(async () => {
    await destroy();
    await pglite.close();
    await rm(folder, { recursive: true, force: true });
  });
  const file = join(UPGRADE_FOLDER, name);
  const backup = await verify(file);
  await migrateTo(db, backup.manifest.schema);
  await fill(db, folder, file, backup);
  await migrate(db);
  // A deleted stack can be restored for 30 days, and a backup stays for years.
  await sql`update deleted_stacks set deleted_at = now()`.execute(db);
  const blobs = diskBlobs(folder);
  await claimBlobs({ db, blobs });
  const keys = deriveKeys(await claimInstance(db, UPGRADE_KEY));
  const limits = { json: 1e6, pack: 1e8, state: 1e8, secret: 1e8, archive: 1e8, entries: 1e5, requests: 1e9 };
  const parts = { sender: new Sender({ allowed: [] }), workers: openWorkers(), metrics: new Metrics({ version: "0" }) };
  const app = buildApp(
    { db, blobs, keys, limits, ...parts, server: { ...FACTS, ...KEEPING_STACKS } },
    { logLevel: "silent" },
  );
  onTestFinished(() => app.close());
  const token = newToken();
  const userId = (await findUserId(db, "admin")) ?? "";
  await insertToken(db, { userId, token, description: "a test" });
  return async (request: string, body?: object) => {
    const [method, url] = request.split(" ");
    const answer = await app.inject({
      method: method as "GET",
      url: url ?? "",
      headers: { authorization: `token ${token}` },
      ...(body && { payload: body }),
    });
    expect(answer.statusCode, `${request}: ${answer.body}`).toBe(200);
    return answer.json();
  };
}
