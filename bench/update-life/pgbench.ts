import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import type { Recorded } from "./record.ts";
import type { Statement } from "./recorder.ts";

/** Of a lock that all clients wait for, so that they begin at the same time. */
const BARRIER = 1;

/** The stack of a client of pgbench, for one of its transactions. */
export const stackOf = (client: number | string, life: number | string) => `p${client}-${life}`;

/**
 * Has pgbench send the statements of an update to the database, from so many connections, each so often.
 *
 * @returns how many seconds that takes. To prepare the statements is not in it.
 */
export async function runPgbench(
  { programs, folder, database, url }: { programs: string; folder: string; database: pg.Client; url: string },
  recorded: Recorded,
  { stacks, lives }: { stacks: number; lives: number },
): Promise<number> {
  const script = join(folder, "update.sql");
  await writeFile(script, scriptOf(recorded));
  await database.query("select pg_advisory_lock($1)", [BARRIER]);
  const args = ["-n", "-c", stacks, "-j", Math.min(stacks, 2), "-t", lives, "-D", "life=-1", "-f", script, url];
  const pgbench = execFile(join(programs, "pgbench"), args.map(String), {
    // As the server asks for it.
    env: { ...process.env, PGOPTIONS: "-c jit=off" },
  });
  let said = "";
  pgbench.stderr?.on("data", (text) => {
    said += text;
  });
  const ended = once(pgbench, "exit");
  const waiting = "select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted";
  while ((await database.query(waiting)).rows[0].count < stacks && pgbench.exitCode === null) await setTimeout(20);
  const from = performance.now();
  await database.query("select pg_advisory_unlock($1)", [BARRIER]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${said.slice(-2000)}`);
  return (performance.now() - from) / 1000;
}

/** One transaction of pgbench is the whole update of a stack that has not had any. */
function scriptOf({ statements, update, stack, saved }: Recorded): string {
  const names = new Map<string, string>();
  for (const { text } of statements)
    if (!isOfTransaction(text) && !names.has(text)) names.set(text, `bench${names.size}`);
  const replace = new Map([
    [update, ":bench_made_id"],
    [stack.id, ":bench_stack"],
    [stack.name, stackOf(":client_id", ":life")],
    [saved, ":bench_saved"],
  ]);
  const lines = [
    "\\set life :life + 1",
    "\\if :life = 0",
    ...[...names].map(([text, name]) => `prepare ${name} as ${text};`),
    `select pg_advisory_lock_shared(${BARRIER});`,
    "\\endif",
    `select id as bench_stack from stacks where name = '${stackOf(":client_id", ":life")}' \\gset`,
  ];
  for (const { text, values } of statements) {
    if (values.includes(saved))
      lines.push("select saved_at::text as bench_saved from checkpoints where update_id = ':bench_made_id' \\gset");
    const name = names.get(text);
    const literals = values.map((value) => literalOf(value, replace));
    const call = name ? `execute ${name}${literals.length > 0 ? `(${literals.join(", ")})` : ""}` : text;
    lines.push(text.startsWith('insert into "updates"') ? `${call} \\gset bench_made_` : `${call};`);
    // pgbench renews no leases.
    if (text.startsWith('update "updates"') && text.includes('"lease_hash" ='))
      lines.push("update updates set lease_expires_at = 'infinity' where id = ':bench_made_id';");
  }
  return `${lines.join("\n")}\n`;
}

/** These can't be prepared. */
function isOfTransaction(text: string): boolean {
  return /^(begin|commit|rollback)\b/.test(text);
}

function literalOf(value: Statement["values"][number], replace: ReadonlyMap<string, string>): string {
  if (value === null) return "null";
  if (typeof value !== "string") return `'\\x${value.toString("hex")}'`;
  // The names of blobs, of which each has one row.
  let text = value.replace(/^(\w+\/)(?=[0-9a-f]{8}-)/, "$1:client_id-:life-");
  for (const [from, to] of replace) text = text.replaceAll(from, to);
  return `'${text.replaceAll("'", "''")}'`;
}
