import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const libraries = "/usr/lib";

/** Of Debian's package faketime. Its folder is named after the kind of machine. */
function findLibrary(): string | undefined {
  const folders = existsSync(libraries) ? readdirSync(libraries).map((name) => join(libraries, name, "faketime")) : [];
  return folders.map((folder) => join(folder, "libfaketime.so.1")).find((path) => existsSync(path));
}

export interface Clock {
  /** The environment variables with which a program has this clock. */
  env: Record<string, string>;
  /** @param offset from the real time, such as `+400s` or `-1h`. */
  set(offset: string): void;
}

export const hasClocks = findLibrary() !== undefined;

/** A clock that jumps when it is told to. What measures how long something takes is not changed, as with a real clock that is set. */
export function newClock(file: string): Clock {
  const set = (offset: string) => writeFileSync(file, `${offset}\n`);
  set("+0s");
  return {
    env: {
      LD_PRELOAD: findLibrary() ?? "",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    set,
  };
}
