import { isObject } from "../json/is-object.ts";

/**
 * Which required packs a failed run could not load or configure, by the first engine events of it. The engine says that it loads
 * packs, and begins the run only when it has loaded and configured all of them:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/engine/update.go
 *
 * @returns those that its errors name. When they name none, it is not known which pack failed, and none of them ran: then all.
 */
export function packsNotLoaded(events: readonly unknown[], required: readonly string[]): string[] {
  const sent = events.filter(isObject);
  if (!sent.some(({ policyLoadEvent }) => policyLoadEvent) || sent.some(({ preludeEvent }) => preludeEvent)) return [];
  const errors = sent.flatMap(({ diagnosticEvent: diagnostic }) =>
    isObject(diagnostic) && diagnostic.severity === "error" && typeof diagnostic.message === "string"
      ? [diagnostic.message]
      : [],
  );
  const named = required.filter((pack) => errors.some((error) => wordsOf(error).has(pack)));
  return named.length > 0 ? named : [...required];
}

/** Names of packs are words of letters, digits, and some marks. A dot may also end a sentence. */
function wordsOf(text: string): Set<string> {
  const words = text.match(/[\w.-]+/g) ?? [];
  return new Set(words.flatMap((word) => [word, word.replace(/\.+$/, "")]));
}
