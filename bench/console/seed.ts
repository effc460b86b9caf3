import type { startQuillonClient } from "../measure/client.ts";
import { requirePack, withDatabase } from "../measure/quillon.ts";
import { batchesOf, eventsOf, sendBatches } from "../results/events.ts";
import { fillOrganization } from "../results/organization.ts";

type Client = ReturnType<typeof startQuillonClient>;
type Event = ReturnType<typeof eventsOf>[number];

export const RESOURCES = 10_000;
/** Some 10⁵ findings that have not ended. */
const STACKS = 1_200;
const POLICIES = 40;
/** The organization that has so many findings. */
export const LARGE = "large";

/** Fills a server with what the console's pages are timed on. @returns the path of the run of many resources. */
export async function fillServer(client: Client, databaseUrl: string): Promise<string> {
  const policies = Array.from({ length: POLICIES }, (_, index) => ({
    name: `rule-${index}`,
    description: `Rule ${index} of a pack that has many.`,
  }));
  await requirePack(client, policies);
  const run = await runOnce(client);
  await client.json("POST", "/api/quillon/orgs", { name: LARGE });
  await withDatabase(databaseUrl, (database) => fillOrganization(database, LARGE, STACKS));
  return run;
}

/** An update of a stack with so many resources: each is remediated by one policy and violates another, a fiftieth of them a mandatory one. */
async function runOnce(client: Client): Promise<string> {
  const stack = await client.newStack();
  await importState(client, stack);
  const update = await client.newUpdate(stack);
  await sendBatches(update, batchesOf(withViolations(eventsOf(RESOURCES))));
  await update("POST", "complete", Buffer.from(JSON.stringify({ status: "succeeded" })));
  return stack;
}

/** Adds a violation before what the engine says of each remediated resource. */
function withViolations(events: readonly Event[]): Event[] {
  let index = 0;
  const all = events.flatMap((event) => {
    const remediation = event.policyRemediationEvent as Record<string, string> | undefined;
    if (!remediation) return [event];
    index += 1;
    const policyEvent = {
      ...remediation,
      before: undefined,
      after: undefined,
      policyName: `rule-${index % POLICIES}`,
      enforcementLevel: index % 50 === 0 ? "mandatory" : "advisory",
      message: `The resource must be as rule ${index % POLICIES} says. It is not, and this sentence is as long as such messages are.`,
    };
    return [{ ...event, policyRemediationEvent: undefined, policyEvent }, event];
  });
  return all.map((event, sequence) => ({ ...event, sequence }));
}

/** Ten components, each the parent of as many resources. */
async function importState({ json }: Client, stack: string): Promise<void> {
  const urnOf = (type: string, name: string) => `urn:pulumi:dev::pets::${type}::${name}`;
  const root = { urn: urnOf("pulumi:pulumi:Stack", "pets-dev"), type: "pulumi:pulumi:Stack" };
  const components = Array.from({ length: 10 }, (_, index) => ({
    urn: urnOf("pets:index:Herd", `herd-${index}`),
    type: "pets:index:Herd",
    parent: root.urn,
  }));
  const pets = Array.from({ length: RESOURCES }, (_, index) => ({
    urn: urnOf("random:index/randomPet:RandomPet", `rex-${index}`),
    type: "random:index/randomPet:RandomPet",
    custom: true,
    id: `rex-${index}`,
    parent: components[index % 10]?.urn,
    inputs: { length: 2, separator: "-" },
    outputs: { length: 2, separator: "-", id: `rex-${index}` },
  }));
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  const deployment = { manifest, resources: [root, ...components, ...pets] };
  await json("POST", `${stack}/import`, { version: 3, deployment });
}
