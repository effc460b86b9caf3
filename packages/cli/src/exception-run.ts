import type { Client } from "@quillon/contract/client";

/** Which run of a stack is meant: with true the newest one of that kind, as the Pulumi CLI understands an option without a value. */
export interface RunOptions {
  update?: string | true;
  preview?: string | true;
}

/** @throws Error for what can't be a run, such as the policy pack that follows an option without a value. */
export function checkRun({ update, preview }: RunOptions): void {
  const isUpdate = typeof update !== "string" || /^(latest|\d{1,9}|[0-9a-f-]{36})$/.test(update);
  if (!isUpdate)
    throw new Error(
      `--update can't be "${update}": write --update=VERSION, such as --update=12, or --update alone for the newest one, after the policy pack.`,
    );
  const isPreview = typeof preview !== "string" || /^(latest|[0-9a-f-]{36})$/.test(preview);
  if (!isPreview)
    throw new Error(
      `--preview can't be "${preview}": write --preview=ID, or --preview alone for the newest one, after the policy pack.`,
    );
}

/** By which the results of the run are read. @throws Error when there is no such run. */
export async function findRun(
  client: Client,
  params: { orgName: string; projectName: string; stackName: string },
  { update, preview }: RunOptions,
): Promise<string> {
  const name = `${params.projectName}/${params.stackName}`;
  const given = update ?? preview;
  if (given === undefined) return "latest";
  if (given !== true && given !== "latest") return given;
  if (update !== undefined) {
    const query = { pageSize: 1, page: 1 };
    const { updates } = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/updates", {
      params,
      query,
    });
    if (updates[0]) return String(updates[0].version);
    throw new Error(`Stack ${name} has no update.`);
  }
  const query = { asc: false, pageSize: 1, page: 1 };
  const { updates } = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest/previews", {
    params,
    query,
  });
  if (updates[0]) return updates[0].updateID;
  throw new Error(`Stack ${name} has no preview since its newest update. Run pulumi preview first.`);
}
