import { isObject } from "../json/is-object.ts";

/** A pack that an update must run, as it is kept with the update. */
export interface RecordedPack {
  pack: string;
  version: number;
  tag: string | null;
  /** Of the archive that clients download, in hexadecimal. Null where an earlier version recorded it. */
  archiveSha256: string | null;
  /** Of the configuration's text as it is sent, in hexadecimal. Null without one, or where an earlier version recorded it. */
  configSha256: string | null;
  config?: unknown;
  /** The level of each policy as it runs, by the policy's name. Empty where an earlier version recorded it. */
  levels: Record<string, string>;
  environments: string[];
  /** The policy exceptions that were in effect. Left out without any. */
  exceptions?: readonly RecordedException[];
  /** Who was told of them: the client's engine, or the pack in its configuration. */
  exceptionsBy?: "engine" | "pack";
}

/** A policy exception, with what it says of the update's stack. */
export interface RecordedException {
  id: string;
  reason: string;
  expiresAt: Date | string | null;
  match: readonly { policies: readonly string[]; targets: readonly string[] }[];
}

/**
 * What an update was recorded to run. Earlier versions recorded the form in which the client is told, with `name` and
 * `versionTag`.
 *
 * @throws Error when it is no record.
 */
export function readRecorded(stored: unknown): RecordedPack[] {
  if (!Array.isArray(stored)) throw new Error("What an update must run is not recorded as a list.");
  return stored.map((entry: unknown) => {
    if (!isObject(entry)) throw new Error("A pack that an update must run is not recorded as an object.");
    return "pack" in entry ? (entry as unknown as RecordedPack) : fromEarlier(entry as unknown as EarlierPack);
  });
}

interface EarlierPack {
  name: string;
  version: number;
  versionTag: string;
  config?: unknown;
  environments?: string[];
}

function fromEarlier({ name, version, versionTag, config, environments = [] }: EarlierPack): RecordedPack {
  return {
    pack: name,
    version,
    tag: versionTag || null,
    archiveSha256: null,
    configSha256: null,
    ...(config !== undefined && { config }),
    levels: {},
    environments,
  };
}
