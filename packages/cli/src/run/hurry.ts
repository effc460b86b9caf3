/** How long a report may still take after somebody has asked this process to end. */
const HURRY_MS = 1_000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What becomes of signals while a command runs, and while it is reported. */
export interface Hurry {
  /** Is aborted when the report must end, and what is not sent yet be kept. */
  signal: AbortSignal;
  /** The command has ended: what comes from now on is not meant for it. */
  begin(): void;
  stop(): void;
}

/**
 * Keeps signals from ending this process, so that the report of a command is sent or kept. People press Ctrl-C twice, and pipelines send a second
 * signal: one that comes when the command has just ended would lose the report, and the stack would be busy until its lease is over.
 */
export function hurryOnSignals(ms = HURRY_MS): Hurry {
  const hurry = new AbortController();
  let hasBegun = false;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = () => {
    if (hasBegun) timer ??= setTimeout(() => hurry.abort(), ms);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: hurry.signal,
    begin() {
      hasBegun = true;
    },
    stop() {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
