import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What stands between clients and a server, and sometimes ends a connection instead of passing an answer on. */
export interface LossyRelay {
  url: string;
  /** Whether the answer that comes is lost. Nothing is at first. */
  loses: () => boolean;
  close(): void;
}

export async function openLossyRelay(target: string): Promise<LossyRelay> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(Number(port), hostname);
    const end = () => {
      from.destroy();
      to.destroy();
    };
    for (const socket of [from, to]) {
      open.add(socket);
      socket.on("error", end).on("close", end);
    }
    from.pipe(to);
    to.on("data", (answer) => {
      if (relay.loses()) end();
      else from.write(answer);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const relay: LossyRelay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loses: () => false,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
  return relay;
}
