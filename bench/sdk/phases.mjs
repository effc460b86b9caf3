// What a request costs inside the process, taken apart by leaving things out.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";

const { analyzerService, Call, interceptPacks, PolicyPack } = createRequire(import.meta.url)(
  "../../packages/sdk/dist/core.js",
);
const RUNS = 10_000;

/** Microseconds per request, by what they are spent on. */
export async function phases(request) {
  const nothing = () => {};
  const empty = await time(request, []);
  const one = await time(request, [nothing]);
  const twenty = await time(request, Array(20).fill(nothing));
  const reading = await time(request, Array(20).fill(look));
  return {
    "request from bytes, answer to bytes": empty.toFixed(1),
    "properties from bytes, first policy": (one - empty).toFixed(1),
    "a copy and arguments for 19 more": (twenty - one).toFixed(1),
    "what 20 policies do": (reading - twenty).toFixed(1),
  };
}

function look(args, reportViolation) {
  if (args.props.tags?.owner === undefined || args.props.property3 === "forbidden") reportViolation("Forbidden.");
  for (const rule of args.props.rules) if (rule.port === 22 && rule.cidr === "0.0.0.0/0") reportViolation("Open.");
}

async function time(request, validations) {
  let state;
  const undo = interceptPacks((pack) => {
    state = pack;
  });
  new PolicyPack("phases", {
    policies: validations.map((validateResource, index) => ({ name: `p${index}`, description: "d", validateResource })),
  });
  undo();
  const analyze = analyzerService(state).get("/pulumirpc.Analyzer/Analyze");
  for (let run = 0; run < RUNS / 4; run++) await analyze(request, new Call());
  const begin = performance.now();
  for (let run = 0; run < RUNS; run++) await analyze(request, new Call());
  return ((performance.now() - begin) * 1_000) / RUNS;
}
