import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { TOKEN, withDatabase, withQuillon } from "../measure/quillon.ts";
import { runPgbench } from "./pgbench.ts";
import { type Recorded, record } from "./record.ts";
import { startRecorder } from "./recorder.ts";
import { between, type Usage } from "./usage.ts";

export interface Replayed {
  seconds: number;
  database: Usage;
}

/** Records what a server sends to another database of the same PostgreSQL in an update, and has pgbench send it for other stacks. */
export async function replayUpdates(
  { programs, databaseUrl, ofDatabase }: { programs: string; databaseUrl: string; ofDatabase: () => Usage },
  size: { stacks: number; lives: number; resources: number },
): Promise<Replayed> {
  const url = databaseUrl.replace(/postgres$/, "replayed");
  await withDatabase(databaseUrl, async (database) => void (await database.query("create database replayed")));
  const recorder = await startRecorder(url);
  const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
  const made: Replayed[] = [];
  try {
    await withDatabase(url, async (database) => {
      const settings = { QUILLON_DATABASE_URL: recorder.url, QUILLON_MASTER_KEY: randomBytes(32).toString("base64") };
      const recorded: Recorded[] = [];
      await withQuillon(settings, async ({ printed }) => {
        recorded.push(await record({ url: printed, token: TOKEN }, { recorder, database }, size));
      });
      for (const one of recorded) {
        let before = ofDatabase();
        const prepared = () => {
          before = ofDatabase();
        };
        const seconds = await runPgbench({ programs, folder, database, url }, one, { ...size, prepared });
        await compareRows(database, one);
        made.push({ seconds, database: between(before, ofDatabase()) });
      }
    });
  } finally {
    recorder.close();
    await rm(folder, { recursive: true, force: true });
  }
  const [replayed] = made;
  if (!replayed) throw new Error("nothing was replayed");
  return replayed;
}

/** @throws Error when the statements have left other rows of an update than those that the server sent. */
async function compareRows(database: pg.Client, { update }: Recorded): Promise<void> {
  const { rows } = await database.query(
    `select distinct update.id = $1 as recorded, status, settled, receipted, changes, resource_count,
      (select count(*)::int from engine_events where update_id = update.id) as events,
      (select count(*)::int from resource_steps where update_id = update.id) as steps,
      (select count(*)::int from state_changes where update_id = update.id) as journal
    from updates as update join checkpoints on update_id = update.id order by recorded desc`,
    [update],
  );
  const [recorded, ...others] = rows.map(({ recorded, ...row }) => JSON.stringify(row));
  if (others.length !== 1 || others[0] !== recorded)
    throw new Error(`pgbench has left ${others}, and the server ${recorded}`);
}
