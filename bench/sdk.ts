// npm run bench -- sdk [--quick]: the SDK compared with @pulumi/policy, in the same run. Build first: npm run build.
//
// Both get the same pack, in plain JavaScript, and the same requests from one client. Figures are medians of alternating
// rounds. The ratios are what counts.
import { memoryOf, processorTime, type Running } from "./measure/process.ts";
import { median, type Pair, pairs, printPairs, time } from "./measure/ratios.ts";
import { AnalyzerClient } from "./sdk/client.ts";
import { layPacks, type Packs, startPack } from "./sdk/packs.ts";
import { phases } from "./sdk/phases.ts";
import { analyzeRequest, exceptionsRequest, stackRequest } from "./sdk/requests.ts";

const RESOURCES = 5_000;
const EXCEPTIONS = 5_000;

interface Extent {
  rounds: number;
  requests: number;
}

/** One line of the table: `a` is ours. For a rate the ratio is a ÷ b, for time and memory b ÷ a: larger is better for us. */
interface Row {
  what: string;
  figures: Pair<number>;
  unit: "ms" | "MB" | "/s";
  wanted: string;
}

export async function main(args: string[]): Promise<void> {
  const extent = args.includes("--quick") ? { rounds: 3, requests: 1_000 } : { rounds: 11, requests: 6_000 };
  const packs = layPacks();
  try {
    const rows = [
      ...(await benchBoot(packs, extent)),
      ...(await benchAnalyze(packs, extent)),
      ...(await benchExceptions(packs, extent)),
      ...(await benchStack(packs, extent)),
    ];
    console.table(rows.map(shown));
    await showPhases(packs, extent);
  } finally {
    packs.remove();
  }
}

function shown({ what, figures: { a, b }, unit, wanted }: Row) {
  const ratio = unit === "/s" ? a / b : b / a;
  const figure = (value: number) => `${value.toFixed(0)} ${unit}`;
  return { what, ours: figure(a), other: figure(b), ratio: `${ratio.toFixed(2)} ×`, wanted };
}

/** From spawn to the port line, and the memory then. */
async function benchBoot(packs: Packs, { rounds }: Extent): Promise<Row[]> {
  const variants = ["bare", "ours", "original", "runnerBare", "runnerOurs"] as const;
  type Variant = (typeof variants)[number];
  const boots = variants.map((name) => ({ name, ms: [] as number[], mb: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { name, ms, mb } of boots) {
      let pack: Running | undefined;
      ms.push(
        await time(async () => {
          pack = await startPack(packs[name]);
        }),
      );
      if (pack) mb.push(megabytes(memoryOf(pack.pid).rss));
      await pack?.stop("SIGKILL");
    }
  }
  const both = (unit: "ms" | "mb", a: Variant, b: Variant): Pair<number> => {
    const of = (variant: Variant) => median(boots.find(({ name }) => name === variant)?.[unit] ?? []);
    return { a: of(a), b: of(b) };
  };
  const boot = (what: string, figures: Pair<number>, unit: Row["unit"], wanted: string): Row => ({
    what: `boot: ${what}`,
    figures,
    unit,
    wanted,
  });
  return [
    boot("our boot file, against bare Node", both("ms", "ours", "bare"), "ms", "≥ 0.40 ×"),
    boot("our boot file, against the original", both("ms", "ours", "original"), "ms", "≥ 6 ×"),
    boot("memory", both("mb", "ours", "original"), "MB", "≥ 2 ×"),
    boot(
      "Pulumi's runner, against a pack that prints a port",
      both("ms", "runnerOurs", "runnerBare"),
      "ms",
      "≥ 0.87 ×",
    ),
    boot("Pulumi's runner, memory", both("mb", "runnerOurs", "runnerBare"), "MB", "—"),
  ];
}

async function benchAnalyze(packs: Packs, { rounds, requests }: Extent): Promise<Row[]> {
  const request = analyzeRequest();
  const peers = [
    { ...(await startWithClient(packs.ours)), requests, many: [] as number[], one: [] as number[] },
    { ...(await startWithClient(packs.original)), requests: requests / 3, many: [] as number[], one: [] as number[] },
  ] as const;
  for (const { client } of peers) await client.many("Analyze", request, { count: 2_000, inFlight: 32 });
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    for (const { client, requests, many, one } of peers) {
      many.push(await client.many("Analyze", request, { count: requests, inFlight: 32 }));
      one.push(await client.many("Analyze", request, { count: requests / 4, inFlight: 1 }));
    }
  }
  for (const { stop } of peers) await stop();
  const [a, b] = peers;
  const both = (load: "many" | "one") => ({ a: median(a[load]), b: median(b[load]) });
  return [
    { what: "Analyze, 20 policies, 32 in flight", figures: both("many"), unit: "/s", wanted: "≥ 4 ×" },
    { what: "Analyze, one at a time", figures: both("one"), unit: "/s", wanted: "≥ 3 ×" },
  ];
}

