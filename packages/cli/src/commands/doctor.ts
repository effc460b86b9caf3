import { visible } from "@quillon/report/visible";
import { Command } from "commander";
import { lookAround } from "../doctor/look.ts";
import type { Finding } from "../doctor/rules.ts";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { asJson, type JsonOption, withJson } from "../output.ts";

/** `quillon doctor`. */
export function doctorCommand(): Command {
  return withJson(new Command("doctor"))
    .addHelpText(
      "after",
      `
Looks at Node.js, npm, Python, the Pulumi CLI, the server that you are logged in to with its certificate and its clock, and the folders that
are written to. It changes nothing.`,
    )
    .action(examine);
}

async function examine({ json }: JsonOption): Promise<void> {
  const findings = await lookAround(process.env);
  process.stdout.write(json ? asJson(findings) : findings.map(linesOf).join(""));
  if (findings.some(({ status }) => status === "problem")) process.exitCode = ANSWER_IS_NO;
}

function linesOf({ what, status, found, todo }: Finding): string {
  const rest = todo ? `\n         ${visible(todo)}` : "";
  return `${status.padEnd(7)}  ${what}: ${visible(found)}${rest}\n`;
}
