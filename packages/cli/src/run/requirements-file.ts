import { createHash } from "node:crypto";
import { JsonText } from "@quillon/contract/client";
import { CLOCKS_APART_MS, REQUIREMENTS } from "@quillon/contract/requirements";
import { isSigned } from "../verify-receipt.ts";
import type { Place } from "./place.ts";

/** What a stack must run, as a server has signed it. */
export interface SignedRequirements {
  /** JSON text. */
  text: string;
  /** In base64. */
  signature: string;
}

export interface Requirements {
  organization: { name: string };
  /** Its names in Quillon. */
  stack: { project: string; name: string };
  place: Place;
  made: string;
  expires: string;
  packs: RequirementPack[];
}

interface RequirementPack {
  name: string;
  versionTag: string;
  archiveSha256: string;
  config?: Record<string, unknown>;
  environments?: string[];
}

/** One line of JSON, and then the archives, one after the other. */
interface Head {
  quillon: typeof KIND;
  files: SignedRequirements[];
  archives: { sha256: string; bytes: number }[];
}

const KIND = "requirements";
const START = `{"quillon":"${KIND}"`;
const FORMAT = 1;

export interface RequirementsFile {
  stacks: { requirements: Requirements; signed: SignedRequirements }[];
  /** By their SHA-256, which each has. */
  archives: Map<string, Buffer>;
}

export function writeRequirementsFile(
  files: readonly SignedRequirements[],
  archives: ReadonlyMap<string, Buffer>,
): Buffer {
  const head: Head = {
    quillon: KIND,
    files: files.map(({ text, signature }) => ({ text, signature })),
    archives: [...archives].map(([sha256, { length }]) => ({ sha256, bytes: length })),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...archives.values()]);
}

/**
 * Reads a file of requirements, and checks all of it but for whom and until when it is.
 *
 * @param name of the file, for messages.
 * @param publicKey of the server, in PEM.
 * @throws Error with a sentence when it is no such file, not whole, or not as the server has signed it.
 */
export function readRequirementsFile(bytes: Buffer, name: string, publicKey: string): RequirementsFile {
  const end = bytes.indexOf("\n");
  const isOne = bytes.subarray(0, START.length).toString() === START;
  if (!isOne) throw new Error(`${name} is no file of requirements. Make one with: quillon run export`);
  const broken = new Error(`${name} is not whole. Fetch it again, or make another: quillon run export`);
  if (end < 0) throw broken;
  const { files, archives } = parseHead(bytes.subarray(0, end).toString(), broken);
  const stacks = files.map((signed) => {
    if (!isSigned(REQUIREMENTS + signed.text, signed.signature, publicKey))
      throw new Error(
        `The signature of ${name} is not valid: the file was changed, or another server made it. Make one with: quillon run export`,
      );
    return { requirements: parseRequirements(signed.text, name), signed };
  });
  const contents = new Map<string, Buffer>();
  let at = end + 1;
  for (const { sha256, bytes: length } of archives) {
    const archive = bytes.subarray(at, at + length);
    if (archive.length < length) throw broken;
    if (createHash("sha256").update(archive).digest("hex") !== sha256)
      throw new Error(`An archive in ${name} was changed. Fetch the file again, or make another: quillon run export`);
    contents.set(sha256, archive);
    at += length;
  }
  if (at < bytes.length)
    throw new Error(
      `${name} goes on after its end: it was changed. Fetch it again, or make another: quillon run export`,
    );
  for (const { requirements } of stacks)
    for (const { name: pack, versionTag, archiveSha256 } of requirements.packs)
      if (!contents.has(archiveSha256))
        throw new Error(`${name} does not have the archive of policy pack ${pack} ${versionTag} that was published.`);
  return { stacks, archives: contents };
}

function parseHead(text: string, broken: Error): Head {
  try {
    const head = JSON.parse(text) as Head;
    const isWhole =
      head.files.every((one) => typeof one.text === "string" && typeof one.signature === "string") &&
      head.archives.every(
        ({ sha256, bytes }) => typeof sha256 === "string" && Number.isSafeInteger(bytes) && bytes >= 0,
      );
    if (isWhole) return head;
  } catch {}
  throw broken;
}

/** What is signed is as a server wrote it, but that may be a newer one. */
function parseRequirements(text: string, name: string): Requirements {
  const { requirements, ...fields } = JsonText.parse(text) as Requirements & { requirements: number };
  if (requirements === FORMAT) return fields;
  throw new Error(`${name} was made by a newer server, whose requirements this version of quillon does not know.`);
}

/**
 * The requirements of the stack at that place.
 *
 * @param org the organization that is meant, if one was named.
 * @throws Error with a sentence when the file is of another stack or organization, has expired, or was made later than now.
 */
export function requirementsOf(
  { stacks }: RequirementsFile,
  { name, place, org, now }: { name: string; place: Place; org?: string | undefined; now: Date },
): RequirementsFile["stacks"][number] {
  const found = stacks.find(({ requirements }) => isSame(requirements.place, place));
  if (!found) {
    const of = stacks.map(({ requirements }) => describe(requirements.place)).join(", and ");
    throw new Error(`${name} is not of ${describe(place)}, but of ${of || "no stack"}.`);
  }
  const { organization, made, expires } = found.requirements;
  if (org !== undefined && org !== organization.name)
    throw new Error(`${name} is of organization ${organization.name}, and not of ${org}.`);
  // A clock that was set back would make a file last longer.
  if (now.getTime() < Date.parse(made) - CLOCKS_APART_MS)
    throw new Error(`${name} was made at ${made}, and here it is ${now.toISOString()}. Set the clock of this machine.`);
  if (now > new Date(expires)) throw new Error(`${name} has expired at ${expires}. Make another: quillon run export`);
  return found;
}

function isSame(a: Place, b: Place): boolean {
  return a.backend === b.backend && a.project === b.project && a.stack === b.stack;
}

function describe({ backend, project, stack }: Place): string {
  return `stack ${stack} of project ${project} in ${backend}`;
}
