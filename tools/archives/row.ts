import { gzipSync } from "node:zlib";
import { end, entry } from "./raw-tar.ts";

/**
 * What the Pulumi CLI does with an archive: it unpacks the pack and loads its PulumiPolicy.yaml, refuses it, or writes files outside
 * the folder that it unpacks to.
 */
export type Outcome = "unpacks" | "refuses" | "outside";

/** `refused` is in the server's message, or undefined when the server accepts the archive. `cli` is what CLI 3.220 does. */
export type Row = [title: string, bytes: Buffer, refused: string | undefined, cli: Outcome];

export const project = entry("package/PulumiPolicy.yaml", "runtime: nodejs\n");
export const code = entry("package/index.js", "1");

/** An archive of exactly these parts. */
export const only = (...parts: Buffer[]) => gzipSync(Buffer.concat(parts));

/** A pack, and these entries. */
export const and = (...parts: Buffer[]) => only(project, ...parts, end);
