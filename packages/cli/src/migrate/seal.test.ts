import { expect, test } from "vitest";
import { openByPassphrase } from "../check/passphrase.ts";
import { sealerOf } from "./seal.ts";

test("what is sealed is opened with the passphrase, and with no other", async () => {
  const { provider, seal } = await sealerOf("correct horse");
  expect(provider.type).toBe("passphrase");
  const sealed = [seal('"king"'), seal('"king"')];
  expect(new Set(sealed).size).toBe(2);
  const { secrets, closed } = await openByPassphrase(provider.state, sealed, {
    PULUMI_CONFIG_PASSPHRASE: "correct horse",
  });
  expect({ values: Object.values(secrets), closed }).toEqual({ values: ['"king"', '"king"'], closed: 0 });
  const other = openByPassphrase(provider.state, sealed, { PULUMI_CONFIG_PASSPHRASE: "battery" });
  await expect(other).rejects.toThrow("is not the passphrase of this state");
});
