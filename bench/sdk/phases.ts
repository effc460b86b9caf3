// What a request costs inside the process, found by leaving parts out.
import { createRequire } from "node:module";
import type * as Core from "../../packages/sdk/src/core.ts";
import { time } from "../measure/ratios.ts";

const RUNS = 10_000;

/** Microseconds for each request, by what they are spent on. The SDK must be built. */
export async function phases(request: Uint8Array): Promise<Record<string, string>> {
  const core: typeof Core = createRequire(import.meta.url)("../../packages/sdk/dist/core.js");
  const cost = (validations: Core.ResourceValidation[]) => microseconds(core, request, validations);
  const nothing = () => {};
  const empty = await cost([]);
  const one = await cost([nothing]);
  const twenty = await cost(Array(20).fill(nothing));
  const reading = await cost(Array(20).fill(look));
  return {
    "request from bytes, answer to bytes": empty.toFixed(1),
    "properties from bytes, first policy": (one - empty).toFixed(1),
    "a copy and arguments for 19 more": (twenty - one).toFixed(1),
    "what 20 policies do": (reading - twenty).toFixed(1),
  };
}

const look: Core.ResourceValidation = (args, reportViolation) => {
  if (args.props.tags?.owner === undefined || args.props.property3 === "forbidden") reportViolation("Forbidden.");
  for (const rule of args.props.rules) if (rule.port === 22 && rule.cidr === "0.0.0.0/0") reportViolation("Open.");
};

async function microseconds(
  { loadService, Call, interceptPacks, PolicyPack }: typeof Core,
  request: Uint8Array,
  validations: Core.ResourceValidation[],
): Promise<number> {
  let state: Core.PackState | undefined;
  const undo = interceptPacks((pack) => {
    state = pack;
  });
  new PolicyPack("phases", {
    policies: validations.map((validateResource, index) => ({ name: `p${index}`, description: "d", validateResource })),
  });
  undo();
  const { analyzerService } = await loadService();
  const analyze = state && analyzerService(state).get("/pulumirpc.Analyzer/Analyze");
  if (!analyze) throw new Error("The SDK has no Analyze method");
  const repeat = async (times: number) => {
    for (let run = 0; run < times; run++) await analyze(request, new Call());
  };
  await repeat(RUNS / 4);
  return ((await time(() => repeat(RUNS))) * 1_000) / RUNS;
}
