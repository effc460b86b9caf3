import { type KnowsSecrets, SecretTexts } from "./texts.ts";

// The engine shows what a pack prints, and stores it with the update, in plain text.

/** The requests in progress that hold secrets, each with what knows them once its policies run. */
const requests = new Map<object, KnowsSecrets | undefined>();

let restore = () => {};

/**
 * From now until `endMasking`, what is written to stdout and stderr has `[secret]` in place of the secrets of the requests in progress.
 *
 * @param request Stands for a request that holds secrets.
 */
export function beginMasking(request: object): void {
  if (requests.size === 0) restore = replaceWrites();
  requests.set(request, undefined);
}

/** @param secrets Is asked when something is printed. */
export function maskAlso(request: object, secrets: KnowsSecrets): void {
  if (requests.has(request)) requests.set(request, secrets);
}

export function endMasking(request: object): void {
  if (requests.delete(request) && requests.size === 0) restore();
}

function replaceWrites(): () => void {
  const restores = [process.stdout, process.stderr].map(replaceWrite);
  return () => {
    for (const one of restores) one();
  };
}

function replaceWrite(stream: NodeJS.WriteStream): () => void {
  const { write } = stream;
  const masked = ((chunk: string | Uint8Array, ...rest: []) =>
    write.call(stream, maskChunk(chunk), ...rest)) as typeof write;
  stream.write = masked;
  return () => {
    // Somebody else may have replaced it too, and calls ours, which changes nothing when no request is in progress.
    if (stream.write === masked) stream.write = write;
  };
}

/** A chunk without secrets stays as it is, because its bytes may be no text. */
function maskChunk(chunk: string | Uint8Array): string | Uint8Array {
  const texts = textsInProgress();
  if (typeof chunk === "string") return texts.mask(chunk);
  if (!(chunk instanceof Uint8Array)) return chunk;
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString();
  const masked = texts.mask(text);
  return masked === text ? chunk : Buffer.from(masked);
}

/** Which request a line is about can't be told, so it is without the secrets of all. */
function textsInProgress(): SecretTexts {
  const known = [...requests.values()].flatMap((secrets) => secrets?.secretTexts() ?? []);
  if (known.length === 1) return known[0] as SecretTexts;
  const all = new SecretTexts();
  for (const texts of known) all.include(texts);
  return all;
}
