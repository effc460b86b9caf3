import { type ExportedState, readState, SECRET, SIGNATURE, StateUnreadable, UNKNOWN } from "@quillon/proto";

/** Shorter ones are found by chance in too many texts. */
const SHORTEST = 4;

/** Takes the secret strings of a state out of what packs say and print, because other SDKs leave them in. */
export class SecretStrings {
  readonly #strings: string[];

  constructor({ inputs, outputs }: ExportedState) {
    const found = new Set<string>();
    for (const { properties, provider } of [...inputs(), ...outputs()]) {
      for (const map of [properties, provider?.properties]) {
        map?.decode((object) => {
          if (object[SIGNATURE] === SECRET) collect(object.value, found);
          return object;
        });
      }
    }
    found.delete(UNKNOWN.string);
    // The longest first, because one may be a part of another.
    this.#strings = [...found].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.#strings.reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
  }
}

/** Masks the secrets of a state. One that can't be read has none that could be found. */
export function maskSecretsOf(text: string, secrets: Readonly<Record<string, string>>): (said: string) => string {
  try {
    const strings = new SecretStrings(readState(text, secrets));
    return (said) => strings.mask(said);
  } catch (error) {
    if (error instanceof StateUnreadable) return (said) => said;
    throw error;
  }
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    for (const text of [value, JSON.stringify(value).slice(1, -1), ...value.split("\n").map((line) => line.trim())])
      if (text.length >= SHORTEST) found.add(text);
  } else if (typeof value === "object" && value !== null) {
    for (const one of Object.values(value)) collect(one, found);
  }
}
