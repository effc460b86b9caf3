import { Readable } from "node:stream";
import type { Report, ReportFormat } from "@quillon/contract";
import { inOrder, writers } from "@quillon/report";
import { print } from "./broken-output.ts";
import { writeWhole } from "./write-whole.ts";

const BLOCK_CHARS = 64 * 1024;

/** A report in a format, in blocks: its writer yields a text for each result, and each would be a write of its own. */
export async function* reportText({ results, ...head }: Report, format: ReportFormat): AsyncGenerator<string> {
  const { order, write } = writers[format];
  let block = "";
  for await (const text of write(head, inOrder(order, results))) {
    block += text;
    if (block.length < BLOCK_CHARS) continue;
    yield block;
    block = "";
  }
  if (block) yield block;
}

/**
 * Prints a text, or writes it to a file, of which nobody finds a part.
 *
 * @throws Error that names the file.
 */
export async function printOrWrite(
  text: Iterable<string> | AsyncIterable<string>,
  outputFile: string | undefined,
): Promise<void> {
  if (outputFile === undefined) await print(Readable.from(text));
  else await writeWhole(outputFile, Readable.from(text));
}
