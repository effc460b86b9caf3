import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import type { Recorded } from "./record.ts";
import type { Statement } from "./recorder.ts";

/** In bytes. */
const LARGE = 1024;

/** Of a lock that all clients wait for, so that they begin at the same time. */
const BARRIER = 1;

/** The stack of a client of pgbench, for one of its transactions. */
export const stackOf = (client: number | string, life: number | string) => `p${client}-${life}`;

/**
 * Has pgbench send the statements of an update to the database, from so many connections, each so often.
 *
 * @param size.prepared is called when they begin.
 * @returns how many seconds that takes. To prepare the statements is not in it.
 */
export async function runPgbench(
  { programs, folder, database, url }: { programs: string; folder: string; database: pg.Client; url: string },
  recorded: Recorded,
  { stacks, lives, prepared }: { stacks: number; lives: number; prepared: () => void },
): Promise<number> {
  const script = join(folder, "update.sql");
  const made = scriptOf(recorded);
  await writeFile(script, made.script);
  await database.query("create table bench_values (number int primary key, value bytea)");
  for (const [index, value] of made.large.entries())
    await database.query("insert into bench_values values ($1, $2)", [index + 1, value]);
  await database.query("vacuum analyze bench_values");
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
  prepared();
  const from = performance.now();
  await database.query("select pg_advisory_unlock($1)", [BARRIER]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${said.slice(-2000)}`);
  return (performance.now() - from) / 1000;
}

/**
 * One transaction of pgbench is the whole update of a stack that has not had any. pgbench sends all as text, and bytes twice as long then.
 * So large ones are read from a table, which costs the database about as much as to receive them.
 */
function scriptOf({ statements, update, stack, saved }: Recorded): { script: string; large: Buffer[] } {
  const names = new Map<string, string>();
  const large: Buffer[] = [];
  const replace = new Map([
    [update, ":bench_made_id"],
    [stack.id, ":bench_stack"],
    [stack.name, stackOf(":client_id", ":life")],
    [saved, ":bench_saved"],
  ]);
  const lines: string[] = [];
  for (const { text, values } of statements) {
    if (values.includes(saved))
      lines.push("select saved_at::text as bench_saved from checkpoints where update_id = ':bench_made_id' \\gset");
    lines.push(
      text.startsWith('insert into "updates"') ? `${call(text, values)} \\gset bench_made_` : `${call(text, values)};`,
    );
    // pgbench renews no leases.
    if (text.startsWith('update "updates"') && text.includes('"lease_hash" ='))
      lines.push("update updates set lease_expires_at = 'infinity' where id = ':bench_made_id';");
  }
  const begin = [
    "\\set life :life + 1",
    "\\if :life = 0",
    ...[...names].map(([text, name]) => `prepare ${name} as ${text};`),
    `select pg_advisory_lock_shared(${BARRIER});`,
    "\\endif",
    `select id as bench_stack from stacks where name = '${stackOf(":client_id", ":life")}' \\gset`,
  ];
  return { script: `${[...begin, ...lines].join("\n")}\n`, large };

  function call(sent: string, values: Statement["values"]): string {
    if (isOfTransaction(sent)) return sent;
    let text = sent;
    const given = values.map((value, index) => {
      if (!Buffer.isBuffer(value) || value.length < LARGE) return literalOf(value, replace);
      const read = "(select value || ''::bytea from bench_values where number = $&)";
      text = text.replace(new RegExp(`\\$${index + 1}\\b`), read);
      return large.push(value);
    });
    const name = names.get(text) ?? `bench${names.size}`;
    names.set(text, name);
    return `execute ${name}${given.length > 0 ? `(${given.join(", ")})` : ""}`;
  }
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
