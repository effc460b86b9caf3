import type { Column } from "./tables.ts";

/** The version of the archive. A reader refuses a larger one. */
export const FORMAT = 1;

/** What is in the archive, each in a file of this name. The rows of a table are in several, so that none is large. */
export const MANIFEST = "manifest.json";
export const END = "end.json";
export const rowsFile = (table: string, number: number) => `tables/${table}/${number}.jsonl`;
export const blobFile = (blob: string) => `blobs/${blob}`;

/** The first file. */
export interface Manifest {
  format: number;
  /** Of Quillon. */
  version: string;
  /** The newest migration that the database had. */
  schema: string;
  /** ISO 8601. */
  madeAt: string;
  /** Identifies the master keys, without one of which nobody can decrypt what the backup has. */
  masterKeys: string[];
  tables: { name: string; columns: Column[] }[];
  sequences: Record<string, string>;
}

/** The last file. Without it the archive is not whole. */
export interface End {
  /** How many rows each table has. */
  rows: Record<string, number>;
  blobs: number;
  /** Of the names, sizes and bytes of all files before this one. */
  sha256: string;
}

/** What a file of the archive is, by its name. */
export type Part =
  | { kind: "rows"; table: string }
  | { kind: "blob"; name: string }
  | { kind: "manifest" }
  | { kind: "end" }
  | { kind: "unknown" };

export function partOf(file: string): Part {
  if (file === MANIFEST) return { kind: "manifest" };
  if (file === END) return { kind: "end" };
  const table = /^tables\/([a-z_][a-z_0-9]*)\/\d+\.jsonl$/.exec(file)?.[1];
  if (table !== undefined) return { kind: "rows", table };
  const [folder, ...name] = file.split("/");
  if (folder === "blobs" && isBlobName(name.join("/"))) return { kind: "blob", name: name.join("/") };
  return { kind: "unknown" };
}

/** A blob is a file in a folder. No name may lead out of it. */
export function isBlobName(name: string): boolean {
  return /^[a-z]+\/[\w-][\w.-]*$/.test(name);
}

/** The values of a row, as the database writes them. A line of JSON has one row. */
export type Row = readonly (string | null)[];

export function readRows(bytes: Buffer): Row[] {
  const lines = bytes.toString().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}
