import { JsonText } from "@quillon/contract/client";
import { parseObject } from "./arguments.ts";
import { readText } from "./read-text.ts";

/**
 * What `--config` names: configuration by policy. As for the Pulumi CLI a level may stand alone, and an empty file configures nothing:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/analyzer/config.go
 *
 * @throws Error that names the file.
 */
export async function readPolicyConfig(file: string): Promise<Record<string, unknown>> {
  const text = await readText("--config", file);
  if (text.trim() === "") return {};
  parseObject(`--config ${file}`, text);
  // Numbers stay as they are written.
  const policies = Object.entries(JsonText.parse(text) as Record<string, unknown>);
  return Object.fromEntries(
    policies.map(([name, own]) => [name, typeof own === "string" ? { enforcementLevel: own } : own]),
  );
}
