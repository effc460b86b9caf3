import { setTimeout as timer } from "node:timers/promises";
import { newError, type QuillonError } from "@quillon/contract";
import type { Ctx, Log } from "../context.ts";
import { isMigrated, newerMigration } from "../db/migrate.ts";
import { missingBlobMark } from "./claim-blobs.ts";

/**
 * Whether this server's database and blob store are those that it can work with. Both can change while it runs: a newer server
 * migrates the database, or a folder is no longer mounted.
 */
export class Readiness {
  readonly #stores: Pick<Ctx, "db" | "blobs">;
  #refusal: QuillonError | undefined;
  #checking: Promise<QuillonError | undefined> | undefined;

  constructor(stores: Pick<Ctx, "db" | "blobs">) {
    this.#stores = stores;
  }

  /** Why requests must be refused, as the last check found; undefined when they may be served. */
  get refusal(): QuillonError | undefined {
    return this.#refusal;
  }

  /** Looks again. @returns why the server is not ready, also when only its database does not answer at the moment. */
  check(log: Log): Promise<QuillonError | undefined> {
    this.#checking ??= this.#check(log).finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** As `check`, for somebody who asks every few seconds: a server whose stores have not answered by then is not ready. */
  async checkWithin(log: Log, ms: number): Promise<QuillonError | undefined> {
    const answered = new AbortController();
    const late = timer(ms, newError("not_ready", {}), { signal: answered.signal, ref: false }).catch(() => undefined);
    try {
      return await Promise.race([this.check(log), late]);
    } finally {
      answered.abort();
    }
  }

  async #check(log: Log): Promise<QuillonError | undefined> {
    try {
      const found = await findRefusal(this.#stores);
      if (found && found.message !== this.#refusal?.message) log.error({ id: found.id }, found.message);
      this.#refusal = found;
      return found;
    } catch (err) {
      // Each request finds out by itself when it is over, so none is refused because of it.
      log.error({ err }, "the database or the blob store does not answer");
      return newError("not_ready", {});
    }
  }
}

async function findRefusal({ db, blobs }: Pick<Ctx, "db" | "blobs">): Promise<QuillonError | undefined> {
  if (!(await isMigrated(db))) return newError("not_ready", {});
  const schema = await newerMigration(db);
  if (schema !== undefined) return newError("newer_schema", { schema });
  const mark = await missingBlobMark({ db, blobs });
  return mark === undefined ? undefined : newError("blobs_elsewhere", { mark });
}
