import type { ReportFormat } from "@quillon/contract";
import { csv } from "./csv.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { sarif } from "./sarif.ts";
import type { Writer } from "./writer.ts";

export { csvLine } from "./csv-line.ts";
export { ownMessage } from "./own-message.ts";
export { resourceOf } from "./resource-of.ts";
export { visible } from "./visible.ts";
export {
  count,
  exceptionText,
  fixOf,
  howToFix,
  inOrder,
  isAccepted,
  type Order,
  packNames,
  policiesToFix,
  silentPacks,
  unappliedText,
  violationsOf,
  type Writer,
} from "./writer.ts";

export const writers: Readonly<Record<ReportFormat, Writer>> = { json, sarif, junit, csv, markdown };
