import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Linux gives ports from here on to whoever asks for any; macOS those from 49152 on. */
const FIRST_OF_SYSTEM = 32_768;
const FIRST = 15_000;

/**
 * A free port of the loopback address, which the system gives to nobody else. So a server that stops can start on it again, while other
 * tests start servers and connect to them.
 */
export async function freePort(): Promise<number> {
  let port = randomInt(FIRST, FIRST_OF_SYSTEM);
  while (!(await isFree(port))) port = randomInt(FIRST, FIRST_OF_SYSTEM);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
