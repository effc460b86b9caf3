import { ASSET, encodeStruct, SIGNATURE } from "@quillon/proto";
import { Analyzer, nodeCommand, startPack } from "@quillon/runner";
import { describe, expect, test } from "vitest";
import { problemLine } from "./index.ts";
import { manifest, packsInTests, TestFolder, unpack } from "./testing.ts";

const { bundle } = packsInTests();

describe("with its own SDK", () => {
  test("a pack says what it is, and answers", async () => {
    const { archive, problems, description } = await bundle(
      {
        "index.js": `const { version } = require("@pulumi/policy/version");
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", { policies: [{
  name: "tells", enforcementLevel: "advisory", description: version,
  validateResource: ({ props }, report) => { if (props.bad) throw new Error("so bad"); report("seen " + props.size); },
}] });`,
      },
      {},
      { keepSdk: true },
    );
    expect(problems.map(problemLine)).toEqual([]);
    expect(description.policies[0]?.description).toMatch(/^v?1\./);
    await withRunning(archive, async (analyzer) => {
      const { diagnostics } = await analyzer.analyze(about({ size: 2 }));
      expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("seen 2")]);
      await expect(analyzer.analyze(about({ bad: true }))).rejects.toThrow(/so bad\n\s+at .*index\.js:5:/);
    });
  });
});

describe("when it runs", () => {
  test("an error of a policy names the author's file and line, and an asset is one of the pack's classes", async () => {
    const { archive } = await bundle({
      "package.json": manifest({ main: "src/index.js" }),
      "src/index.js": `const pulumi = require("@pulumi/pulumi");
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", { policies: [{
  name: "assets",
  description: "Looks at assets.",
  enforcementLevel: "advisory",
  validateResource({ props }, report) {
    if (props.content instanceof pulumi.asset.StringAsset) report("a text");
    else throw new Error("no asset" + (__dirname ? "" : "!"));
  },
}] });`,
    });
    await withRunning(archive, async (analyzer) => {
      const { diagnostics } = await analyzer.analyze(about({ content: { [SIGNATURE]: ASSET, text: "t" } }));
      expect(diagnostics.map(({ message }) => message)).toEqual(["Looks at assets.\na text"]);
      await expect(analyzer.analyze(about({}))).rejects.toThrow(/no asset\n\s+at .*src\/index\.js:9:16/);
    });
  });
});

function about(properties: object) {
  const urn = "urn:pulumi:dev::web::a:b:C::x";
  return { type: "a:b:C", urn, name: "x", options: {}, properties: encodeStruct(properties) };
}

async function withRunning(archive: Buffer, ask: (analyzer: Analyzer) => Promise<void>): Promise<void> {
  const files = [...(await unpack(archive))].map(([path, text]) => [path.replace("package/", ""), text]);
  const installed = new TestFolder(Object.fromEntries(files));
  const { directory } = installed;
  const running = await startPack({ directory, command: nodeCommand(directory) });
  const analyzer = new Analyzer(running.port);
  try {
    await ask(analyzer);
  } finally {
    analyzer.close();
    await running.stop();
    installed.remove();
  }
}
