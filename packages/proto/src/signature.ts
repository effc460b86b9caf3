// Property maps are JSON with a few marked objects and strings in it. The marks are the protocol's.

/** The key that marks an object as something other than a plain map. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** `{[SIGNATURE]: SECRET, value}` */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** `{[SIGNATURE]: ASSET, text | path | uri, hash?}` */
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";

/** `{[SIGNATURE]: ARCHIVE, assets | path | uri, hash?}` */
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The strings that stand for a value nobody knows before the update has run, by the type the value will have. */
export const UNKNOWN = {
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  Array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  Object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;

export type UnknownType = keyof typeof UNKNOWN;

const UNKNOWN_TYPES = new Map<unknown, UnknownType>(
  Object.entries(UNKNOWN).map(([type, sentinel]) => [sentinel, type as UnknownType]),
);

/** The type an unknown will have once it is known; `undefined` when `value` is known. */
export function unknownType(value: unknown): UnknownType | undefined {
  // Every sentinel is 36 characters: most strings are told apart without hashing them.
  return typeof value === "string" && value.length === 36 ? UNKNOWN_TYPES.get(value) : undefined;
}
