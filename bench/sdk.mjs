// The SDK against @pulumi/policy, in the same run: `node bench/sdk.mjs [--quick]`. Build first: `node packages/sdk/build.mjs`.
//
// Both get the same pack, in plain JavaScript, and the same requests from one client on a core of its own. Figures are medians
// of interleaved rounds; what to read are the ratios.
import { performance } from "node:perf_hooks";
import { AnalyzerClient, analyzeRequest, stackRequest } from "./sdk/client.mjs";
import { layPacks, start } from "./sdk/packs.mjs";

const QUICK = process.argv.includes("--quick");
const ROUNDS = QUICK ? 3 : 11;
const REQUESTS = QUICK ? 1_000 : 6_000;
const RESOURCES = 5_000;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
/** `ratio` is how many times better ours is: for a rate ours over theirs, for time and memory theirs over ours. */
const row = (what, [ours, other], unit, wanted) => {
  const ratio = unit === "/s" ? ours / other : other / ours;
  const figure = (value) => `${value.toFixed(0)} ${unit}`;
  rows.push({ what, ours: figure(ours), other: figure(other), ratio: `${ratio.toFixed(2)} ×`, wanted });
};

const packs = layPacks();
try {
  await benchBoot();
  await benchAnalyze();
  await benchStack();
  console.table(rows);
  await showRest();
} finally {
  packs.remove();
}

/** From spawn to the port line, and the memory a second later, when the garbage of the start is gone or not. */
async function benchBoot() {
  const variants = ["bare", "ours", "original", "runner-bare", "runner-ours"];
  const times = Object.fromEntries(variants.map((name) => [name, []]));
  const memory = structuredClone(times);
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of variants) {
      const begin = performance.now();
      const pack = await start(packs[name]);
      times[name].push(performance.now() - begin);
      memory[name].push(pack.memory().rss);
      await pack.stop();
    }
  }
  const ms = (name) => median(times[name]);
  const mb = (name) => median(memory[name]);
  row("boot: our boot file, against bare Node", [ms("ours"), ms("bare")], "ms", "≥ 0.40 ×");
  row("boot: our boot file, against the original", [ms("ours"), ms("original")], "ms", "≥ 6 ×");
  row("boot: memory", [mb("ours"), mb("original")], "MB", "≥ 2 ×");
  row(
    "boot: Pulumi's runner, against a pack that prints a port",
    [ms("runner-ours"), ms("runner-bare")],
    "ms",
    "≥ 0.87 ×",
  );
  row("boot: Pulumi's runner, memory", [mb("runner-ours"), mb("runner-bare")], "MB", "—");
}

async function benchAnalyze() {
  const rate = { ours: { 32: [], 1: [] }, original: { 32: [], 1: [] } };
  const running = await startBoth("ours", "original");
  const request = analyzeRequest();
  for (const name of ["ours", "original"])
    await running[name].client.many("Analyze", request, { count: 2_000, inFlight: 32 });
  for (let round = 0; round < Math.ceil(ROUNDS / 2); round++) {
    for (const name of ["ours", "original"]) {
      const { client } = running[name];
      const requests = name === "ours" ? REQUESTS : REQUESTS / 3;
      rate[name][32].push(await client.many("Analyze", request, { count: requests, inFlight: 32 }));
      rate[name][1].push(await client.many("Analyze", request, { count: requests / 4, inFlight: 1 }));
    }
  }
  row("Analyze, 20 policies, 32 in flight", [median(rate.ours[32]), median(rate.original[32])], "/s", "≥ 4 ×");
  row("Analyze, one at a time", [median(rate.ours[1]), median(rate.original[1])], "/s", "≥ 3 ×");
  await stopAll(running);
}

async function benchStack() {
  const times = { ours: [], original: [] };
  const peak = { ours: [], original: [] };
  const warm = { all: [], half: [] };
  for (let round = 0; round < Math.ceil(ROUNDS / 2); round++) {
    const running = await startBoth("stack-ours", "stack-original");
    for (const [pack, { client, process }] of Object.entries(running)) {
      const name = pack.replace("stack-", "");
      times[name].push(await client.once("AnalyzeStack", stackRequest(RESOURCES)));
      peak[name].push(process.memory().peak);
      if (name !== "ours") continue;
      for (const count of [RESOURCES / 2, RESOURCES]) {
        const list = count === RESOURCES ? warm.all : warm.half;
        for (let run = 0; run < 3; run++) list.push(await client.once("AnalyzeStack", stackRequest(count)));
      }
    }
    await stopAll(running);
  }
  row(`AnalyzeStack, ${RESOURCES} resources`, [median(times.ours), median(times.original)], "ms", "≥ 5 ×");
  row("AnalyzeStack, peak memory", [median(peak.ours), median(peak.original)], "MB", "≥ 2 ×");
  row(
    "AnalyzeStack again, against half as many resources",
    [median(warm.all), median(warm.half)],
    "ms",
    "linear: about 0.5 ×",
  );
}

/** Where a request's time goes: what the empty handler takes is the transport's, the rest is measured inside the process. */
async function showRest() {
  const { phases } = await import("./sdk/phases.mjs");
  const running = await startBoth("empty", "ours");
  const request = analyzeRequest();
  const perRequest = {};
  for (const name of ["empty", "ours"]) {
    await running[name].client.many("Analyze", request, { count: 3_000, inFlight: 32 });
    perRequest[name] = 1e6 / (await running[name].client.many("Analyze", request, { count: REQUESTS, inFlight: 32 }));
  }
  await stopAll(running);
  console.log("Where the time of one Analyze goes, in microseconds:");
  console.table({
    "transport (node:http2, an empty handler)": perRequest.empty.toFixed(1),
    ...(await phases(request)),
    "whole request, 32 in flight": perRequest.ours.toFixed(1),
  });
}

async function startBoth(...names) {
  const running = {};
  for (const name of names) {
    const process = await start(packs[name]);
    running[name] = { process, client: new AnalyzerClient(process.port) };
  }
  return running;
}

async function stopAll(running) {
  for (const { client, process } of Object.values(running)) {
    client.close();
    await process.stop();
  }
}
