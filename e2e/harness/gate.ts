import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { World } from "./world.ts";

/**
 * Holds the echo provider before each create, update and delete until the test lets it continue. Meanwhile the test can
 * act in the middle of an update, for example kill the server.
 */
export interface Gate {
  /** Environment variables with which a command's providers wait at this gate. */
  env: { ECHO_GATE: string };
  /** Resolves when `operation`, such as "create rex", waits at the gate. @returns a function that lets it continue. */
  reached(operation: string): Promise<() => void>;
  /** From now on no operation waits. */
  open(): void;
  close(): void;
}

export async function buildGate({ dir }: World, name: string): Promise<Gate> {
  const path = join(dir, `${name}.gate`);
  const waiting = new Map<string, Socket>();
  const expected = new Map<string, (letThrough: () => void) => void>();
  let isOpen = false;

  function arrive(operation: string, socket: Socket): void {
    if (isOpen) return void socket.end();
    const meet = expected.get(operation);
    if (meet) meet(() => socket.end());
    else waiting.set(operation, socket);
  }

  const server: Server = createServer((socket) => {
    let text = "";
    socket.setEncoding("utf8").on("error", () => {});
    socket.on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) arrive(text.trim(), socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));

  return {
    env: { ECHO_GATE: path },
    reached(operation) {
      const socket = waiting.get(operation);
      waiting.delete(operation);
      if (socket) return Promise.resolve(() => void socket.end());
      return new Promise((resolve) => expected.set(operation, resolve));
    },
    open() {
      isOpen = true;
      for (const socket of waiting.values()) socket.end();
      waiting.clear();
    },
    close: () => void server.close(),
  };
}
