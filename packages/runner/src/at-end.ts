/** What is undone when this process ends before its work does. */
const open = new Set<() => void>();
/** Those of them that end a process, which might write into a folder again that is removed. */
const processes = new Set<() => void>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let isListening = false;

/**
 * Only while there is something to undo: whoever listens gets a signal again after that, which would reach a command that `quillon run` passes
 * its signals on to twice.
 */
function listen(): void {
  const isNeeded = open.size + processes.size > 0;
  if (isNeeded === isListening) return;
  isListening = isNeeded;
  if (!isNeeded) {
    process.off("exit", undoAll);
    for (const signal of SIGNALS) process.off(signal, end);
    return;
  }
  process.on("exit", undoAll);
  // Not `once`, which gives the default action back before: a terminal and npx both send a signal, and the second would end this process
  // while it tidies up. As that is synchronous, no listener is called meanwhile.
  for (const signal of SIGNALS) process.on(signal, end);
}

function end(signal: NodeJS.Signals): void {
  undoAll();
  open.clear();
  processes.clear();
  listen();
  process.kill(process.pid, signal);
}

/**
 * Has something undone when this process ends, by itself or because of a signal. What began last is undone first, and processes before all else.
 *
 * @param undo must be synchronous.
 * @param options.isProcess whether it ends a process.
 * @returns what to call when there is nothing to undo any more.
 */
export function atEnd(undo: () => void, { isProcess = false } = {}): () => void {
  const all = isProcess ? processes : open;
  all.add(undo);
  listen();
  return () => {
    all.delete(undo);
    listen();
  };
}

function undoAll(): void {
  for (const undo of [...[...processes].reverse(), ...[...open].reverse()]) {
    try {
      undo();
    } catch {
      // The rest must be undone, too, and nobody is left who could be told.
    }
  }
}
