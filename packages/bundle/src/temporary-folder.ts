import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "@quillon/runner";

/** Does some work in a new folder, which is gone afterwards, also when this process is ended. */
export async function inTemporaryFolder<T>(prefix: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  // A program that was killed a moment ago may still write.
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  const forget = atEnd(remove);
  try {
    return await work(directory);
  } finally {
    remove();
    forget();
  }
}
