import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { say } from "../output.ts";
import { decode, markedEncoding, whyUnreadable } from "../read-text.ts";
import { SECRET, SIGNATURE } from "../secret-mark.ts";
import { openByPassphrase } from "./passphrase.ts";

/** A state that packs are held against. */
export interface State {
  bytes: Uint8Array;
  /** Absolute path of the file that has them, if they are the same in it. */
  file?: string;
  /** How messages name it. */
  label: string;
  /** By ciphertext, the values of its secrets, as JSON. */
  secrets: Record<string, string>;
}

/** The values of secrets by ciphertext, as JSON; how many could not be opened; and what was tried, as the end of a sentence. */
export interface Opened {
  secrets: Record<string, string>;
  closed: number;
  how: string;
}

type OpenByServer = (ciphertexts: readonly string[]) => Promise<Opened>;

/**
 * Reads a file, or stdin for `-`.
 *
 * @param openByServer opens secrets that a server has encrypted.
 * @throws Error that names the file.
 */
export async function readStateFile(path: string, openByServer?: OpenByServer): Promise<State> {
  const label = path === "-" ? "The state on stdin" : path;
  const given = await bytesOf(path).catch((error: Error) => {
    throw new Error(
      `The state ${label} can't be read: ${whyUnreadable(error)}. \`pulumi stack export --file FILE\` writes one.`,
    );
  });
  const isPlain = markedEncoding(given) === undefined;
  const state = await stateOf(isPlain ? given : Buffer.from(decode(given)), label, openByServer);
  return { ...state, ...(path !== "-" && isPlain && { file: resolve(path) }) };
}

/**
 * @param openByServer opens secrets that a server has encrypted.
 * @throws Error when a passphrase is given, and is the wrong one.
 */
export async function stateOf(bytes: Uint8Array, label: string, openByServer?: OpenByServer): Promise<State> {
  const { provider, ciphertexts = [] } = secretsIn(bytes) ?? {};
  let opened: Opened | undefined;
  if (provider?.type === "passphrase")
    opened = { ...(await openByPassphrase(provider.state, ciphertexts)), how: "with its passphrase" };
  else if (provider?.type === "service") opened = await openByServer?.(ciphertexts);
  const { secrets = {}, closed = 0, how } = opened ?? {};
  if (closed > 0)
    say(
      `Of the secrets in ${label}, ${closed} can't be opened ${how}. Policies that read one of them are not evaluated there.`,
    );
  return { bytes, label, secrets };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  if (path !== "-") return readFileSync(path);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The encrypted secrets of a state, and what has encrypted them; undefined for a state without any, and for one that is not JSON. */
export function secretsIn(
  bytes: Uint8Array,
): { provider: { type?: string; state?: unknown } | undefined; ciphertexts: string[] } | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!text.includes('"ciphertext"')) return undefined;
  const ciphertexts = new Set<string>();
  try {
    const { deployment, checkpoint } = JSON.parse(text.toString(), (_, value) => {
      if (value?.[SIGNATURE] === SECRET && typeof value.ciphertext === "string") ciphertexts.add(value.ciphertext);
      return value;
    });
    const provider = (deployment ?? checkpoint?.latest)?.secrets_providers;
    return { provider, ciphertexts: [...ciphertexts] };
  } catch {
    // The pack says what is wrong with it.
    return undefined;
  }
}
