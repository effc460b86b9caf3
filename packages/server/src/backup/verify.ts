import { bytesOf, EntryDigest, readArchive } from "./archive.ts";
import { type End, FORMAT, type Manifest, partOf, readRows } from "./format.ts";

export interface Verified {
  manifest: Manifest;
  rows: number;
  blobs: number;
}

/**
 * Reads a backup to its end.
 *
 * @throws Error with a sentence when it is damaged, is not whole, or has a format that this version does not know.
 */
export async function verify(file: string): Promise<Verified> {
  const reading = new Reading(file);
  try {
    await readArchive(file, (entry) => reading.take(entry));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Error(`There is no file ${file}.`);
    if (code === "EACCES" || code === "EISDIR") throw new Error(`${file} can't be read: ${message}.`);
    throw damaged(file, message);
  }
  return reading.end();
}

/** A sentence that is to be shown as it is. */
class Refusal extends Error {}

function damaged(file: string, problem: string): Refusal {
  return new Refusal(
    `${file} is no whole backup of Quillon: ${problem.replace(/\.$/, "")}. Nothing was changed. It is damaged, or was not copied to its end: use another copy of it, or another backup.`,
  );
}

type Entry = Parameters<Parameters<typeof readArchive>[1]>[0];

class Reading {
  readonly #file: string;
  readonly #digest = new EntryDigest();
  readonly #rows: Record<string, number> = {};
  #manifest: Manifest | undefined;
  #end: End | undefined;
  #blobs = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async take(entry: Entry): Promise<void> {
    const part = partOf(entry.name);
    if ((part.kind === "manifest") === (this.#manifest !== undefined))
      throw damaged(this.#file, "it does not begin as one");
    if (this.#end) throw damaged(this.#file, "something comes after its end");
    if (part.kind === "end") {
      const end = JSON.parse((await bytesOf(entry)).toString()) as End;
      if (end.sha256 !== this.#digest.hex()) throw damaged(this.#file, "what it has is not what was written");
      this.#end = end;
      return;
    }
    this.#digest.begin(entry);
    if (part.kind === "blob") {
      this.#blobs += 1;
      for await (const chunk of entry.bytes) this.#digest.add(chunk);
      return;
    }
    const bytes = await bytesOf(entry);
    this.#digest.add(bytes);
    if (part.kind === "manifest") this.#manifest = this.#read(bytes);
    else if (part.kind === "rows") this.#rows[part.table] = (this.#rows[part.table] ?? 0) + readRows(bytes).length;
    else throw damaged(this.#file, `it has a file ${entry.name}`);
  }

  #read(bytes: Buffer): Manifest {
    const manifest = JSON.parse(bytes.toString()) as Manifest;
    if (manifest.format <= FORMAT) return manifest;
    throw new Refusal(
      `This backup has format ${manifest.format}, of Quillon ${manifest.version}, and this version reads none after ${FORMAT}. Restore it with that version, or one after it.`,
    );
  }

  end(): Verified {
    const manifest = this.#manifest;
    const end = this.#end;
    if (!manifest || !end) throw damaged(this.#file, "its end is missing");
    const all = manifest.tables.map(({ name }) => [name, this.#rows[name] ?? 0] as const);
    if (end.blobs !== this.#blobs || all.some(([name, count]) => end.rows[name] !== count))
      throw damaged(this.#file, "it has not as much as its end says");
    return { manifest, rows: all.reduce((sum, [, count]) => sum + count, 0), blobs: this.#blobs };
  }
}
