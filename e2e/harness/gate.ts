import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { World } from "./world.ts";

/**
 * Where the echo provider waits before each create, update and delete, until it is let through: what a test does to a
 * server or a client in the middle of an update, it does while somebody waits here.
 */
export interface Gate {
  /** Environment that sends a command's providers here. */
  env: { ECHO_GATE: string };
  /** Resolves when `operation`, such as "create rex", stands at the gate. @returns lets it through. */
  reached(operation: string): Promise<() => void>;
  /** From now on nobody waits. */
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
