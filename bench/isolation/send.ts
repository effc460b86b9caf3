// A process of `npm run bench -- isolation`: prepares one of the attacks, prints that, waits for SIGUSR2, sends it, and ends
// when it is answered.
import { once } from "node:events";
import { startQuillonClient } from "../measure/client.ts";
import { attacks } from "./attacks.ts";

export async function main([url = "", token = "", name = ""]: string[]): Promise<void> {
  const alive = setInterval(() => {}, 1_000);
  const send = await attacks[name]?.(startQuillonClient(url, token));
  const told = once(process, "SIGUSR2");
  console.log("prepared");
  await told;
  await send?.();
  clearInterval(alive);
  process.exit();
}
