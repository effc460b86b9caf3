import { join } from "node:path";
import { writeArchive } from "../backup/archive.ts";
import { dump, inSnapshot } from "../backup/dump.ts";
import { diskBlobs } from "../blobs/disk.ts";
import { masterKeyOf } from "../keys.ts";
import { KEEPING_STACKS, startApp, type TestApp } from "./app.ts";
import { engines } from "./database.ts";
import { newGroup, requirePack } from "./group.ts";
import { team } from "./people.ts";
import { policyRun } from "./policy-run.ts";
import { newStack } from "./stack.ts";

/** Of the backups in testdata/upgrade, which have nothing that is secret. */
export const UPGRADE_KEY = masterKeyOf(Buffer.alloc(32, "upgrade"));
export const UPGRADE_FOLDER = join(import.meta.dirname, "../../../../testdata/upgrade");
export const SECRET = "a secret of long ago";

/** Writes a backup of this version's schema, with something in most of its tables. @param version of Quillon. */
export async function writeUpgradeBackup(version: string): Promise<void> {
  const [engine] = engines;
  if (!engine) throw new Error("There is no database.");
  const t = await startApp(engine, {}, { master: UPGRADE_KEY }, KEEPING_STACKS);
  try {
    await fill(t);
    const from = { blobs: diskBlobs(t.folder), version };
    await inSnapshot(t.db, (tx) =>
      writeArchive(join(UPGRADE_FOLDER, `${version}.backup`), (archive) => dump(tx, from, archive)),
    );
  } finally {
    await t.close();
  }
}

async function fill(t: TestApp): Promise<void> {
  await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  await newGroup(t, { name: "platform" });
  const [kept, removed] = [await newStack(t, { tags: { env: "prod" } }), await newStack(t)];
  await team(t, "ops", { [`web/${kept.name}`]: 102 });
  for (const stack of [kept, removed]) {
    await policyRun(stack, { lines: ["rex !length", "rover length"] });
    const plaintext = Buffer.from(SECRET).toString("base64");
    const { ciphertext } = (await t.send(`POST ${stack.path}/encrypt`, { plaintext })).body;
    await t.send(`POST ${stack.path}/import`, stateWith(stack.name, ciphertext));
  }
  await policyRun(kept, { lines: ["rex !length"], dryRun: true });
  await t.upkeep();
  await t.send(`DELETE ${removed.path}?force=true`);
}

function stateWith(stack: string, ciphertext: string): object {
  const provider = {
    type: "service",
    state: { url: "http://quillon.example", owner: "acme", project: "web", stack },
  };
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext };
  const resources = [
    { urn: `urn:pulumi:${stack}::web::pulumi:pulumi:Stack::web-${stack}`, type: "pulumi:pulumi:Stack" },
    { urn: `urn:pulumi:${stack}::web::a:b:C::rex`, type: "a:b:C", inputs: { secret } },
  ];
  const manifest = { time: "", magic: "", version: "" };
  return { version: 3, deployment: { manifest, secrets_providers: provider, resources } };
}