/**
 * The same requests to a pack with exceptions, which are for its violations, and to one without. The processor time does not depend on
 * what else runs.
 */
async function benchExceptions(packs: Packs, { rounds, requests }: Extent): Promise<Row[]> {
  const request = analyzeRequest();
  const rows: Row[] = [];
  for (const of of ["a resource each", "one resource"] as const) {
    const [given, none] = [await startWithClient(packs.ours), await startWithClient(packs.ours)];
    const configured = await given.client.once("Configure", exceptionsRequest(EXCEPTIONS, of));
    const rate =
      ({ client, pid }: typeof given, used: number[]) =>
      async () => {
        const before = processorTime(pid);
        const perSecond = await client.many("Analyze", request, { count: requests / 2, inFlight: 32 });
        used.push(((processorTime(pid) - before) * 1_000) / (requests / 2));
        return perSecond;
      };
    const used: Pair<number[]> = { a: [], b: [] };
    const figures = await pairs(rate(given, used.a), rate(none, used.b), { count: rounds * 2 - 1, warmup: 2 });
    for (const { stop } of [given, none]) await stop();
    const what = `Analyze with ${EXCEPTIONS} exceptions, of ${of}, against none`;
    console.log(`Configure with those of ${of}: ${configured.toFixed(0)} ms`);
    printPairs({ a: what, b: "without" }, figures, "/s");
    const ofRequest = used.a.map((a, round) => ({ a, b: used.b[round] ?? Number.NaN })).slice(2);
    printPairs({ a: "processor time of one", b: "without" }, ofRequest, "µs");
    const medians = { a: median(figures.map(({ a }) => a)), b: median(figures.map(({ b }) => b)) };
    rows.push({ what, figures: medians, unit: "/s", wanted: "≥ 0.91 ×" });
  }
  return rows;
}

async function benchStack(packs: Packs, { rounds }: Extent): Promise<Row[]> {
  const times = { ours: [] as number[], original: [] as number[] };
  const peak = { ours: [] as number[], original: [] as number[] };
  const warm = { all: [] as number[], half: [] as number[] };
  const [all, half] = [stackRequest(RESOURCES), stackRequest(RESOURCES / 2)];
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    for (const name of ["ours", "original"] as const) {
      const { client, pid, stop } = await startWithClient(name === "ours" ? packs.stackOurs : packs.stackOriginal);
      times[name].push(await client.once("AnalyzeStack", all));
      peak[name].push(megabytes(memoryOf(pid).peak));
      if (name === "ours") {
        for (let run = 0; run < 3; run++) warm.half.push(await client.once("AnalyzeStack", half));
        for (let run = 0; run < 3; run++) warm.all.push(await client.once("AnalyzeStack", all));
      }
      await stop();
    }
  }
  const both = (a: number[], b: number[]) => ({ a: median(a), b: median(b) });
  const again = "AnalyzeStack again, against half as many resources";
  return [
    {
      what: `AnalyzeStack, ${RESOURCES} resources`,
      figures: both(times.ours, times.original),
      unit: "ms",
      wanted: "≥ 5 ×",
    },
    { what: "AnalyzeStack, peak memory", figures: both(peak.ours, peak.original), unit: "MB", wanted: "≥ 2 ×" },
    { what: again, figures: both(warm.all, warm.half), unit: "ms", wanted: "linear: about 0.5 ×" },
  ];
}

/** Where a request's time goes. An empty handler costs only the transport; the rest is measured inside the process. */
async function showPhases(packs: Packs, { requests }: Extent): Promise<void> {
  const request = analyzeRequest();
  const perRequest = async (pack: Packs["empty"]) => {
    const { client, stop } = await startWithClient(pack);
    await client.many("Analyze", request, { count: 3_000, inFlight: 32 });
    const rate = await client.many("Analyze", request, { count: requests, inFlight: 32 });
    await stop();
    return (1e6 / rate).toFixed(1);
  };
  const transport = await perRequest(packs.empty);
  const whole = await perRequest(packs.ours);
  console.log("Where the time of one Analyze goes, in microseconds:");
  console.table({
    "transport (node:http2, an empty handler)": transport,
    ...(await phases(request)),
    "whole request, 32 in flight": whole,
  });
}

async function startWithClient(pack: Packs["empty"]) {
  const running = await startPack(pack);
  const client = new AnalyzerClient(Number(running.printed));
  return {
    client,
    pid: running.pid,
    async stop() {
      client.close();
      await running.stop("SIGKILL");
    },
  };
}

function megabytes(bytes: number): number {
  return bytes / 1_000_000;
}
