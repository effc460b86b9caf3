import { isFrom, type Mark } from "./mark.ts";
import type { Provider } from "./state.ts";

/**
 * What is to be done with a stack, or was.
 *
 * `move`: it is not in Quillon yet. `again`: it was moved, and has changed only where it came from. `moved`: it is in Quillon. `busy`: an update of it
 * runs. `taken`: another stack has its name. `diverged`: it was moved, and has changed on both sides. `closed`: its secrets can't be opened.
 * `unreadable`: it can't be read. `changed`: it has changed while it was moved. `failed`: it could not be moved.
 */
export type Status =
  | "move"
  | "again"
  | "moved"
  | "busy"
  | "taken"
  | "diverged"
  | "closed"
  | "unreadable"
  | "changed"
  | "failed";

export interface Situation {
  /** Where the stack is, and its name there. */
  from: string;
  digest: string;
  /** Whether an update of it runs there. */
  isBusy: boolean;
  secrets: Secrets;
  /** The stack with its name in Quillon. */
  here?: { version: number; isBusy: boolean; mark?: Mark };
}

export function decide({ from, digest, isBusy, secrets, here }: Situation): Status {
  const ready = (status: "move" | "again"): Status => {
    if (secrets === "closed") return "closed";
    return isBusy || here?.isBusy ? "busy" : status;
  };
  if (!here) return ready("move");
  const { mark, version } = here;
  if (!mark || !isFrom(mark, from)) return "taken";
  // The state may have been stored before it could be noted.
  if (mark.step === "begun") return version <= mark.version + 1 ? ready("move") : "taken";
  if (mark.digest === digest) return "moved";
  return mark.version === version ? ready("again") : "diverged";
}

/**
 * What becomes of a stack's secrets. `none`: it has none. `anew`: the service decrypts them, and Quillon encrypts them with the stack's key.
 * `kept`: they stay encrypted as they are, by a passphrase or a KMS. `closed`: nobody is there who can decrypt them.
 */
export type Secrets = "none" | "anew" | "kept" | "closed";

export function secretsFrom(
  source: "service" | "backend",
  { provider, ciphertexts }: { provider?: Provider; ciphertexts: readonly string[] },
): Secrets {
  if (provider && provider.type !== "service") return "kept";
  if (ciphertexts.length === 0) return "none";
  return provider && source === "service" ? "anew" : "closed";
}
