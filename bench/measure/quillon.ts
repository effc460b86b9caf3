import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostgres, startPostgres } from "../../tools/postgres.ts";
import { archiveOf, type startQuillonClient } from "./client.ts";
import { type Running, start } from "./process.ts";

/** Of the first admin. */
export const TOKEN = "bench-token";

/** Starts the built server, on the embedded database unless the settings name another one, and removes what it stored. */
export async function withQuillon(
  settings: Record<string, string>,
  work: (server: Running) => Promise<void>,
): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "quillon-bench-"));
  const env = { ...process.env, ...settings, QUILLON_BOOTSTRAP_TOKEN: TOKEN, QUILLON_RATE_LIMIT: "1000000" };
  const args = ["packages/cli/dist/quillon.js", "server", "--data", data, "--listen", "127.0.0.1:0"];
  const server = await start(args, /listens on (\S+)/, { env });
  try {
    await work(server);
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
}

/** The same on a PostgreSQL server of its own. Says so where none is installed. */
export async function withQuillonOnPostgres(
  work: (server: Running, databaseUrl: string) => Promise<void>,
): Promise<void> {
  const programs = findPostgres();
  if (!programs) return console.log("PostgreSQL is not installed, so nothing is measured on it.");
  const postgres = await startPostgres(programs);
  const settings = { QUILLON_DATABASE_URL: postgres.url, QUILLON_MASTER_KEY: randomBytes(32).toString("base64") };
  await withQuillon(settings, (server) => work(server, postgres.url)).finally(() => postgres.stop());
}

/** Disconnects also after an error, because the end of PostgreSQL would be another one, which hides it. */
export async function withDatabase(
  connectionString: string,
  work: (database: pg.Client) => Promise<void>,
): Promise<void> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  await work(database).finally(() => database.end());
}

/** Publishes a pack with these policies, under the name that the recorded events have, and enables it for all stacks. */
export async function requirePack(
  { json, put, send }: ReturnType<typeof startQuillonClient>,
  named: readonly { name: string; description?: string }[],
): Promise<void> {
  const policies = named.map((policy) => ({
    displayName: "",
    description: "",
    message: "",
    enforcementLevel: "advisory",
    ...policy,
  }));
  const packs = "/api/orgs/acme/policypacks";
  const reserved = await json("POST", packs, { name: "pets", displayName: "pets", versionTag: "1.0.0", policies });
  await put(reserved.uploadURI, await archiveOf(1_000));
  await send("POST", `${packs}/pets/versions/1.0.0/complete`);
  const enable = { addPolicyPack: { name: "pets", versionTag: "1.0.0" } };
  await json("PATCH", "/api/orgs/acme/policygroups/default-policy-group", enable);
}
