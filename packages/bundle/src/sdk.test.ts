import { describe, expect, test } from "vitest";
import { type ImportedSdks, sdkOf } from "./sdk.ts";

const boot = [{ name: "@quillon/policy", version: "0.2.0", license: undefined, texts: {} }];

function imported(own: string[], others: string[] = []): ImportedSdks {
  const entry = (id: string, isOwn: boolean) => {
    const [, name = "", version = ""] = /^(.+)@(.+)$/.exec(id) ?? [];
    return [id, { name, version: version === "undefined" ? undefined : version, isOwn }] as const;
  };
  return new Map([...others.map((id) => entry(id, false)), ...own.map((id) => entry(id, true))]);
}

describe("the SDK of a bundle", () => {
  test.each<[string, ImportedSdks, string | undefined]>([
    ["stands in the place of what is imported", imported(["@pulumi/policy@1.21.0"]), "@pulumi/policy@1.21.0"],
    ["replaces nothing where it is imported itself", imported(["@quillon/policy@0.2.0"]), undefined],
    ["replaces an older one of itself", imported(["@quillon/policy@0.1.0"]), "@quillon/policy@0.1.0"],
    [
      "replaces what dependencies import, too",
      imported(["@quillon/policy@0.2.0"], ["@pulumi/policy@1.20.0", "@pulumi/policy@1.21.0"]),
      "@pulumi/policy@1.20.0, @pulumi/policy@1.21.0",
    ],
    ["names nothing that is not installed", imported(["@pulumi/policy@undefined"]), undefined],
  ])("%s", (_, sdks, replaces) => {
    expect(sdkOf(sdks, boot)).toEqual({ name: "@quillon/policy", version: "0.2.0", ...(replaces && { replaces }) });
  });

  test("is the pack's own when it is kept, and not that of a dependency", () => {
    const sdks = imported(["@quillon/policy@0.1.0"], ["@pulumi/policy@1.21.0"]);
    expect(sdkOf(sdks, [])).toEqual({ name: "@quillon/policy", version: "0.1.0" });
    expect(sdkOf(imported([]), [])).toBeUndefined();
  });
});
