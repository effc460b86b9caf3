import type { Client } from "@quillon/contract/client";
import type { StackParams } from "../stack-params.ts";

/** Entries in one answer. */
const PAGE = 100;

/** The updates of a stack, the newest first. */
export async function readUpdates(client: Client, params: StackParams, headers = {}): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const query = { pageSize: PAGE, page };
    const { updates } = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/updates", {
      ...{ params, query, headers },
    });
    all.push(...updates);
    if (updates.length < PAGE) return all;
  }
}
