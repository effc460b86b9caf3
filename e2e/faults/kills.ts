import type { Postgres } from "../../tools/postgres.ts";
import type { Server } from "../harness/server.ts";
import type { Recorder } from "./history.ts";
import type { Random } from "./random.ts";

/** What may be killed with kill -9. */
export interface Victims {
  servers: readonly Server[];
  postgres?: Postgres | undefined;
}

/** Most requests that are acknowledged between two kills. */
const BETWEEN = 25;

/** Kills one after the other at random moments, and starts it again. */
export async function killAtRandom(
  victims: Victims,
  { kills, random, recorder }: { kills: number; random: Random; recorder: Recorder },
): Promise<void> {
  const { servers, postgres } = victims;
  for (let kill = 0; kill < kills; kill += 1) {
    // Now and then one is killed that has just begun to start.
    await recorder.acknowledges(random.chance(0.1) ? 0 : 1 + random.below(BETWEEN));
    const server = servers[random.below(servers.length)];
    if (postgres && random.chance(0.5)) await postgres.crash();
    else {
      await server?.kill();
      await server?.start();
    }
  }
}
