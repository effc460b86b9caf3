/** The engine's colours: `<{%fg 1%}>`, and those of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const COLORS = /<\{%[^%]{0,40}%\}>|\u001b\[[0-9;]{0,20}m/g;

/** A message of the engine without its colours, and without space at its end. */
export function plain(message: string): string {
  return message.replaceAll(COLORS, "").trimEnd();
}

export interface Message {
  key: string;
  severity: string;
  urn: string;
  text: string;
}

interface DiagnosticEvent {
  sequence?: number;
  diagnosticEvent?: { urn?: string; prefix?: string; message?: string; severity?: string; ephemeral?: boolean };
}

/** What events say to people. What is replaced by the next one, and what is for the engine's authors, is left out. */
export function messagesOf(events: readonly unknown[]): Message[] {
  return events.flatMap((event) => {
    const { sequence = 0, diagnosticEvent } = (event ?? {}) as DiagnosticEvent;
    const { urn = "", prefix = "", message = "", severity = "info", ephemeral = false } = diagnosticEvent ?? {};
    const text = plain(prefix + message);
    if (ephemeral || severity === "debug" || text === "") return [];
    return [{ key: String(sequence), severity: severity === "info#err" ? "info" : severity, urn, text }];
  });
}
