/** What is undone when this process ends before its work does. */
const open = new Set<() => void>();

process.once("exit", undoAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    undoAll();
    process.kill(process.pid, signal);
  });
}

/**
 * Has something undone when this process ends, by itself or because of a signal. What began last is undone first.
 *
 * @param undo must be synchronous.
 * @returns what to call when there is nothing to undo any more.
 */
export function atEnd(undo: () => void): () => void {
  open.add(undo);
  return () => void open.delete(undo);
}

function undoAll(): void {
  for (const undo of [...open].reverse()) {
    try {
      undo();
    } catch {
      // The rest must be undone, too, and nobody is left who could be told.
    }
  }
}
