import { readServer } from "../../actions/read-server.ts";
import type { Handlers } from "../route.ts";

export const serverHandlers = {
  "GET /api/quillon/server": async (ctx) => {
    const { version, database, databaseVersion, keeps, storage } = await readServer(ctx);
    return { version, database: { kind: database, version: databaseVersion }, keeps, ...(storage && { storage }) };
  },
} satisfies Partial<Handlers>;
