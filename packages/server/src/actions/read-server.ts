import type { Ctx, ServerFacts, UserCtx } from "../context.ts";
import { readSize, readVersion } from "../db/size.ts";
import { countArchives } from "../packs/index.ts";

interface ServerState extends ServerFacts {
  databaseVersion: string;
  /** Undefined for who does not administer the server, because it is of all organizations. */
  storage: { databaseBytes: number; archives: number; archiveBytes: number } | undefined;
}

/** What this server is, and for its administrators how much it stores. */
export async function readServer({ db, server, actor }: UserCtx): Promise<ServerState> {
  const databaseVersion = await readVersion(db);
  return { ...server, databaseVersion, storage: actor.siteAdmin ? await readStorage(db) : undefined };
}

async function readStorage(db: Ctx["db"]) {
  const { archives, bytes } = await countArchives(db);
  return { databaseBytes: await readSize(db), archives, archiveBytes: bytes };
}
